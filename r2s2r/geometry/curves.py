"""Curves through keys, of vectors and of rotations: pure functions of time.

Both are one formula. A key's value is left by a *step*: a difference for vectors, a rotation vector for rotations, so
that a rotation about a fixed axis turns exactly as a number with the same keys grows. Between two keys the curve is a
cubic in cumulative Bezier form (Kim, Kim and Shin, "A General Construction Scheme for Unit Quaternion Curves with
Simple High Order Derivatives", SIGGRAPH 1995).

- ``linear``: straight, or the shortest arc, at constant speed; its speed jumps at the keys.
- ``smooth``: starts and ends at rest, flows through the keys between, never overshoots a key (the tangents of Fritsch
  and Butland, as PCHIP, but zero at both ends); its speed is continuous everywhere.
- ``catmull_rom``: flows through the keys at the mean speed of both sides, may overshoot, and is already moving at its
  first key and still moving at its last; between two keys alone it is ``linear``.
- ``hold``: jumps at each key.

Before the first key and after the last every curve holds.
"""

from typing import Literal, Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

from r2s2r.geometry.transforms import Array

Curve: TypeAlias = Literal["linear", "smooth", "catmull_rom", "hold"]


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
        return np.asarray((Rotation.from_quat(start).inv() * Rotation.from_quat(end)).as_rotvec())

    def after(self, start: Array, step: Array) -> Array:
        """Return the orientation that a turn leads to."""
        return np.asarray((Rotation.from_quat(start) * Rotation.from_rotvec(step)).as_quat())


def interpolate(times: Array, values: Array, *, at: Array, curve: Curve, space: Space | None = None) -> Array:
    """Return the curve's values [T, D] at given moments.

    Args:
        times: [K] of the keys, strictly rising.
        values: The keys', [K, D], or [K, T, D] where they move themselves: a key's value at each moment asked for.
        at: [T] moments, in the unit of ``times``.
        curve: See the module.
        space: What the values are; default plain vectors. Rotations are quaternions, D = 4.
    """
    tracks = values if values.ndim == 3 else values[:, None]
    tracks = np.broadcast_to(tracks, (len(times), len(at), tracks.shape[-1]))
    if curve == "hold" or len(times) == 1:
        return _pick(tracks, np.clip(np.searchsorted(times, at, side="right") - 1, 0, len(times) - 1))
    return _between(times, tracks, at=at, curve=curve, space=space or Vectors())


def _pick(tracks: Array, key: NDArray[np.intp]) -> Array:
    """Return, for each moment [T], the value [D] of the key asked for; keys past an end are the end."""
    picked: Array = tracks[np.clip(key, 0, len(tracks) - 1), np.arange(len(key))]
    return picked


def _between(times: Array, tracks: Array, *, at: Array, curve: Curve, space: Space) -> Array:
    left = np.clip(np.searchsorted(times, at, side="right") - 1, 0, len(times) - 2)
    start, end = _pick(tracks, left), _pick(tracks, left + 1)
    span = times[left + 1] - times[left]
    share = np.clip((at - times[left]) / span, 0, 1)[:, None]
    if curve == "linear":
        return space.after(start, share * space.step(start, end))
    leave, arrive = _tangents(times, tracks, left=left, curve=curve, space=space)
    first, last = leave * span[:, None] / 3, arrive * span[:, None] / 3
    middle = space.step(space.after(start, first), space.after(end, -last))
    value = space.after(start, (1 - (1 - share) ** 3) * first)
    value = space.after(value, share * share * (3 - 2 * share) * middle)
    return space.after(value, share**3 * last)


def _tangents(
    times: Array, tracks: Array, *, left: NDArray[np.intp], curve: Curve, space: Space
) -> tuple[Array, Array]:
    """Return the velocities [T, S] at the keys on the left and on the right of each moment."""
    # Past an end there is no step, hence no speed; its length of time does not matter then.
    spans = np.concatenate([[1.0], np.diff(times), [1.0]])
    speeds = []
    for segment in (left - 1, left, left + 1):
        step = space.step(_pick(tracks, segment), _pick(tracks, segment + 1))
        inside = (segment >= 0) & (segment < len(times) - 1)
        speeds.append(np.where(inside[:, None], step / spans[segment + 1, None], 0.0))
    before, here, after = speeds
    spans = spans[:, None]
    if curve == "smooth":
        return (
            _without_overshoot(before, here, spans[left], spans[left + 1]),
            _without_overshoot(here, after, spans[left + 1], spans[left + 2]),
        )
    before = np.where(left[:, None] == 0, here, before)
    after = np.where(left[:, None] == len(times) - 2, here, after)
    return _mean(before, here, spans[left], spans[left + 1]), _mean(here, after, spans[left + 1], spans[left + 2])


def _mean(before: Array, after: Array, span_before: Array, span_after: Array) -> Array:
    return (span_before * before + span_after * after) / (span_before + span_after)


def _without_overshoot(before: Array, after: Array, span_before: Array, span_after: Array) -> Array:
    """Return Fritsch and Butland's weighted harmonic mean, zero where the direction turns."""
    weight_before, weight_after = 2 * span_after + span_before, span_after + 2 * span_before
    below = weight_before * after + weight_after * before
    same_way = before * after > 0
    speed = (weight_before + weight_after) * before * after / np.where(same_way, below, 1.0)
    return np.where(same_way, speed, 0.0)
