"""Tiny video models, and what one frame generator after the other is given: the same shot."""

from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from r2s2r.artifacts.action import Measured
from r2s2r.artifacts.control import FRAMES, MASKS, Control, ControlFacts
from r2s2r.artifacts.facts import write_facts
from r2s2r.artifacts.progress import Progress, unheard
from r2s2r.artifacts.reference import PICTURE, Reference, ReferenceFacts
from r2s2r.media.images import write_rgb
from r2s2r.media.video import LosslessWriter, read_lossless
from r2s2r.spec.diffuse import DiffuseSpec
from r2s2r.stages.diffuse import CompositorInputs, ModelInputs, make_frames
from scenes.tiny_model import write_tiny_model, write_tiny_vace
from tests.diffuse.blocks import Block
from tests.diffuse.shots import Shot, write_inputs

HEIGHT, WIDTH = 32, 48
Kind = Literal["normal", "depth", "outpaint"]
Case = Literal["compositor", "animate", "vace depth", "vace outpaint"]
MODELS: tuple[Case, ...] = ("animate", "vace depth", "vace outpaint")
CASES: tuple[Case, ...] = ("compositor", *MODELS)

_KINDS: dict[Case, Kind] = {"animate": "normal", "vace depth": "depth", "vace outpaint": "outpaint"}
_TOY: dict[str, Any] = {"device": "cpu", "precision": "fp32", "decode": "fp32", "steps": 2, "segment_frames": 9}


def write_models(folder: Path) -> Path:
    """Write a tiny model for every backend that has one."""
    write_tiny_model(folder / "animate")
    write_tiny_vace(folder / "vace")
    return folder


def files_of(case: Case, models: Path) -> dict[str, Path]:
    """Return role -> folder."""
    if case == "animate":
        return {"weights": models / "animate" / "base", "adapter": models / "animate" / "adapter"}
    return {"weights": models / "vace"}


def transformer_file(case: Case, models: Path) -> Path:
    """Return the file with the transformer's weights."""
    return files_of(case, models)["weights"] / "transformer" / "diffusion_pytorch_model.safetensors"


def write_control(folder: Path, kind: Kind, *, frames: int, fps: str = "16/1", seed: int = 0) -> Control:
    """Write a control of random frames; where there are masks, the left half is to be filled."""
    folder.mkdir(parents=True)
    facts = ControlFacts(kind=kind, frames=frames, fps=fps, height=HEIGHT, width=WIDTH)
    size: dict[str, Any] = {"height": HEIGHT, "width": WIDTH, "fps": Fraction(fps)}
    mask = np.zeros((HEIGHT, WIDTH), np.uint8)
    mask[:, : WIDTH // 2] = 255
    random = np.random.default_rng(seed)
    with LosslessWriter(folder / FRAMES, **size) as writer:
        for _ in range(frames):
            writer.write(_blotches(random))
    if kind == "outpaint":
        with LosslessWriter(folder / MASKS, grey=True, **size) as writer:
            for _ in range(frames):
                writer.write(mask)
    write_facts(folder, facts)
    return Control.load(folder)


def write_reference(folder: Path, *, height: int = HEIGHT, width: int = WIDTH) -> Reference:
    """Write a random reference picture."""
    folder.mkdir(parents=True)
    write_rgb(folder / PICTURE, np.random.default_rng(9).integers(0, 256, (height, width, 3), dtype=np.uint8))
    write_facts(folder, ReferenceFacts(kind="source", height=height, width=width, iou=None))
    return Reference.load(folder)


@dataclass(frozen=True)
class Ask:
    """What is asked of a backend: how many frames, and settings that differ from the toy's."""

    case: Case
    models: Path
    frames: int = 16
    seed: int = 0
    prompt: str = "A red box stands on the floor."
    settings: dict[str, Any] = field(default_factory=dict)

    def spec(self) -> DiffuseSpec:
        if self.case == "compositor":
            return DiffuseSpec(backend="compositor")
        backend, _, mode = self.case.partition(" ")
        settings = {**_TOY, **({"mode": mode} if mode else {}), **self.settings}
        return DiffuseSpec.model_validate({"backend": backend, backend: settings})

    def inputs(self, folder: Path) -> CompositorInputs | ModelInputs:
        """Write everything the backend reads into a folder."""
        if self.case == "compositor":
            return write_inputs(Shot({"a": Block()}, height=HEIGHT, width=WIDTH, frames=self.frames), folder)
        return ModelInputs(
            control=write_control(folder / "control", _KINDS[self.case], frames=self.frames),
            reference=write_reference(folder / "reference"),
            prompt=self.prompt,
            seed=self.seed,
            files=files_of(self.case, self.models),
            checkpoints=folder / "checkpoints",
        )


@dataclass(frozen=True, eq=False)
class Run:
    """What a backend wrote."""

    out: Path
    measured: Measured

    @property
    def frames(self) -> list[NDArray[np.uint8]]:
        return list(read_lossless(self.out / "frames.mkv"))


def run(ask: Ask, folder: Path, *, progress: Progress = unheard, **replaced: Any) -> Run:
    """Run the stage; ``replaced`` are inputs to put in the place of the written ones."""
    inputs = ask.inputs(folder / "inputs")
    if replaced:
        assert isinstance(inputs, ModelInputs)
        inputs = replace(inputs, **replaced)
    out = folder / "out"
    out.mkdir()
    return Run(out, make_frames(ask.spec(), inputs, out, progress))


def _blotches(random: np.random.Generator) -> NDArray[np.uint8]:
    coarse = random.integers(0, 256, (HEIGHT // 8, WIDTH // 8, 3), dtype=np.uint8)
    return coarse.repeat(8, axis=0).repeat(8, axis=1)
