"""Spaces: what a curve must know of the values it goes through."""

from typing import Protocol

from r2s2r.geometry.quaternions import from_rotation_vectors, inverse, product, rotation_vectors
from r2s2r.geometry.transforms import Array


class Space(Protocol):
    """What a curve must know of its values. A seam, so that vectors and rotations share every curve."""

    def step(self, start: Array, end: Array) -> Array:
        """Return the steps [T, S] that lead from values [T, D] to values [T, D]."""

    def after(self, start: Array, step: Array) -> Array:
        """Return the values [T, D] that steps [T, S] lead to."""


class Vectors:
    """Points, scales, numbers: a step is a difference."""

    def step(self, start: Array, end: Array) -> Array:
        """Return ``end - start``."""
        return end - start

    def after(self, start: Array, step: Array) -> Array:
        """Return ``start + step``."""
        return start + step


class Rotations:
    """Unit quaternions (x, y, z, w): a step is a rotation vector in the axes of the value it leaves."""

    def step(self, start: Array, end: Array) -> Array:
        """Return the shortest turn [T, 3], radians along its axis, from one orientation to the other."""
        return rotation_vectors(product(inverse(start), end))

    def after(self, start: Array, step: Array) -> Array:
        """Return the orientation that a turn leads to."""
        return product(start, from_rotation_vectors(step))
