"""USD files: their cameras and meshes over time, wherever in the stage they hang.

Frames of reference: the stage says which axis is up and what a unit is; its matrices act on rows.
"""

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pxr import Usd, UsdGeom

from r2s2r.errors import MediaError
from r2s2r.geometry.camera_track import CameraTrack
from r2s2r.geometry.transforms import Array
from r2s2r.media.animations.named import unique
from r2s2r.media.animations.recorded import (
    MOST_MOMENTS,
    RecordedAnimation,
    RecordedObject,
    hidden_by_scale,
    require_numbers,
    rigid_poses,
)
from r2s2r.media.animations.usd_lens import recorded_lens
from r2s2r.media.assets.usd.child import try_out_animation
from r2s2r.media.assets.usd.opened import opened
from r2s2r.media.axes import WORLD_FROM_Z_UP, opengl_from
from r2s2r.media.lenses import require_lenses
from r2s2r.media.rates import rate_from
from r2s2r.media.usd_names import NAME

_BLENDERS_NAMES = ("userProperties:blender:object_name", "userProperties:blender:data_name")
_DEFAULT_RATE = Fraction(24)
_SMALLEST_UNIT_M, _LARGEST_UNIT_M = 1e-9, 1e9
# Matrices of more prims at more moments do not fit into memory with the rest.
_MOST_PLACES = 5_000_000


def read_usd_animation(path: Path, files: Mapping[str, Path]) -> RecordedAnimation:
    """Read a USD file; ``files`` are the layers that it refers to. See ``read_animation``."""
    try_out_animation(path, files)
    return read_here(path, files)


def read_here(path: Path, files: Mapping[str, Path]) -> RecordedAnimation:
    """Read a USD file in this process; see ``read_usd_animation``."""
    with opened(path, files) as file:
        stage = file.stage
        cameras = [prim for prim in _prims(stage) if prim.IsA(UsdGeom.Camera)]
        meshes = [prim for prim in _prims(stage) if prim.IsA(UsdGeom.Mesh)]
        codes = _codes(path, stage, [*cameras, *meshes])
        if len(codes) * (len(cameras) + len(meshes)) > _MOST_PLACES:
            raise MediaError(f"{path}: holds {len(meshes):,} meshes in {len(codes):,} frames; export fewer of them")
        unit_m = _metres_per_unit(path, stage)
        poses = _world_from_prims(stage, [*cameras, *meshes], codes, unit_m)
        fps = _rate(stage)
        names = unique([(_names(prim)[0], str(prim.GetPath())) for prim in cameras])
        named, placed = zip(names, cameras, poses, strict=False), zip(meshes, poses[len(cameras) :], strict=True)
        return RecordedAnimation(
            fps=fps,
            moments=len(codes),
            cameras={name: _track(path, prim, matrices, codes, fps) for name, prim, matrices in named},
            objects=tuple(_object(path, prim, matrices, codes) for prim, matrices in placed),
            metres_per_unit=unit_m,
        )


def _rate(stage: Usd.Stage) -> Fraction:
    return rate_from(float(stage.GetTimeCodesPerSecond())) or _DEFAULT_RATE


def _prims(stage: Usd.Stage) -> Iterator[Usd.Prim]:
    return iter(Usd.PrimRange(stage.GetPseudoRoot(), Usd.TraverseInstanceProxies(Usd.PrimDefaultPredicate)))


def _codes(path: Path, stage: Usd.Stage, prims: Sequence[Usd.Prim]) -> Array:
    """Return the time codes [N] of the stage's frames, one code apart; one where nothing moves."""
    keys = sorted({key for prim in prims for key in _keys(prim)})
    if len(keys) < 2:
        return np.array(keys or [0.0])
    first, last = keys[0], keys[-1]
    if stage.HasAuthoredTimeCodeRange() and stage.GetEndTimeCode() > stage.GetStartTimeCode():
        first, last = stage.GetStartTimeCode(), stage.GetEndTimeCode()
    if not np.isfinite([first, last]).all() or last - first >= MOST_MOMENTS:
        raise MediaError(f"{path}: goes from time code {first:g} to {last:g}; export at most {MOST_MOMENTS:,} frames")
    return float(first) + np.arange(int(np.floor(last - first + 1e-6)) + 1, dtype=np.float64)


