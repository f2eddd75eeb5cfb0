"""Lift: from a clip to footage, masks, closed textured entities and a clean plate."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, assert_never

from r2s2r.spec.entities import PlaceSpec, SelectSpec
from r2s2r.spec.lift import LiftSpec
from r2s2r.spec.source import SourceSpec
from r2s2r.stages.lift.inputs import LiftInputs

if TYPE_CHECKING:
    from r2s2r.artifacts.entity import Entity
    from r2s2r.artifacts.footage import Footage
    from r2s2r.artifacts.mask import Mask
    from r2s2r.artifacts.progress import Progress

__all__ = [
    "ENTITY_VERSION",
    "FOOTAGE_VERSION",
    "MASK_VERSION",
    "PLATE_VERSION",
    "LiftInputs",
    "copy_entity",
    "import_entity",
    "make_entity",
    "make_footage",
    "make_mask",
    "make_plate",
]

FOOTAGE_VERSION: int = 1
MASK_VERSION: int = 1
ENTITY_VERSION: int = 1
PLATE_VERSION: int = 1


def make_footage(spec: SourceSpec, clip: Path, out: Path, progress: "Progress") -> None:
    """Decode a video or still picture into a ``Footage`` artefact. Raises MediaError for a clip that cannot be used."""
    from r2s2r.stages.lift.footage import make_footage as decode

    decode(spec, clip, out, progress)


def make_mask(spec: SelectSpec, footage: "Footage", mask_file: Path | None, out: Path, progress: "Progress") -> None:
    """Find an entity at the reference frame and follow it through the footage: a ``Mask`` artefact.

    Raises InputError or MediaError for a selection that selects nothing, everything, or lies outside the picture.
    """
    from r2s2r.stages.lift.masking.mask import write_mask_of

    write_mask_of(spec, footage, mask_file, out, progress)


def make_entity(spec: LiftSpec, place: PlaceSpec, inputs: LiftInputs, out: Path, progress: "Progress") -> None:
    """Lift a masked entity to a closed, textured mesh and place it: an ``Entity`` artefact.

    Raises StageError when no closed mesh comes of it.
    """
    from r2s2r.stages.lift.entities.entity import write_lifted

    match spec.backend:
        case "inflate":
            from r2s2r.stages.lift.entities.inflate import Inflater

            lifter = Inflater(spec.inflate)
        case "auto":
            raise AssertionError("`auto` is decided before a stage runs")
        case _:
            assert_never(spec.backend)
    write_lifted(lifter, place, inputs, out, progress)


def import_entity(place: PlaceSpec, asset: Path, out: Path, progress: "Progress") -> None:
    """Place the mesh of a GLB file: an ``Entity`` artefact. Raises MediaError for a file that cannot be used."""
    from r2s2r.stages.lift.entities.asset import write_asset

    write_asset(place, asset, out, progress)


def copy_entity(place: PlaceSpec, original: "Entity", out: Path, progress: "Progress") -> None:
    """Place another entity's mesh once more: an ``Entity`` artefact with equal mesh files."""
    from r2s2r.stages.lift.entities.duplicate import write_copy

    write_copy(place, original, out, progress)


def make_plate(footage: "Footage", masks: "Mapping[str, Mask]", out: Path, progress: "Progress") -> None:
    """Make the clip's background without its entities, as seen at the reference frame: a ``Plate`` artefact."""
    from r2s2r.stages.lift.plates.plate import write_plate

    write_plate(footage, masks, out, progress)
