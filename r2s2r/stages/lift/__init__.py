"""Lift: from a clip to footage, masks, camera, depth, closed textured entities, their motion, and a clean plate."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, assert_never

from r2s2r.models.kept import Loading, anew
from r2s2r.spec.depth import DepthSpec
from r2s2r.spec.edits import ReplaceEdit
from r2s2r.spec.entities import PlaceSpec
from r2s2r.spec.film_camera import FilmCameraSpec
from r2s2r.spec.footage import FootageSpec
from r2s2r.spec.imports import ImportSpec
from r2s2r.spec.lift import LiftSpec
from r2s2r.spec.segment import SegmentSpec
from r2s2r.spec.selection import SelectSpec, Trace
from r2s2r.stages.lift.inputs import CameraInputs, LiftInputs, MotionInputs, PlateInputs, WorkerInputs

if TYPE_CHECKING:
    from r2s2r.artifacts.entity import Entity
    from r2s2r.artifacts.footage import Footage
    from r2s2r.artifacts.mask import Mask
    from r2s2r.artifacts.progress import Progress
    from r2s2r.stages.lift.entities.lifter import Lifter

__all__ = [
    "CAMERA_VERSION",
    "DEPTH_VERSION",
    "ENTITY_VERSION",
    "FOOTAGE_VERSION",
    "MASK_VERSION",
    "MOTION_VERSION",
    "PLATE_VERSION",
    "TRACES_VERSION",
    "CameraInputs",
    "LiftInputs",
    "MotionInputs",
    "PlateInputs",
    "WorkerInputs",
    "copy_entity",
    "import_entity",
    "import_motion",
    "make_camera",
    "make_depth",
    "make_entity",
    "make_footage",
    "make_mask",
    "make_motion",
    "make_plate",
    "make_traces",
    "refine_entity",
    "replace_entity",
]

FOOTAGE_VERSION: int = 2
MASK_VERSION: int = 2
TRACES_VERSION: int = 1
DEPTH_VERSION: int = 2
CAMERA_VERSION: int = 1
ENTITY_VERSION: int = 3
MOTION_VERSION: int = 1
PLATE_VERSION: int = 2


def make_footage(spec: FootageSpec, clip: Path, out: Path, progress: "Progress") -> None:
    """Decode a video or still picture into a ``Footage`` artefact. Raises MediaError for a clip that cannot be used."""
    from r2s2r.stages.lift.footage import make_footage as decode

    decode(spec, clip, out, progress)


def make_mask(
    select: SelectSpec,
    segment: SegmentSpec,
    footage: "Footage",
    files: Mapping[str, Path],
    out: Path,
    progress: "Progress",
    loading: Loading = anew,
) -> None:
    """Find an entity at the reference frame and follow it through the footage: a ``Mask`` artefact.

    Args:
        select: What is selected.
        segment: How that becomes a mask.
        footage: The clip.
        files: ``mask`` or the pictures of a sequence (``mask/<name>``); ``segment``, the folder of a model's weights.
        out: Empty folder.
        progress: Told how far it is.
        loading: How its model is loaded.

    Raises InputError or MediaError for a selection that selects nothing, everything, or lies outside the picture, and
    MissingError when a model cannot run here.
    """
    from r2s2r.stages.lift.masking.mask import write_mask_of

    write_mask_of(select, segment, footage, files, out, progress, loading)


def make_traces(
    traces: tuple[Trace, ...],
    footage: "Footage",
    mask: "Mask",
    files: Mapping[str, Path],
    out: Path,
    progress: "Progress",
) -> None:
    """Find what an entity leaves in the picture besides itself, its shadow say: a ``Mask`` artefact without the entity.

    ``files`` has ``also_remove.<i>.mask`` for the regions given as pictures.
    """
    from r2s2r.stages.lift.masking.traces import write_traces

    write_traces(traces, footage, mask, files, out, progress)


def make_depth(
    spec: DepthSpec,
    footage: "Footage",
    files: Mapping[str, Path],
    out: Path,
    progress: "Progress",
    loading: Loading = anew,
) -> None:
    """Measure how far away what the reference frame shows is: a ``Depth`` artefact.

    ``files`` has ``depth``: the given map, or the folder of the model's weights; ``loading`` says how that is loaded.

    Raises MediaError or InputError for a map that cannot be used, MissingError when the model cannot run here.
    """
    from r2s2r.stages.lift.depths.depth import write_depth

    write_depth(spec, footage, files, out, progress, loading)


def make_camera(spec: FilmCameraSpec, inputs: CameraInputs, out: Path, progress: "Progress") -> None:
    """Find how the clip was filmed: a ``SourceCamera`` artefact.

    Raises InputError or MediaError for a camera file that cannot be used, StageError when no motion can be solved.
    """
    from r2s2r.stages.lift.cameras.camera import write_camera

    write_camera(spec, inputs, out, progress)


def make_entity(spec: LiftSpec, place: PlaceSpec, inputs: LiftInputs, out: Path, progress: "Progress") -> None:
    """Lift a masked entity to a closed, textured mesh and place it: an ``Entity`` artefact.

    Raises StageError when no closed mesh that fits its mask comes of it, MissingError when a worker cannot run here.
    """
    from r2s2r.stages.lift.entities.entity import write_lifted

    write_lifted(_lifter(spec, inputs.worker), place, inputs, out, progress)


def _lifter(spec: LiftSpec, worker: WorkerInputs | None) -> "Lifter":
    match spec.backend:
        case "inflate":
            from r2s2r.stages.lift.entities.inflate import Inflater

            return Inflater(spec.inflate)
        case "sam3d":
            from r2s2r.stages.lift.workers.sam3d import Sam3dLifter

            assert worker is not None, "a request for a worker says which"
            return Sam3dLifter(spec.sam3d, worker)
        case "auto":
            raise AssertionError("`auto` is decided before a stage runs")
        case _:
            assert_never(spec.backend)


def import_entity(
    spec: ImportSpec, place: PlaceSpec, files: Mapping[str, Path], out: Path, progress: "Progress"
) -> None:
    """Place the mesh of a file: an ``Entity`` artefact. Raises MediaError for a file that cannot be used.

    ``files`` has ``asset``, and ``asset/<name>`` for each file that it refers to.
    """
    from r2s2r.stages.lift.entities.asset import write_asset

    write_asset(spec, place, files, out, progress)


def copy_entity(place: PlaceSpec, original: "Entity", out: Path, progress: "Progress") -> None:
    """Place another entity's mesh once more: an ``Entity`` artefact with equal mesh files."""
    from r2s2r.stages.lift.entities.duplicate import write_copy

    write_copy(place, original, out, progress)


