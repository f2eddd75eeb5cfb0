"""Watched: the files that a scene is made of, for whoever makes it again when one of them changes."""

from collections.abc import Iterator
from pathlib import Path

from r2s2r.spec.project import PROJECT_FILE
from r2s2r.spec.resolved import Scene


def watched_files(path: Path, scene: Scene | None) -> frozenset[Path]:
    """Return the files, absolute: the scene's own, its project's, and all that it names.

    Args:
        path: The scene file.
        scene: What it says; None where something is wrong with it.
    """
    path = path.resolve()
    projects = (folder / PROJECT_FILE for folder in path.parents)
    return frozenset({path, *projects, *(_named(scene) if scene is not None else ())})


def _named(scene: Scene) -> Iterator[Path]:
    yield from scene.included
    yield from scene.files.values()
    for entity in scene.entities.values():
        yield from entity.files.values()
    for shot in scene.shots.values():
        yield from shot.recorded.values()
        yield from (replacement.asset for replacement in shot.replacements.values())
    for path, other in scene.others.items():
        yield path
        yield from _named(other)
