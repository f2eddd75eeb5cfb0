"""An asset's file as an entity sees it: one closed mesh in metres, +Y up, its base's middle at the origin."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from r2s2r.errors import MediaError
from r2s2r.geometry.mesh import Mesh
from r2s2r.geometry.transforms import Array, scaling, transform_points, translation
from r2s2r.media.assets.asset import Asset
from r2s2r.media.assets.merge import Merged, merged
from r2s2r.media.assets.read import read_asset
from r2s2r.media.axes import WORLD_FROM_Z_UP
from r2s2r.spec.imports import ImportSpec
from r2s2r.stages.lift.entities.place import base_middle

_NAME = "asset/"


@dataclass(frozen=True, eq=False)
class Imported:
    """A file that was read.

    Attributes:
        path: The file.
        asset: What it holds.
        merged: All of it as one closed mesh, in the file's frame.
        entity_from_file: [4, 4], with the file's unit.
    """

    path: Path
    asset: Asset
    merged: Merged
    entity_from_file: Array

    @property
    def vertices(self) -> Array:
        """Vertices [V, 3] float64 in the entity's frame, before ``place.height_m``."""
        return transform_points(self.entity_from_file, self.merged.vertices)

    def moved(self, of_parts: Array) -> Array:
        """Return the mesh's vertices [V, 3] in the entity's frame for other vertices of the file's parts."""
        return transform_points(self.entity_from_file, of_parts[self.merged.vertex_source])

    @property
    def mesh(self) -> Mesh:
        """The mesh in the entity's frame, before ``place.height_m``."""
        turn = self.entity_from_file[:3, :3] / np.linalg.norm(self.entity_from_file[:3, 0])
        given = self.merged.mesh
        return Mesh(
            vertices=self.vertices.astype(np.float32),
            faces=given.faces,
            corner_uv=given.corner_uv,
            corner_normals=(given.corner_normals.astype(np.float64) @ turn.T).astype(np.float32),
            texture=given.texture,
        )


def imported(reading: ImportSpec, files: Mapping[str, Path]) -> Imported:
    """Read ``asset`` and what it refers to (``asset/<name>``). Raises MediaError for the field ``asset``."""
    path = files["asset"]
    others = {role.removeprefix(_NAME): file for role, file in files.items() if role.startswith(_NAME)}
    try:
        asset = read_asset(path, others)
        whole = merged(asset.parts, name=str(path), fills=reading.holes == "fill")
    except MediaError as error:
        raise MediaError(error.message, field="asset") from error
    world_from_file = _world_from_file(reading, asset)
    base_m = base_middle(transform_points(world_from_file, whole.vertices))
    return Imported(path, asset, whole, translation(-base_m) @ world_from_file)


def _world_from_file(reading: ImportSpec, asset: Asset) -> Array:
    upright = WORLD_FROM_Z_UP if (reading.up or asset.up) == "z" else np.eye(4)
    return scaling(reading.metres_per_unit or asset.metres_per_unit or 1.0) @ upright
