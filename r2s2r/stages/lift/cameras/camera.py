"""How the clip was filmed: a given lens, a solved file, or solved here."""

from pathlib import Path

from r2s2r.artifacts.progress import Progress
from r2s2r.artifacts.source_camera import SourceCamera
from r2s2r.errors import InputError, MediaError
from r2s2r.geometry.camera import centred_intrinsics, intrinsics_from_fov
from r2s2r.geometry.transforms import Array
from r2s2r.spec.film_camera import FilmCameraSpec
from r2s2r.spec.source import DEFAULT_FOV_DEG
from r2s2r.stages.lift.cameras.filed import solved_from_file
from r2s2r.stages.lift.cameras.given import still_camera
from r2s2r.stages.lift.cameras.scale import Scale, scale_of
from r2s2r.stages.lift.cameras.solved import Solved
from r2s2r.stages.lift.cameras.stillness import stands_still
from r2s2r.stages.lift.cameras.world import source_camera
from r2s2r.stages.lift.inputs import CameraInputs


def write_camera(spec: FilmCameraSpec, inputs: CameraInputs, out: Path, progress: Progress) -> None:
    """Write the ``SourceCamera`` artefact.

    Raises InputError or MediaError for a camera file that cannot be used and a depth that tells no lens, StageError
    when no motion can be solved, MissingError without pycolmap.
    """
    _camera(spec, inputs, out, progress).write(out)
    progress(1, 1)


def _camera(spec: FilmCameraSpec, inputs: CameraInputs, scratch: Path, progress: Progress) -> SourceCamera:
    facts = inputs.footage.facts
    if "camera" in inputs.files:
        return _placed(_filed(inputs), spec, inputs)
    match spec.camera.solve:
        case None:
            return still_camera(_of_fov(spec.camera.stated_fov_deg, inputs), spec.ground, facts)
        case "depth":
            return still_camera(_seen_by_depth(inputs), spec.ground, facts)
        case "sfm":
            return _solved(spec, inputs, scratch, progress)


def _filed(inputs: CameraInputs) -> Solved:
    try:
        return solved_from_file(inputs.files["camera"], inputs.footage.facts)
    except MediaError as error:
        raise MediaError(error.message, field="camera.file") from error


def _solved(spec: FilmCameraSpec, inputs: CameraInputs, scratch: Path, progress: Progress) -> SourceCamera:
    """Find motion and lens from the clip: a camera that stands, one that turns on the spot, one that travels."""
    from r2s2r.stages.lift.cameras.motion import solved_from_clip

    facts = inputs.footage.facts
    if stands_still(inputs.footage, inputs.masks):
        assumed = (
            f"the camera does not move, so the clip does not tell its lens: fov_deg {DEFAULT_FOV_DEG:g} is assumed; "
            "give source.camera.fov_deg if it is known"
        )
        return still_camera(_of_fov(None, inputs), spec.ground, facts, (assumed,))
    return _placed(solved_from_clip(inputs.footage, inputs.masks, scratch, progress), spec, inputs)


def _placed(solved: Solved, spec: FilmCameraSpec, inputs: CameraInputs) -> SourceCamera:
    facts = inputs.footage.facts
    scale = Scale(1.0) if solved.turns_only else scale_of(solved, spec, facts.reference, inputs.known)
    return source_camera(solved, scale, spec.ground, facts)


def _of_fov(fov_deg: float | None, inputs: CameraInputs) -> Array:
    facts = inputs.footage.facts
    return intrinsics_from_fov(fov_deg or DEFAULT_FOV_DEG, height=facts.height, width=facts.width)


def _seen_by_depth(inputs: CameraInputs) -> Array:
    focal_px = inputs.depth.facts.focal_px if inputs.depth is not None else None
    if focal_px is None:
        raise InputError(
            "the depth backend does not tell the lens; choose one that does (depth: {backend: depth_pro}), or give "
            "fov_deg",
            field="camera.solve",
        )
    return centred_intrinsics(focal_px, height=inputs.footage.facts.height, width=inputs.footage.facts.width)
