"""Entity: one closed, textured, placed mesh."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from r2s2r.artifacts.damage import said_if_damaged
from r2s2r.artifacts.facts import Facts, read_facts, write_facts
from r2s2r.geometry.mesh import Mesh
from r2s2r.geometry.transforms import Array
from r2s2r.media.meshes import read_mesh, write_glb, write_mesh

MESH = "mesh.npz"
GLB = "mesh.glb"


class EntityFacts(Facts):
    """Facts of an entity.

    Attributes:
        world_from_entity: [4, 4] at the reference frame. Entity frame: +Y up, metres, origin at the base's middle.
        height_m: Height of the mesh in the world, as placed.
        silhouette_iou: Of the mesh against its mask at the reference camera; None for assets and copies.
    """

    world_from_entity: tuple[tuple[float, ...], ...]
    height_m: float
    silhouette_iou: float | None = None


@dataclass(frozen=True)
class Entity:
    """A folder with ``mesh.npz`` (exact), ``mesh.glb`` (the same, for people and other programs) and ``facts.json``."""

    folder: Path
    facts: EntityFacts

    @classmethod
    def load(cls, folder: Path) -> "Entity":
        """Open an entity folder."""
        return cls(folder, read_facts(folder, EntityFacts))

    @classmethod
    def write(cls, folder: Path, mesh: Mesh, facts: EntityFacts) -> "Entity":
        """Write an entity into an empty folder."""
        write_mesh(folder / MESH, mesh)
        write_glb(folder / GLB, mesh)
        write_facts(folder, facts)
        return cls(folder, facts)

    @property
    def world_from_entity(self) -> Array:
        """Placement [4, 4] at the reference frame."""
        return np.array(self.facts.world_from_entity)

    def mesh(self) -> Mesh:
        """Read the mesh, in the entity's frame. Raises StoreError when it is damaged or gone."""
        with said_if_damaged(self.folder / MESH):
            return read_mesh(self.folder / MESH)
