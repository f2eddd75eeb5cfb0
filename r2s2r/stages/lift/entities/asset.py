"""A mesh from a file becomes a placed entity."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np

from r2s2r.artifacts.entity import Entity
from r2s2r.artifacts.progress import Progress
from r2s2r.errors import MediaError
from r2s2r.geometry.transforms import identity
from r2s2r.spec.entities import PlaceSpec
from r2s2r.spec.imports import ImportSpec
from r2s2r.stages.lift.entities.imported import Imported, imported
from r2s2r.stages.lift.entities.place import Standing, height_m, place, placed_facts, scaled

# Outside of these, in metres, the file's unit is not the metre.
_LARGEST_M = 10_000.0
_SMALLEST_M = 0.001
# Outside of these it may be, but most things are not of such a size.
_LARGE_M = 50.0
_SMALL_M = 0.02


def write_asset(reading: ImportSpec, spec: PlaceSpec, files: Mapping[str, Path], out: Path, progress: Progress) -> None:
    """Place the mesh of a file, its base's middle on the entity's origin, as an ``Entity`` artefact.

    Raises:
        MediaError: The file cannot be used; for the field ``asset``, ``import`` or ``place.height_m``.
    """
    read = imported(reading, files)
    _check_size(read, spec)
    mesh = read.mesh
    placement = place(spec, Standing(identity(), height_m(mesh.vertices)))
    placed = scaled(mesh, placement.scale)
    findings = tuple(_findings(read, reading, spec))
    Entity.write(out, placed, placed_facts(placed, placement.world_from_entity, findings=findings))
    progress(1, 1)


def _extent_m(read: Imported) -> float:
    return float(np.ptp(read.vertices, axis=0).max())


def _check_size(read: Imported, spec: PlaceSpec) -> None:
    extent_m = _extent_m(read)
    if spec.height_m is not None:
        if height_m(read.vertices) < 1e-6 * extent_m:
            raise MediaError(
                f"{read.path}: is flat on the ground, so place.height_m cannot give its size; give import.up, or turn "
                "it in its file",
                field="place.height_m",
            )
        return
    if not _SMALLEST_M <= extent_m <= _LARGEST_M:
        raise MediaError(
            f"{read.path}: its largest extent is {extent_m:g} m; give place.height_m (its real height) or "
            "import.metres_per_unit",
            field="asset",
        )


def _findings(read: Imported, reading: ImportSpec, spec: PlaceSpec) -> Iterator[str]:
    yield from read.asset.findings
    yield from _repairs(read)
    extent_m = _extent_m(read)
    unit_is_known = read.asset.metres_per_unit or reading.metres_per_unit or spec.height_m
    if not unit_is_known and not _SMALL_M <= extent_m <= _LARGE_M:
        yield (
            f"its largest extent is {extent_m:g} m, for its file does not say its unit: give import.metres_per_unit "
            "(0.01 for centimetres) or place.height_m"
        )
    if spec.position_m is None and not any(spec.move_m):
        yield "it stands on the world's origin, below the source's camera: give place.position_m"


def _repairs(read: Imported) -> Iterator[str]:
    done = read.merged.repairs
    if done.holes:
        yield (
            f"its mesh was not closed: {done.holes:,} holes with {done.hole_edges:,} edges were filled; look at it "
            "from all sides, or close it in its file (import.holes: refuse makes this an error)"
        )
    if done.crowded:
        yield f"at {done.crowded:,} edges of its mesh more than two faces met: it was cut apart there"
    if done.turned:
        yield f"{done.turned:,} faces of its mesh faced inwards, and were turned over"
