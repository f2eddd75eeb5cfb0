"""Shapes: the vertices of entities whose mesh changes its form, by their own motion or by edits."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from r2s2r.geometry.transforms import Array
from r2s2r.spec.edits import DeformEdit, EntityEdit
from r2s2r.stages.edit.entities.deform import Deformation
from r2s2r.stages.edit.entities.motions import Played
from r2s2r.stages.edit.timeline import Timeline

if TYPE_CHECKING:
    from r2s2r.stages.edit.here import Surroundings


@dataclass(frozen=True, eq=False)
class Shape:
    """One entity's mesh over the moments of a timeline.

    Attributes:
        rest: [V, 3] vertices at the reference frame, in the entity's frame.
        motion: What it plays, where that bends it.
        deformations: What edits do to it, in order.
    """

    rest: NDArray[np.float32]
    motion: Played | None
    deformations: tuple[Deformation, ...]

    @classmethod
    def of(
        cls, rest: NDArray[np.float32], motion: Played | None, edits: Sequence[EntityEdit], timeline: Timeline
    ) -> "Shape":
        """Return the shape of a mesh with vertices [V, 3] that plays a motion and is edited."""
        deformations: list[Deformation] = []
        height_m: Array = np.full(len(timeline.at), np.ptp(rest[:, 1].astype(np.float64)))
        for edit in edits:
            if isinstance(edit, DeformEdit):
                deformations.append(Deformation.of(edit, rest, height_m, timeline))
                height_m = deformations[-1].height_after_m
        return cls(rest, motion if motion is not None and motion.bends else None, tuple(deformations))

    @property
    def changes(self) -> bool:
        """Whether it is anything but the mesh at rest."""
        return self.motion is not None or bool(self.deformations)

    def vertices(self, index: int) -> NDArray[np.float32]:
        """Return the vertices [V, 3] at one of the moments."""
        vertices = self.rest if self.motion is None else self.motion.vertices(index)
        offset_m = self._gone_m(vertices)
        for deformation in self.deformations:
            vertices = deformation.applied(vertices, index, offset_m=offset_m)
        return vertices

    def _gone_m(self, vertices: NDArray[np.float32]) -> Array:
        """Return how far [3] a mesh has walked away from where it rests: it is squashed and bent where it is."""
        if self.motion is None or not self.deformations:
            return np.zeros(3)
        gone: Array = vertices.mean(axis=0, dtype=np.float64) - self.rest.mean(axis=0, dtype=np.float64)
        return gone


def shapes(shot: "Surroundings", timeline: Timeline) -> dict[str, Shape]:
    """Return the shapes of those entities whose mesh changes its form."""
    found = {name: shot.shape(name, timeline) for name in shot.meshes}
    return {name: shape for name, shape in found.items() if shape.changes}
