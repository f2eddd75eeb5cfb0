"""Places: keys of where something goes, in the world or beside where it is so far."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from r2s2r.errors import InputError
from r2s2r.geometry.arc_length import ArcLength
from r2s2r.geometry.curves import Curve, interpolate
from r2s2r.geometry.tangents import Handles
from r2s2r.geometry.transforms import Array
from r2s2r.spec.base import Spec, Vector

# Returns where something is, [T, 3], at moments [T] in frames.
PlacedAt = Callable[[Array], Array]
_PLACING = {"at", "position_m", "move_m", "handle_in_m", "handle_out_m"}


@dataclass(frozen=True, eq=False)
class Places:
    """K keys of where a point goes.

    A key's place is kept as an offset from where the point is so far: one in the world as the way from there, which
    differs from frame to frame if the point already moves. So a curve between two keys in the world stays where they
    are, one between two offsets goes along with the point, and one from either kind to the other is well defined.

    Attributes:
        times: [K] in frames, strictly rising.
        values_m: [K, 3] along the world's axes.
        in_world: [K] bool: places in the world; else offsets.
        curve: How it goes from key to key.
        handles: Those of ``bezier``.
    """

    times: Array
    values_m: Array
    in_world: NDArray[np.bool_]
    curve: Curve
    handles: Handles | None = None

    def offsets_m(self, so_far_m: Array, at: Array) -> Array:
        """Return how far the keys move the point [T, 3] from where it is so far [T, 3], at moments [T] in frames."""

        def picked(key: NDArray[np.intp]) -> Array:
            return self.values_m[key] - np.where(self.in_world[key, None], so_far_m, 0.0)

        return interpolate(self.times, picked, at=at, curve=self.curve, handles=self.handles)

    def along(self, so_far: PlacedAt) -> PlacedAt:
        """Return where in the world the keys put the point, for where it is so far."""

        def placed(at: Array) -> Array:
            # Where all keys are in the world, it does not matter where the point is so far.
            so_far_m = np.zeros((len(at), 3)) if self.in_world.all() else so_far(at)
            return so_far_m + self.offsets_m(so_far_m, at)

        return placed


def handles(into: Sequence[Vector | None], out: Sequence[Vector | None], curve: Curve) -> Handles | None:
    """Return the handles of keys as they are written; None for a curve that has none."""
    if curve != "bezier":
        return None
    missing = (np.nan,) * 3
    return Handles(
        np.array([missing if handle is None else handle for handle in into], np.float64),
        np.array([missing if handle is None else handle for handle in out], np.float64),
    )


def require_ways(arc: ArcLength, keys: Sequence[Spec], field: str) -> None:
    """Raise InputError where constant speed leaves no time between two keys that differ in more than their place.

    Args:
        arc: The way through all keys.
        keys: Camera keys or transform keys.
        field: What errors call the move.
    """
    if arc.total_m == 0:
        return
    for index, (length_m, (key, after)) in enumerate(zip(np.diff(arc.lengths_m), pairwise(keys), strict=True)):
        if length_m == 0 and key.model_dump(exclude=_PLACING) != after.model_dump(exclude=_PLACING):
            raise InputError(
                f"is at the same place as keys[{index}], so at constant speed there is no time to go from the one to "
                "the other; move one of them, or remove constant_speed",
                field=f"{field}.keys[{index + 1}]",
            )