def replace_entity(
    spec: ReplaceEdit, original: "Entity", files: Mapping[str, Path], out: Path, progress: "Progress"
) -> None:
    """Put the mesh of a file where an entity stands, as large: an ``Entity`` artefact. Files as ``import_entity``."""
    from r2s2r.stages.lift.entities.replacement import write_replacement

    write_replacement(spec, original, files, out, progress)


def refine_entity(original: "Entity", out: Path, progress: "Progress") -> None:
    """Give an entity's mesh edges short enough to be bent: an ``Entity`` artefact of the same surface."""
    from r2s2r.stages.lift.entities.refined import write_refined

    write_refined(original, out, progress)


def make_motion(spec: LiftSpec, inputs: MotionInputs, out: Path, progress: "Progress") -> None:
    """Follow an entity through the clip: a ``Motion`` artefact. Raises StageError when it cannot be followed at all."""
    from r2s2r.stages.lift.motions.motion import write_motion

    write_motion(spec, inputs, out, progress)


def import_motion(
    spec: ImportSpec, entity: "Entity", files: Mapping[str, Path], out: Path, progress: "Progress"
) -> None:
    """Bake the animation of an asset's file: a ``Motion`` artefact. Raises MediaError when it has none."""
    from r2s2r.stages.lift.motions.asset import write_asset_motion

    write_asset_motion(spec, entity, files, out, progress)


def make_plate(inputs: PlateInputs, out: Path, progress: "Progress") -> None:
    """Make the clip's background without its entities, as seen at the reference frame: a ``Plate`` artefact.

    Raises InputError when two entities select the same pixels.
    """
    from r2s2r.stages.lift.plates.plate import write_plate

    write_plate(inputs, out, progress)