def _keys(prim: Usd.Prim) -> Iterator[float]:
    """Yield the times at which a prim, or what it hangs on, has keys."""
    if prim.IsA(UsdGeom.Camera):
        for name in ("focalLength", "horizontalAperture", "horizontalApertureOffset", "verticalApertureOffset"):
            yield from prim.GetAttribute(name).GetTimeSamples()
    while prim and not prim.IsPseudoRoot():
        if xform := UsdGeom.Xformable(prim):
            yield from xform.GetTimeSamples()
            yield from xform.GetVisibilityAttr().GetTimeSamples()
        prim = prim.GetParent()


def _world_from_prims(stage: Usd.Stage, prims: Sequence[Usd.Prim], codes: Array, unit_m: float) -> Array:
    """Return where prims are [P, N, 4, 4], in our world."""
    found = np.empty((len(prims), len(codes), 4, 4))
    for moment, code in enumerate(codes):
        cache = UsdGeom.XformCache(Usd.TimeCode(float(code)))
        for number, prim in enumerate(prims):
            found[number, moment] = np.array(cache.GetLocalToWorldTransform(prim), np.float64).T
    is_z_up = UsdGeom.GetStageUpAxis(stage) == UsdGeom.Tokens.z
    unit = np.diag([unit_m, unit_m, unit_m, 1.0])
    world_from_stage = unit @ WORLD_FROM_Z_UP if is_z_up else unit
    placed: Array = world_from_stage @ found
    return placed


def _metres_per_unit(path: Path, stage: Usd.Stage) -> float:
    unit_m = float(UsdGeom.GetStageMetersPerUnit(stage)) or 1.0
    if not _SMALLEST_UNIT_M <= unit_m <= _LARGEST_UNIT_M:
        raise MediaError(f"{path}: metersPerUnit is {unit_m:g}, which is no length; write 1 for metres, 0.01 for cm")
    return unit_m


def _names(prim: Usd.Prim) -> tuple[str, ...]:
    """Return what a prim may be called: by us, by people, by itself; then what it hangs on, outwards."""
    ours, others = [], []
    while prim and not prim.IsPseudoRoot():
        ours.append(prim.GetCustomDataByKey(NAME))
        shown = [prim.GetAttribute(name).Get() for name in _BLENDERS_NAMES if prim.HasAttribute(name)]
        others += [prim.GetDisplayName(), *shown, prim.GetName()]
        prim = prim.GetParent()
    return tuple(dict.fromkeys(str(name) for name in (*ours, *others) if name))


def _track(path: Path, prim: Usd.Prim, matrices: Array, codes: Array, fps: Fraction) -> CameraTrack:
    where = f"{path}: {prim.GetPath()}"
    lens = recorded_lens(prim, codes)
    require_numbers(lens.intrinsics, where)
    require_lenses(lens.intrinsics, lens.height, lens.width, where)
    return CameraTrack(
        world_from_camera=opengl_from(rigid_poses(matrices, where)),  # the same flip both ways
        intrinsics=lens.intrinsics,
        height=lens.height,
        width=lens.width,
        times_s=(codes - codes[0]) / float(fps),
        fps=fps,
    )


def _object(path: Path, prim: Usd.Prim, matrices: Array, codes: Array) -> RecordedObject:
    image, mesh = UsdGeom.Imageable(prim), UsdGeom.Mesh(prim)
    seen = [image.ComputeVisibility(Usd.TimeCode(float(code))) != UsdGeom.Tokens.invisible for code in codes]
    names = _names(prim)
    where = f"{path}: {prim.GetPath()}"
    require_numbers(matrices, where)
    placed, visible = hidden_by_scale(matrices, np.array(seen, np.bool_))
    return RecordedObject(names, where, placed, visible, _points(mesh))


def _points(mesh: UsdGeom.Mesh) -> NDArray[np.float32] | None:
    attribute = mesh.GetPointsAttr()
    if attribute.ValueMightBeTimeVarying():
        return None
    points = attribute.Get(Usd.TimeCode.EarliestTime())
    return None if points is None else np.array(points, np.float32).reshape(-1, 3)
