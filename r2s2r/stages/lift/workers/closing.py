"""A model's mesh becomes a closed one, or is refused."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from r2s2r.errors import MediaError, StageError
from r2s2r.geometry.transforms import Array
from r2s2r.media.assets.gltf.read import read_gltf
from r2s2r.media.assets.merge import merged
from r2s2r.media.repair.edges import partners
from r2s2r.stages.lift.entities.lifter import Lifted
from r2s2r.stages.lift.workers.response import check_size

# With more hole edges than this share of all, what is there is no surface with holes, and fillings are a guess.
_MAX_HOLE_EDGES = 0.05
_EDGES_PER_FACE = 1.5
_ADVICE = "give the entity another mask, or another lift.sam3d.seed"


def read_closed(path: Path) -> Lifted:
    """Read a worker's GLB file, in its own frame, its holes filled, which is a finding.

    Raises StageError when it cannot be read or closed, or has many.
    """
    try:
        check_size(path)
        with np.errstate(all="ignore"):  # numbers without sense become NaN, which is looked for
            found = merged(read_gltf(path, {}).parts, name=str(path), fills=True)
    except (MediaError, OSError) as error:
        raise StageError(f"the worker's answer cannot be used: {error}; {_ADVICE}") from error
    holes = found.repairs.hole_edges
    _check_holes(holes, len(found.mesh.faces))
    filled = f"the model's mesh was not closed; its holes, of {holes} edges, were filled: look at its card"
    return Lifted(found.mesh, (filled,) if holes else ())


def check_closed(vertices: Array, faces: NDArray[np.int32]) -> None:
    """Raise StageError, with the number of hole edges, for a body that is not closed."""
    holes = int((partners(vertices, faces) < 0).sum())
    if holes:
        raise StageError(f"the model's body is not closed ({holes} hole edges); correct its worker")


def _check_holes(holes: int, faces: int) -> None:
    if holes > _MAX_HOLE_EDGES * _EDGES_PER_FACE * faces:
        raise StageError(
            f"the model's mesh is not closed: {holes} hole edges in {faces} faces are too many to be filled; {_ADVICE}"
        )
