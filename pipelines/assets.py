"""Files that belong together: what an asset refers to, what lies beside a solved camera, the pictures of a sequence.

All of them are in the key, so all must be known before anything runs.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path

from r2s2r.errors import Finding, MediaError, SceneError
from r2s2r.media.inside import require_inside
from r2s2r.media.numbered import pictures_in
from r2s2r.spec.locate import locate
from r2s2r.spec.resolved import Entity, Scene


def wrong_files(scene: Scene, path: Path) -> tuple[Finding, ...]:
    """Return what is wrong with the files that go with those a scene names, in the order of its file, ``path``."""
    shown = replace(scene, path=path)
    looks: list[Callable[[], object]] = [partial(beside_camera, shown)]
    looks += [partial(_files, shown, entity) for entity in scene.entities.values()]
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
    from r2s2r.media.assets.referred import files_with  # scenes without assets need not wait for it

    asset = entity.files["asset"]
    with _said_at(scene, f"entities.{entity.name}.asset"):
        beside_it = files_with(asset, scene.roots)
    return {"asset": asset, **{f"asset/{name}": path for name, path in beside_it.items()}}


def beside_camera(scene: Scene) -> dict[str, Path]:
    """Return role -> path: ``camera``, and ``camera/<name>`` for what COLMAP wrote beside it; empty without a file.

    Raises SceneError, at the camera, when one of them is a link out of the folders that the scene may read.
    """
    if (file := scene.files.get("camera")) is None:
        return {}
    from r2s2r.media.cameras import beside  # likewise

    found = beside(file)
    with _said_at(scene, "source.camera.file"):
        for path in found:
            require_inside(path, scene.roots)
    return {"camera": file, **{f"camera/{path.name}": path for path in found}}


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


@contextmanager
def _said_at(scene: Scene, field: str) -> Iterator[None]:
    try:
        yield
    except MediaError as error:
        raise SceneError((locate(scene.path, field, error.message),)) from error
