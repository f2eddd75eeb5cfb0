"""``r2s2r validate``: says everything that is wrong with scenes, or that nothing is."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from r2s2r.cli.plain import plain
from r2s2r.errors import InputError, SceneError

if TYPE_CHECKING:
    from typing import Any

    from r2s2r.errors import Finding
    from r2s2r.spec.resolved import Scene

EXAMPLE = "example: r2s2r validate scenes/*.yaml"


@dataclass(frozen=True)
class _Verdict:
    path: Path
    scene: Scene | None = None
    error: InputError | None = None


def add(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the verb."""
    parser = verbs.add_parser(
        "validate",
        help="say everything that is wrong with scenes",
        description="Check scenes and print all that is wrong, as FILE:LINE:COLUMN: FIELD: what to do. "
        "Exit: 0 nothing is, 2 something is.",
        epilog=EXAMPLE,
    )
    parser.add_argument("scenes", nargs="+", type=Path, metavar="SCENE", help="scene files")
    parser.add_argument("--profile", metavar="NAME", help="as for run")
    parser.add_argument("--json", action="store_true", help="machine-readable, on stdout")


def run(args: argparse.Namespace) -> int:
    """Check all scenes; exit code 2 if anything is wrong with any."""
    verdicts = [_check(path, args.profile) for path in args.scenes]
    clash = _clash(verdicts)
    if args.json:
        sys.stdout.write(json.dumps(_as_json(verdicts, clash), indent=1) + "\n")
    else:
        sys.stdout.writelines(f"{plain(_as_text(verdict))}\n" for verdict in verdicts)
        if clash is not None:
            sys.stdout.write(f"{plain(str(clash))}\n")
    wrong = clash is not None or any(verdict.error for verdict in verdicts)
    return InputError.exit_code if wrong else 0


def _check(path: Path, profile: str | None) -> _Verdict:
    from r2s2r.spec.load import load_scene

    try:
        scene = load_scene(path, profile=profile)
    except InputError as error:
        return _Verdict(path, error=error)
    findings = _wrong_files(scene, path)
    return _Verdict(path, error=SceneError(findings)) if findings else _Verdict(path, scene=scene)


def _wrong_files(scene: Scene, path: Path) -> tuple[Finding, ...]:
    """Return what is wrong with the files that others go with; a scene without such needs no reader of theirs."""
    of_entities = any({"asset", "mask"} & entity.files.keys() for entity in scene.entities.values())
    of_shots = any(shot.recorded or shot.replacements for shot in scene.shots.values())
    if "camera" not in scene.files and not of_entities and not of_shots:
        return ()
    from pipelines.assets import wrong_files

    return wrong_files(scene, path)


def _clash(verdicts: list[_Verdict]) -> InputError | None:
    from r2s2r.spec.load import check_unique_names

    try:
        check_unique_names([verdict.scene for verdict in verdicts if verdict.scene is not None])
    except InputError as error:
        return error
    return None


def _as_text(verdict: _Verdict) -> str:
    scene = verdict.scene
    if scene is None:
        return str(verdict.error)
    counts = f"{_counted(len(scene.shots), 'shot')}, {_counted(len(scene.entities), 'entity', 'entities')}"
    return f"{verdict.path}: ok ({counts}, profile {scene.profile})"


def _counted(count: int, singular: str, plural: str = "") -> str:
    return f"{count} {singular if count == 1 else plural or singular + 's'}"


def _as_json(verdicts: list[_Verdict], clash: InputError | None) -> dict[str, Any]:
    return {"scenes": [_scene_as_json(verdict) for verdict in verdicts], "error": None if clash is None else str(clash)}


def _scene_as_json(verdict: _Verdict) -> dict[str, Any]:
    scene, error = verdict.scene, verdict.error
    return {
        "path": str(verdict.path),
        "ok": error is None,
        "name": scene.name if scene else None,
        "profile": scene.profile if scene else None,
        "shots": list(scene.shots) if scene else [],
        "entities": list(scene.entities) if scene else [],
        "findings": [] if error is None else _findings(error, verdict.path),
    }


def _findings(error: InputError, path: Path) -> list[dict[str, Any]]:
    """Return what is wrong; an error that has no place in a file (there is none, say) has no line."""
    if isinstance(error, SceneError):
        return [{**asdict(finding), "path": str(finding.path)} for finding in error.findings]
    return [{"path": str(path), "line": None, "column": None, "field": "", "message": str(error)}]
