"""Files that belong together: what an asset refers to, what lies beside a solved camera, the pictures of a sequence.

All of them are in the key, so all must be known before anything runs.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path

from r2s2r.errors import Finding, InputError, MediaError, SceneError
from r2s2r.media.inside import require_inside
from r2s2r.media.numbered import pictures_in
from r2s2r.spec.camera import FileMove
from r2s2r.spec.locate import locate
from r2s2r.spec.resolved import Entity, Scene, Shot

_REFERRING = frozenset({".usd", ".usda", ".usdc", ".gltf", ".glb"})
# Reading USD takes a process of its own, most of a second: what is in it, the edit finds.
_SLOW = frozenset({".usd", ".usda", ".usdc", ".usdz"})


def wrong_files(scene: Scene, path: Path) -> tuple[Finding, ...]:
    """Return what is wrong with the files that go with those a scene names, in the order of its file, ``path``."""
    shown = replace(scene, path=path)
    looks: list[Callable[[], object]] = [partial(beside_camera, shown)]
    looks += [partial(_files, shown, entity) for entity in scene.entities.values()]
    looks += [partial(_shot_files, shown, shot) for shot in scene.shots.values()]
    findings: list[Finding] = []
    for look in looks:
        try:
            look()
        except SceneError as error:
            findings.extend(error.findings)
    return tuple(sorted(findings, key=lambda found: (found.path != path, found.line, found.column)))


def asset_files(scene: Scene, entity: Entity) -> dict[str, Path]:
    """Return role -> path: ``asset``, and ``asset/<as written in it>`` for each file it refers to.

    Raises SceneError, at the entity, when a reference leads out of the folders that the scene may read, or the asset
    is damaged so that its references cannot be told.
    """
    return files_of_asset(scene, entity.files["asset"], f"entities.{entity.name}.asset")


def files_of_asset(scene: Scene, asset: Path, field: str) -> dict[str, Path]:
    """Return the same for a mesh file that the scene names at ``field``."""
    return _with_referred(scene, "asset", asset, field)


def recorded_files(scene: Scene, shot: Shot) -> dict[str, Path]:
    """Return role -> path of the camera and animation files that a shot reads, and of what goes with them.

    The roles are ``animation`` and ``camera[0]``; what goes with one is called ``camera[0]/images.txt``. Raises
    SceneError, at the field, where a reference leads out of the folders that the scene may read.
    """
    found: dict[str, Path] = {}
    for role, path in shot.recorded.items():
        field = f"shots.{shot.name}.{role}.file"
        if path.suffix.lower() in _REFERRING:
            found |= _with_layers(scene, role, path, field)
        else:
            found |= _with_beside(scene, role, path, field)
    return found


def _with_referred(scene: Scene, role: str, path: Path, field: str) -> dict[str, Path]:
    from r2s2r.media.assets.referred import files_with  # scenes without assets need not wait for it

    with _said_at(scene, field):
        beside_it = files_with(path, scene.roots)
    return {role: path, **{f"{role}/{name}": other for name, other in beside_it.items()}}


def _with_layers(scene: Scene, role: str, path: Path, field: str) -> dict[str, Path]:
    """Return the layers and buffers of an animation; its pictures are not read, so they may be missing."""
    from r2s2r.media.animations.files import animation_files  # likewise
    from r2s2r.media.assets.referred import files_with

    with _said_at(scene, field):
        beside_it = files_with(path, scene.roots, animation_files)
    return {role: path, **{f"{role}/{name}": other for name, other in beside_it.items()}}


def _with_beside(scene: Scene, role: str, path: Path, field: str) -> dict[str, Path]:
    from r2s2r.media.cameras import beside  # likewise

    found = beside(path)
    with _said_at(scene, field):
        for other in found:
            require_inside(other, scene.roots)
    return {role: path, **{f"{role}/{other.name}": other for other in found}}


def beside_camera(scene: Scene) -> dict[str, Path]:
    """Return role -> path: ``camera``, and ``camera/<name>`` for what COLMAP wrote beside it; empty without a file.

    Raises SceneError, at the camera, when one of them is a link out of the folders that the scene may read.
    """
    if (file := scene.files.get("camera")) is None:
        return {}
    return _with_beside(scene, "camera", file, "source.camera.file")


def mask_files(scene: Scene, entity: Entity) -> dict[str, Path]:
    """Return role -> path: ``mask``, or ``mask/<name>`` for each picture of a folder; empty without a given mask.

    Raises SceneError, at the entity, when a folder holds no pictures, one whose name tells no frame, or one that is a
    link out of the folders that the scene may read.
    """
    if (given := entity.files.get("mask")) is None:
        return {}
    if not given.is_dir():
        return {"mask": given}
    with _said_at(scene, f"entities.{entity.name}.select.mask"):
        return {f"mask/{path.name}": path for path in pictures_in(given, scene.roots)}


def _files(scene: Scene, entity: Entity) -> dict[str, Path]:
    return asset_files(scene, entity) if entity.spec.asset is not None else mask_files(scene, entity)


def _shot_files(scene: Scene, shot: Shot) -> None:
    files = recorded_files(scene, shot)
    for index, move in enumerate(shot.edit.camera):
        if isinstance(move, FileMove) and files[f"camera[{index}]"].suffix.lower() not in _SLOW:
            _check_camera_file(scene, shot, index, move, files)
    for name, found in shot.replacements.items():
        files_of_asset(scene, found.asset, f"shots.{shot.name}.edits.{name}.asset")


def _check_camera_file(scene: Scene, shot: Shot, index: int, move: FileMove, files: dict[str, Path]) -> None:
    from r2s2r.stages.edit import check_camera_file  # likewise

    try:
        check_camera_file(move, files, frames=shot.edit.frames, field=f"camera[{index}]")
    except InputError as error:
        field = f"shots.{shot.name}.{error.field}"
        raise SceneError((locate(scene.path, field, error.message),)) from error


@contextmanager
def _said_at(scene: Scene, field: str) -> Iterator[None]:
    try:
        yield
    except MediaError as error:
        raise SceneError((locate(scene.path, field, error.message),)) from error
