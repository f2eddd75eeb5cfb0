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
- ``bezier``: as its handles say; without handles, ``catmull_rom``. A key with two handles of its own may be a corner.
- ``hold``: jumps at each key.

Before the first key and after the last every curve holds.
"""

from collections.abc import Callable
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from r2s2r.geometry.spaces import Space, Vectors
from r2s2r.geometry.tangents import Handles, Steps
from r2s2r.geometry.transforms import Array

Curve: TypeAlias = Literal["linear", "smooth", "bezier", "catmull_rom", "hold"]
# Returns, for each moment [T], the value [D] that the key asked for, [T], has at that moment.
Picked: TypeAlias = Callable[[NDArray[np.intp]], Array]


def interpolate(
    times: Array,
    values: Array | Picked,
    *,
    at: Array,
    curve: Curve,
    space: Space | None = None,
    handles: Handles | None = None,
    rest: NDArray[np.bool_] | None = None,
) -> Array:
    """Return the curve's values [T, D] at given moments.

    Args:
        times: [K] of the keys, strictly rising.
        values: The keys', [K, D]; where they move themselves, [K, T, D], a key's value at each moment asked for, or a
            function that picks from these: only a few keys matter at each moment.
        at: [T] moments, in the unit of ``times``.
        curve: See the module.
        space: What the values are; default plain vectors. Rotations are quaternions, D = 4.
        handles: Those of ``bezier``, for vectors.
        rest: [K] keys at which a curve that flows comes to rest.
    """
    last = len(times) - 1
    pick = _clipped(values if callable(values) else _picked(values), last)
    if curve == "hold" or last == 0:
        return pick(np.searchsorted(times, at, side="right") - 1)
    left = left_of(times, at)
    start, end = pick(left), pick(left + 1)
    span = times[left + 1] - times[left]
    share = np.clip((at - times[left]) / span, 0, 1)[:, None]
    space = space or Vectors()
    step = space.step(start, end)
    if curve == "linear":
        return space.after(start, share * step)
    before, after = space.step(pick(left - 1), start), space.step(end, pick(left + 2))
    leave, arrive = _flowing(_steps(times, (before, step, after), left), curve)
    if handles is not None:
        leave, arrive = _handled(leave, arrive, handles.speeds(times), left)
    if rest is not None:
        leave, arrive = np.where(rest[left, None], 0.0, leave), np.where(rest[left + 1, None], 0.0, arrive)
    return _cubic(space, start, leave * span[:, None] / 3, arrive * span[:, None] / 3, end, share)


def left_of(times: Array, at: Array) -> NDArray[np.intp]:
    """Return which key begins the stretch that a moment [T] lies in; the first and the last stretch go on for ever."""
    return np.clip(np.searchsorted(times, at, side="right") - 1, 0, max(len(times) - 2, 0))


def _picked(values: Array) -> Picked:
    if values.ndim == 2:
        return values.__getitem__
    return lambda key: np.asarray(values[key, np.arange(len(key))])


def _clipped(pick: Picked, last: int) -> Picked:
    """Return what picks an end key for those past the end."""
    return lambda key: pick(np.clip(key, 0, last))


def _steps(times: Array, steps: tuple[Array, Array, Array], left: NDArray[np.intp]) -> Steps:
    # Past an end there is no step, hence no speed; its length of time does not matter then.
    spans = np.concatenate([[1.0], np.diff(times), [1.0]])
    before, here, after = (spans[left + stretch, None] for stretch in range(3))
    return Steps(
        speeds=(steps[0] / before, steps[1] / here, steps[2] / after),
        spans=(before, here, after),
        is_first=left == 0,
        is_last=left == len(times) - 2,
    )


def _flowing(steps: Steps, curve: Curve) -> tuple[Array, Array]:
    return steps.without_overshoot() if curve == "smooth" else steps.mean()


def _handled(leave: Array, arrive: Array, given: tuple[Array, Array], left: NDArray[np.intp]) -> tuple[Array, Array]:
    """Return the speeds with those that handles give in their place."""
    arriving, leaving = given[0][left + 1], given[1][left]
    return np.where(np.isnan(leaving), leave, leaving), np.where(np.isnan(arriving), arrive, arriving)


def _cubic(space: Space, start: Array, first: Array, last: Array, end: Array, share: Array) -> Array:
    """Return the cubic from ``start`` to ``end`` that leaves by the step ``first`` and arrives by ``last``."""
    middle = space.step(space.after(start, first), space.after(end, -last))
    value = space.after(start, (1 - (1 - share) ** 3) * first)
    value = space.after(value, share * share * (3 - 2 * share) * middle)
    return space.after(value, share**3 * last)
