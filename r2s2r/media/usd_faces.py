"""USD faces: how the triangles of an entity hang together, from the base layer that was written of a shot."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pxr import Usd, UsdGeom

from r2s2r.media.usd import BASE, ENTITIES


def read_faces(folder: Path, name: str) -> NDArray[np.int32] | None:
    """Return the faces [F, 3] of an entity in a folder that ``write_usd`` filled; None where it has none such."""
    stage = Usd.Stage.Open(str(folder / BASE))
    for entity in stage.GetPrimAtPath(ENTITIES).GetChildren():
        if entity.GetCustomDataByKey("r2s2r:name") == name:
            mesh = UsdGeom.Mesh(entity.GetChild(entity.GetName()))
            return np.array(mesh.GetFaceVertexIndicesAttr().Get(), np.int32).reshape(-1, 3)
    return None
