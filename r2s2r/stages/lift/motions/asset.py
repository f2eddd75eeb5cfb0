"""Asset motion: an animation of a mesh file, baked to the vertices of the entity's mesh."""

import math
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from r2s2r.artifacts.entity import Entity
from r2s2r.artifacts.motion import VERTICES, Motion, MotionFacts
from r2s2r.artifacts.progress import Progress
from r2s2r.errors import MediaError
from r2s2r.geometry.transforms import Array
from r2s2r.media.assets.asset import Clip
from r2s2r.spec.imports import ImportSpec
from r2s2r.stages.lift.entities.imported import Imported, imported

_RATE = 30
# Ten minutes, and what a disk should hold of one entity.
_MAX_MOMENTS = 18_000
_MAX_BYTES = 2**34
# A vertex farther away than this many times the entity's size is not meant.
_FAR = 1e6


def write_asset_motion(
    spec: ImportSpec, entity: Entity, files: Mapping[str, Path], out: Path, progress: Progress
) -> None:
    """Sample one animation of an asset's file 30 times a second, from the reference frame on, as a ``Motion``.

    The vertices are those of the entity's mesh, merged, turned and sized as it was.

    Raises:
        MediaError: The file has no animation, not the one named, or one that is too long or makes no sense; for the
            field ``clip`` of what names it.
    """
    read = imported(spec, files)
    clip = _chosen(read, spec.clip)
    still = entity.mesh().vertices
    if len(still) != len(read.merged.vertices):
        raise MediaError(f"{read.path}: was changed since its mesh was read; run again")
    times_s = _times_s(read.path, clip, still.nbytes)
    size = float(np.ptp(still.astype(np.float64), axis=0).max())
    scale = size / float(np.ptp(read.vertices, axis=0).max())
    track = np.lib.format.open_memmap(out / VERTICES, "w+", np.float32, (len(times_s), *still.shape))
    for moment, time_s in enumerate(times_s):
        with np.errstate(all="ignore"):
            vertices = read.moved(clip.vertices_at(float(time_s))) * scale
        if not np.isfinite(vertices).all() or np.abs(vertices).max() > _FAR * size:
            raise MediaError(
                f"{read.path}: its animation {clip.name!r} makes no sense at {time_s:.2f} s; repair it in its file",
                field="clip",
            )
        track[moment] = vertices
        progress(moment + 1, len(times_s))
    track.flush()
    facts = MotionFacts(moments=len(times_s), deforms=True)
    Motion(out, facts, times_s, np.tile(np.eye(4), (len(times_s), 1, 1))).write()


def _times_s(path: Path, clip: Clip, moment_bytes: int) -> Array:
    """Return when a clip is sampled. Raises MediaError for one that would fill the disk."""
    count = round(clip.duration_s * _RATE) + 1 if math.isfinite(clip.duration_s) else _MAX_MOMENTS + 1
    if count > _MAX_MOMENTS or count * moment_bytes > _MAX_BYTES:
        raise MediaError(
            f"{path}: its animation {clip.name!r} lasts {clip.duration_s:g} s, which is too long to bake; cut it in "
            "its file",
            field="clip",
        )
    return np.minimum(np.arange(count) / _RATE, clip.duration_s)


def _chosen(read: Imported, wanted: str | None) -> Clip:
    clips = read.asset.clips
    if not clips:
        raise MediaError(f"{read.path}: has no animation to play; name a file with one, or let it stand", field="clip")
    for clip in clips:
        if wanted is None or clip.name == wanted:
            return clip
    known = ", ".join(repr(clip.name) for clip in clips[:20])
    raise MediaError(f"{read.path}: has no animation {wanted!r}; it has {known}", field="clip")
