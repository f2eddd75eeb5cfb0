"""A mesh from a file becomes a placed entity."""

from dataclasses import replace
from pathlib import Path

import numpy as np

from r2s2r.artifacts.entity import Entity
from r2s2r.artifacts.progress import Progress
from r2s2r.errors import MediaError
from r2s2r.geometry.mesh import Mesh
from r2s2r.geometry.topology import is_closed
from r2s2r.geometry.transforms import identity
from r2s2r.media.meshes import read_glb
from r2s2r.spec.entities import PlaceSpec
from r2s2r.stages.lift.entities.place import Standing, base_middle, height_m, place, placed_facts, scaled

# Outside of these, in metres, the file's unit is not the metre.
_LARGEST_M = 10_000.0
_SMALLEST_M = 0.001


def write_asset(spec: PlaceSpec, path: Path, out: Path, progress: Progress) -> None:
    """Place the mesh of a GLB file, its base's middle on the entity's origin, as an ``Entity`` artefact."""
    try:
        read = read_glb(path)
    except MediaError as error:
        raise MediaError(error.message, field="asset") from error
    mesh = replace(read, vertices=(read.vertices - base_middle(read.vertices.astype(np.float64))).astype(np.float32))
    _check_size(path, mesh, spec)
    placement = place(spec, Standing(identity(), height_m(mesh.vertices)))
    placed = scaled(mesh, placement.scale)
    Entity.write(out, placed, placed_facts(placed, placement.world_from_entity, findings=_findings(spec, mesh)))
    progress(1, 1)


def _check_size(path: Path, mesh: Mesh, spec: PlaceSpec) -> None:
    extent_m = float(np.ptp(mesh.vertices.astype(np.float64), axis=0).max())
    if spec.height_m is not None:
        if height_m(mesh.vertices) < 1e-6 * extent_m:
            raise MediaError(
                f"{path}: is flat on the ground, so place.height_m cannot give its size; turn it in its file",
                field="place.height_m",
            )
        return
    if not _SMALLEST_M <= extent_m <= _LARGEST_M:
        raise MediaError(
            f"{path}: its largest extent is {extent_m:g} m (glTF is in metres); give place.height_m (its real height), "
            "or export it in metres",
            field="asset",
        )


def _findings(spec: PlaceSpec, mesh: Mesh) -> tuple[str, ...]:
    findings = []
    if not is_closed(mesh.faces):
        findings.append("its mesh is not closed: from some sides one looks into it; close its holes in the file")
    if spec.position_m is None and not any(spec.move_m):
        findings.append("it stands on the world's origin, below the source's camera: give place.position_m")
    return tuple(findings)
