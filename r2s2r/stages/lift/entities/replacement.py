"""A mesh from a file takes the place of an entity, for one shot."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from r2s2r.artifacts.entity import Entity
from r2s2r.artifacts.progress import Progress
from r2s2r.errors import MediaError
from r2s2r.geometry.transforms import Array
from r2s2r.spec.edits import ReplaceEdit
from r2s2r.stages.lift.entities.imported import imported
from r2s2r.stages.lift.entities.place import height_m, placed_facts, scaled


def write_replacement(
    spec: ReplaceEdit, original: Entity, files: Mapping[str, Path], out: Path, progress: Progress
) -> None:
    """Place the mesh of a file where an entity stands and turned as it is, as an ``Entity`` artefact.

    What was found about the file when it is read is said, but nothing about its unit: its size is the original's.

    Raises:
        MediaError: The file cannot be used; for the field ``asset``.
    """
    read = imported(spec.import_, files)
    size, wanted = _size(read.vertices, spec), _size(original.mesh().vertices.astype(np.float64), spec)
    if size < 1e-9 or wanted < 1e-9:
        raise MediaError(f"{read.path}: is flat, so its height gives no size: set fit: box", field="asset")
    mesh = scaled(read.mesh, wanted / size)
    facts = placed_facts(mesh, original.world_from_entity, findings=tuple(read.asset.findings))
    Entity.write(out, mesh, facts)
    progress(1, 1)


def _size(vertices: Array, spec: ReplaceEdit) -> float:
    return height_m(vertices) if spec.fit == "height" else float(np.ptp(vertices, axis=0).max())
