"""``r2s2r diffuse``: samples in the release's form, through the video model. Scenes go through ``run``."""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from r2s2r.cli.run_plans import add_run_options, run_options, run_plans
from r2s2r.errors import InputError

if TYPE_CHECKING:
    from pipelines.sample import SampleOptions
    from r2s2r.media.sample import Sample
    from r2s2r.spec.animate import AnimateSpec
    from r2s2r.spec.project import Project

EXAMPLE = "example: r2s2r diffuse --sample Real2SAM2Real/assets/demo/camera_control --weights ./models/wan-animate"

# Of the model's settings, those that are tried most; the project file's `diffuse: {animate: ...}` has them all.
_SETTINGS = {
    "weights": (str, "W", "base model: a folder (./models/wan) or a name on the hub"),
    "adapter": (str, "A", "LoRA and pose patch embedding, likewise"),
    "steps": (int, "N", "denoising steps (release: 25)"),
    "guidance": (float, "G", "strength of the prompt (release: 4.5)"),
    "area_side_px": (int, "PX", "side of the square whose area is generated (release: 960)"),
    "segment_frames": (int, "N", "frames made at once, 4 n + 1 (release: 77)"),
    "precision": (str, "P", "bf16, fp8 or fp32"),
    "device": (str, "D", "auto (a GPU) or cpu"),
}


def add(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the verb."""
    parser = verbs.add_parser(
        "diffuse",
        help="run sample folders of the published Real2SAM2Real through the video model",
        description="Run sample folders of the published Real2SAM2Real (source_image.png, "
        "object_animation_normal.mp4, caption.json) through the video model, as its release does, cached as shots are. "
        "Settings that are not given are those of r2s2r.yaml's `diffuse: {animate: ...}`, else the release's.",
        epilog=EXAMPLE,
    )
    parser.add_argument(
        "--sample", action="append", required=True, type=Path, metavar="FOLDER", help="a sample (may be repeated)"
    )
    for name, (kind, metavar, words) in _SETTINGS.items():
        parser.add_argument(_option(name), type=kind, dest=name, metavar=metavar, help=words)
    parser.add_argument("--seed", type=int, default=42, metavar="N", help="of the noise (default: 42, the release's)")
    parser.add_argument(
        "--frames", type=int, default=81, metavar="N", help="made of a longer video (default: 81, the release's)"
    )
    parser.add_argument(
        "--out", type=Path, metavar="DIR", help="results go to DIR/samples/NAME (default: the project's)"
    )
    add_run_options(parser)


def run(args: argparse.Namespace) -> int:
    """Run the samples and report what became of each. Their project is that of the current folder."""
    from pipelines.node import Ledger
    from pipelines.plan import plan_shot
    from pipelines.sample import sample_nodes
    from r2s2r.artifacts.remote_store import store_of
    from r2s2r.media.sample import read_sample
    from r2s2r.spec.project import find_project

    project = find_project(Path.cwd())
    options = _options(args, project)
    samples = [read_sample(folder) for folder in args.sample]
    _check_unique_names(samples)
    store = store_of(project)
    ledger = Ledger(store)
    plans = [plan_shot(sample_nodes(sample, options), ledger) for sample in samples]
    project = project if args.out is None else replace(project, out=args.out.absolute())
    return run_plans(plans, ledger, run_options(args, project), as_json=args.json)


def _options(args: argparse.Namespace, project: Project) -> SampleOptions:
    from pipelines.sample import SampleOptions

    for name, least, most in (("seed", 0, 2**63 - 1), ("frames", 2, 100_000)):
        if not least <= getattr(args, name) <= most:
            raise InputError(f"--{name} {getattr(args, name)}: must be from {least} to {most}")
    model = _model(args, project.spec.diffuse.animate)
    named = {"weights": model.weights, "adapter": model.adapter}
    if model.distillation:
        named["distillation"] = model.distillation.weights
    weights = {role: _located(name, project.root) for role, name in named.items()}
    return SampleOptions(model, weights, args.seed, args.frames, project.spec.encode)


def _model(args: argparse.Namespace, defaults: AnimateSpec) -> AnimateSpec:
    """Return the project's settings with those of the command line. Raises InputError, saying which is wrong."""
    from r2s2r.spec.animate import AnimateSpec
    from r2s2r.spec.reading.parse import parse_data

    given = {name: value for name in _SETTINGS if (value := getattr(args, name)) is not None}
    for role in given.keys() & {"weights", "adapter"}:
        here = Path.cwd() / given[role]  # a folder there is one, whether or not it is written with a dot before
        given[role] = str(here) if given[role] and here.is_dir() else _located(given[role], Path.cwd())
    wrong: list[str] = []
    model = parse_data(
        {**defaults.model_dump(mode="json"), **given},
        AnimateSpec,
        lambda problem: wrong.append(f"{_option(str(problem.loc[0]))}: {problem.message}"),
    )
    if model is None:
        raise InputError("\n".join(wrong))
    return model


def _option(setting: str) -> str:
    return f"--{setting.removesuffix('_side_px').replace('_', '-')}"


def _located(name: str, folder: Path) -> str:
    from r2s2r.spec.weights import is_path

    return str((folder / name).resolve()) if is_path(name) else name


def _check_unique_names(samples: list[Sample]) -> None:
    """Results of samples of one name would lie in one folder, on some disks also where only capitals differ."""
    named: dict[str, Sample] = {}
    for sample in samples:
        other = named.setdefault(sample.folder.name.casefold(), sample)
        if other is not sample:
            raise InputError(f"{other.folder} and {sample.folder}: samples of one run need names of their own")
