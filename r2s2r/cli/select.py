"""What `plan`, `run` and `path` share: which scenes and shots are meant."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from r2s2r.errors import Finding, InputError, R2S2RError, SceneError

if TYPE_CHECKING:
    from collections.abc import Callable

    from pipelines.shot import ShotNodes
    from r2s2r.spec.project import Project
    from r2s2r.spec.resolved import Scene, Shot


def add_selection(parser: argparse.ArgumentParser) -> None:
    """Add the arguments that choose scenes, shots and profile."""
    parser.add_argument("scenes", nargs="+", type=Path, metavar="SCENE", help="scene files")
    parser.add_argument("--shot", action="append", default=[], metavar="NAME", help="only this shot (may be repeated)")
    parser.add_argument(
        "--tag", action="append", default=[], metavar="TAG", help="only shots with this tag (may be repeated)"
    )
    parser.add_argument(
        "--profile", metavar="NAME", help="which backends `auto` means (default: the project's, else draft)"
    )


def selected_shots(
    args: argparse.Namespace, lay_out: Callable[[Scene, Shot], ShotNodes] | None = None
) -> tuple[Project, list[ShotNodes]]:
    """Load the scenes and lay out the shots that are meant, by default as a run makes them.

    Raises:
        SceneError: All that is wrong in all of the scenes.
        InputError: A shot that no scene has, two scenes of one name, or scenes of different projects.
    """
    from pipelines.assets import wrong_files
    from pipelines.shot import shot_nodes
    from r2s2r.spec.load import check_unique_names, load_scene

    lay_out = lay_out or shot_nodes
    project = _project(args.scenes)
    scenes: list[Scene] = []
    findings: list[Finding] = []
    for path in args.scenes:
        try:
            scenes.append(load_scene(path, profile=args.profile))
            findings.extend(wrong_files(scenes[-1], path))
        except SceneError as error:
            findings.extend(error.findings)
    if findings:
        raise SceneError(tuple(findings))
    check_unique_names(scenes)
    _check_shots_exist(args.shot, {name for scene in scenes for name in scene.shots})
    chosen = [
        lay_out(scene, shot)
        for scene in scenes
        for shot in scene.shots.values()
        if (shot.name in args.shot or (shot.enabled and not args.shot))
        and (not args.tag or set(args.tag) & set(shot.tags))
    ]
    if not chosen:
        raise InputError("no shot is selected: all are disabled, or none has the tag asked for")
    return project, chosen


def _project(scenes: list[Path]) -> Project:
    from r2s2r.spec.project import find_project

    projects = {(project.store, project.out): project for project in map(find_project, scenes)}
    if len(projects) > 1:
        stores = ", ".join(str(store) for store, _ in projects)
        raise R2S2RError(f"these scenes belong to different projects ({stores}); run each project by itself")
    (project,) = projects.values()
    return project


def _check_shots_exist(asked: list[str], known: set[str]) -> None:
    for name in asked:
        if name not in known:
            raise InputError(f"{name}: no such shot; there are {', '.join(sorted(known))}")
