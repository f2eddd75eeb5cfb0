"""USD shapes: the points of meshes that change their shape, frame by frame."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from pxr import Sdf, Usd, UsdGeom, Vt

OpenVertices: TypeAlias = Callable[[], NDArray[np.float32] | None]

# What is saved leaves the memory; each save costs a table of contents in the file.
_FRAMES_A_SAVE = 16


def write_shapes(path: Path, shapes: Mapping[Sdf.Path, OpenVertices], *, describe: Callable[[Sdf.Layer], None]) -> None:
    """Write a layer of points and extents over the meshes of entities; equal shapes give equal bytes.

    It is binary: as text it would be several times as large as all the rest. Memory does not grow with the frames.

    Args:
        path: The file.
        shapes: Prim of the entity -> what opens its vertices [T, V, 3].
        describe: Writes what each layer says of the stage.
    """
    layer = Sdf.Layer.CreateNew(str(path))
    if layer is None:
        raise OSError(f"{path}: USD could not write it")
    describe(layer)
    for entity, vertices in shapes.items():
        over = Sdf.CreatePrimInLayer(layer, _mesh(entity))
        points = Sdf.AttributeSpec(over, UsdGeom.Tokens.points, Sdf.ValueTypeNames.Point3fArray)
        extent = Sdf.AttributeSpec(over, UsdGeom.Tokens.extent, Sdf.ValueTypeNames.Float3Array)
        frame, shape = 0, _shape(vertices, 0)
        while shape is not None:
            box = np.stack([shape.min(axis=0), shape.max(axis=0)])
            layer.SetTimeSample(points.path, frame, Vt.Vec3fArray.FromNumpy(shape))
            layer.SetTimeSample(extent.path, frame, Vt.Vec3fArray.FromNumpy(box))
            frame += 1
            if frame % _FRAMES_A_SAVE == 0:
                _save(layer, path)
            shape = _shape(vertices, frame)
    _save(layer, path)


def drop_normals(stage: Usd.Stage, entity: Sdf.Path) -> None:
    """Take the normals off an entity's mesh: those of one moment are wrong at the others, and readers make them."""
    stage.GetPrimAtPath(_mesh(entity)).RemoveProperty(UsdGeom.Tokens.normals)


def _mesh(entity: Sdf.Path) -> Sdf.Path:
    """Return the mesh below an entity, as ``usd_mesh`` names it."""
    return entity.AppendChild(entity.name)


def _shape(vertices: OpenVertices, frame: int) -> NDArray[np.float32] | None:
    shapes = vertices()
    return None if shapes is None or frame >= len(shapes) else np.array(shapes[frame])


def _save(layer: Sdf.Layer, path: Path) -> None:
    if not layer.Save():
        raise OSError(f"{path}: USD could not write it")
