"""Heading: which way something goes, also where it stands still on its way."""

import numpy as np

from r2s2r.geometry.arc_length import ArcLength
from r2s2r.geometry.transforms import Array
from r2s2r.stages.edit.places import PlacedAt

# A direction is that from so much of the whole way before to so much after.
_REACH = 1e-4
# Shorter ways lead nowhere: they are rounding.
_SHORTEST_M = 1e-6


def headings(place: PlacedAt, *, knots: Array, at: Array) -> Array | None:
    """Return the directions [T, 3], of length 1, in which a way leads.

    None of a way that leads nowhere, or takes no time. It is asked along the way's length, not its time, so that there
    is a direction where it comes to rest: that before and after. Before it begins and after it ends, it is that of its
    first and of its last moment.

    Args:
        place: Where it is at any moments, in frames.
        knots: [K] rising frames, from the first to the last of the way, between which it goes smoothly.
        at: [T] frames.
    """
    if knots[-1] <= knots[0]:
        return None
    arc = ArcLength(place, knots)
    if arc.total_m < _SHORTEST_M:
        return None
    along_m, reach_m = arc.length_of(at), _REACH * arc.total_m
    here_m, ahead_m, behind_m = (place(arc.moment_of(along_m + way_m)) for way_m in (0.0, reach_m, -reach_m))
    ways_m = ahead_m - behind_m
    # Where it turns back on itself, it already goes the new way; at its very end there is only the old one.
    for other_m in (ahead_m - here_m, here_m - behind_m):
        ways_m = np.where(_length(ways_m) < reach_m / 1e3, other_m, ways_m)
    length_m = _length(ways_m)
    return np.asarray(ways_m / np.where(length_m > 0, length_m, 1.0))


def _length(vectors: Array) -> Array:
    return np.asarray(np.linalg.norm(vectors, axis=-1, keepdims=True))
