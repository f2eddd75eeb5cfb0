"""Deform: squash, taper, twist and bend, each a function of a vertex's height over the entity's base."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from r2s2r.geometry.transforms import Array
from r2s2r.spec.edits import DeformEdit
from r2s2r.stages.edit.timeline import Timeline

# Of the bend's radius: what lies nearer to its centre than this is squeezed, so that it never turns inside out.
_FREE = 0.6
_SIDEWAYS = np.array([1.0, 0.0, 1.0])


@dataclass(frozen=True, eq=False)
class Deformation:
    """A deform edit over the moments of a timeline.

    Everything happens about an upright axis through the middle of the mesh. Its lowest point is where nothing but the
    width changes; the axis keeps its length when it is bent.

    Attributes:
        edit: What was asked for.
        share: [T] how much of it is done.
        base_m: [3] The middle of the mesh's box, at the height of its lowest point, in the entity's frame.
        height_m: [T] of the mesh, as the deformations before this one leave it.
    """

    edit: DeformEdit
    share: Array
    base_m: Array
    height_m: Array

    @classmethod
    def of(cls, edit: DeformEdit, rest: NDArray[np.float32], height_m: Array, timeline: Timeline) -> "Deformation":
        """Return the deformation of a mesh with vertices [V, 3] at rest, and a height [T] so far."""
        low, high = rest.min(axis=0).astype(np.float64), rest.max(axis=0).astype(np.float64)
        base_m = np.array([(low[0] + high[0]) / 2, low[1], (low[2] + high[2]) / 2])
        return cls(edit, timeline.share(edit), base_m, height_m)

    @property
    def height_after_m(self) -> Array:
        """[T] what it leaves of the height, measured along the axis."""
        height_m: Array = self.height_m * self._squash
        return height_m

    @property
    def _squash(self) -> Array:
        return 1 + (self.edit.squash - 1) * self.share

    def applied(self, vertices: NDArray[np.float32], index: int, *, offset_m: Array) -> NDArray[np.float32]:
        """Return vertices [V, 3], in the entity's frame, deformed as at one of the moments.

        ``offset_m`` [3] is how far the mesh has gone, sideways, from where it rests.
        """
        share = self.share[index]
        if share == 0:
            return vertices
        base_m = self.base_m + offset_m * _SIDEWAYS
        side, up, front = (vertices - base_m).T
        side, up, front = _squashed(side, up, front, self._squash[index])
        height_m = self.height_after_m[index]
        if height_m > 0:
            along = np.clip(up / height_m, 0, 1)
            side, front = _tapered(side, front, 1 + (self.edit.taper - 1) * share * along)
            side, front = _twisted(side, front, np.radians(self.edit.twist_deg) * share * along)
            side, up, front = self._bent(side, up, front, angle=np.radians(self.edit.bend_deg) * share, length=height_m)
        deformed: NDArray[np.float32] = (np.stack([side, up, front], axis=1) + base_m).astype(np.float32)
        return deformed

    def _bent(self, side: Array, up: Array, front: Array, *, angle: float, length: float) -> tuple[Array, Array, Array]:
        if angle == 0:
            return side, up, front
        towards = np.radians(self.edit.towards_deg + (0 if angle > 0 else 180))
        sin, cos = np.sin(towards), np.cos(towards)
        lean, across = side * sin + front * cos, side * cos - front * sin
        lean, up = _rolled(lean, up, angle=abs(angle), length=length)
        return lean * sin + across * cos, up, lean * cos - across * sin


def _squashed(side: Array, up: Array, front: Array, factor: float) -> tuple[Array, Array, Array]:
    wide = 1 / np.sqrt(factor)
    return side * wide, up * factor, front * wide


def _tapered(side: Array, front: Array, width: Array) -> tuple[Array, Array]:
    return side * width, front * width


def _twisted(side: Array, front: Array, angle: Array) -> tuple[Array, Array]:
    """Turn about the vertical, counter-clockwise seen from above."""
    cos, sin = np.cos(angle), np.sin(angle)
    return side * cos + front * sin, front * cos - side * sin


def _rolled(lean: Array, up: Array, *, angle: float, length: float) -> tuple[Array, Array]:
    """Lay the axis along an arc: from its base to ``length`` it turns by ``angle``, beyond both it goes on straight.

    Args:
        lean: [V] how far from the axis, towards where it bends.
        up: [V] how far along the axis.
        angle: Radians, above 0.
        length: Of the axis.
    """
    radius = length / angle
    within = np.clip(up, 0, length)
    turned = within / radius
    to_centre, beyond = radius - _squeezed(lean, radius), up - within
    sin, cos = np.sin(turned), np.cos(turned)
    return radius - to_centre * cos + beyond * sin, to_centre * sin + beyond * cos


def _squeezed(lean: Array, radius: float) -> Array:
    """Keep what leans towards the centre of a bend from reaching it; what is far enough from it stays as it is."""
    free = _FREE * radius
    room = radius - free
    over = np.maximum(lean - free, 0)
    return np.where(lean > free, free + room * over / (room + over), lean)
