"""How many metres the unit of a solved camera is."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from r2s2r.artifacts.mask import Mask
from r2s2r.errors import StageError
from r2s2r.geometry.camera import source_world_from_camera
from r2s2r.geometry.transforms import Array, inverse, transform_points
from r2s2r.spec.film_camera import FilmCameraSpec
from r2s2r.stages.lift.cameras.ground_plane import GroundPlane, ground_plane
from r2s2r.stages.lift.cameras.solved import Solved

_CONTRADICTS_DEG = 5.0
_CONTRADICTS_SHARE = 0.1
_ELSE = "give scale_from: an entity with place.height_m, or a camera file in metres with scale_from: file"


@dataclass(frozen=True)
class Scale:
    """Metres per unit, and what a person should know."""

    metres: float
    findings: tuple[str, ...] = ()


def scale_of(solved: Solved, spec: FilmCameraSpec, reference: int, known: Mask | None) -> Scale:
    """Find the scale as ``camera.scale_from`` says. Raises StageError when the clip does not show what it needs.

    Args:
        solved: The camera in its own unit.
        spec: What the scene says of camera and ground.
        reference: Index of the reference frame.
        known: Mask of the entity whose height is known; None for ``ground`` and ``file``.
    """
    ground = _ground(solved, spec, reference)
    against = () if ground is None else _against(ground, spec)
    match spec.camera.scale_from:
        case "file":
            return Scale(1.0, (*against, *_other_height(1.0, ground, spec)))
        case "ground":
            if ground is None:
                raise _no_ground(solved)
            return Scale(spec.ground.camera_height_m / ground.height, against)
        case entity:
            assert known is not None, "the scene says so of scale_from"
            assert spec.known_height_m is not None, "the scene says so of scale_from"
            if ground is None:
                raise _no_ground(solved)
            metres = spec.known_height_m / _height_on(ground, known.reference_mask(), solved.intrinsics, entity)
            return Scale(metres, (*against, *_other_height(metres, ground, spec)))


def _no_ground(solved: Solved) -> StageError:
    seen = f"no ground is seen among its {len(solved.points)} points" if len(solved.points) else "it has no points"
    return StageError(f"source.camera: the scale cannot be told: {seen}; {_ELSE}")


def _ground(solved: Solved, spec: FilmCameraSpec, reference: int) -> GroundPlane | None:
    camera_from_world = inverse(solved.world_from_camera[reference])
    stated = source_world_from_camera(spec.ground.camera_height_m, spec.ground.pitch_deg)
    return ground_plane(transform_points(camera_from_world, solved.points), stated[1, :3])


def _height_on(ground: GroundPlane, mask: NDArray[np.bool_], intrinsics: Array, entity: str) -> float:
    """Return the height, in the solver's unit, of what stands on the ground in a mask [H, W]."""
    rows, columns = np.nonzero(mask)
    if not len(rows):
        raise StageError(f"source.camera.scale_from: {entity} is not seen at the reference frame")
    lowest, middle = float(rows.max() + 1), float(np.median(columns) + 0.5)
    camera_from_pixel = np.linalg.inv(intrinsics)
    foot_ray = camera_from_pixel @ [middle, lowest, 1.0]
    if ground.up @ foot_ray >= 0:
        raise StageError(f"source.camera.scale_from: {entity} stands above the horizon; set source.ground.pitch_deg")
    foot = foot_ray * (-ground.height / (ground.up @ foot_ray))
    # The point over the foot that is seen in the highest row: (foot + t up) . n = 0 for the plane of that row.
    row_normal = np.array([0.0, intrinsics[1, 1], intrinsics[1, 2] - float(rows.min())])
    return float(-(row_normal @ foot) / (row_normal @ ground.up))


def _against(ground: GroundPlane, spec: FilmCameraSpec) -> tuple[str, ...]:
    findings = []
    if abs(ground.pitch_deg - spec.ground.pitch_deg) > _CONTRADICTS_DEG:
        findings.append(
            f"the solved ground is seen at a pitch of {ground.pitch_deg:.1f} degrees, the scene says "
            f"{spec.ground.pitch_deg:g}: set source.ground.pitch_deg: {ground.pitch_deg:.1f}"
        )
    if abs(ground.roll_deg) > _CONTRADICTS_DEG:
        findings.append(
            f"the camera is rolled by {ground.roll_deg:.1f} degrees against the solved ground at the reference frame; "
            "entities stand upright in the picture, not on that ground"
        )
    return tuple(findings)


def _other_height(metres: float, ground: GroundPlane | None, spec: FilmCameraSpec) -> tuple[str, ...]:
    if ground is None:
        return ()
    height_m = ground.height * metres
    if abs(height_m / spec.ground.camera_height_m - 1) <= _CONTRADICTS_SHARE:
        return ()
    return (
        f"by this scale the camera is {height_m:.2f} m over the ground, the scene says "
        f"{spec.ground.camera_height_m:g}: set source.ground.camera_height_m: {height_m:.2f}",
    )
