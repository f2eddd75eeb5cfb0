"""The world's edge: how far off things may be and still be drawn."""

import numpy as np

from r2s2r.errors import InputError
from r2s2r.geometry.transforms import Array
from r2s2r.spec.base import FARTHEST_M
from r2s2r.stages.edit.timeline import Timeline


def require_near(places_m: Array, *, timeline: Timeline, field: str) -> None:
    """Raise InputError, naming ``field`` and the first frame, where a place [T, 3] is too far from the origin."""
    far = ~np.all(np.abs(places_m) <= FARTHEST_M, axis=-1)
    if far.any():
        frame = int(np.argmax(far))
        raise InputError(
            f"at {timeline.name(frame)} this leads to {written(places_m[frame])} m; "
            f"stay within {FARTHEST_M:g} m of the origin",
            field=field,
        )


def written(vector: Array) -> str:
    """Return a vector as it is written in a scene."""
    return "[" + ", ".join(f"{number:g}" for number in vector) + "]"
