"""First moments: what is so small at frame 0 that the clip has it there, and whether a move is done by then."""

import math

from r2s2r.spec.base import Vector
from r2s2r.spec.edit import EditSpec
from r2s2r.spec.moves import Held, Timed

# Nearer than this, a camera or entity is where the clip has it: a pixel or so.
SAME_M = 0.005
SAME_DEG = 0.1
SAME_SHARE = 0.005
NOWHERE = (0.0, 0.0, 0.0)


def done(move: Timed, shot: EditSpec) -> bool:
    """Tell whether a move begins and ends at frame 0, and so is done there."""
    start, end = shot.span(move.from_, move.to)
    return start == 0 and end <= start


def holds(move: Held, shot: EditSpec) -> bool:
    """Tell whether a held move holds at frame 0: one that begins with the shot does not come in, as ``Held`` says."""
    return shot.span(move.from_, move.to)[0] == 0


def far(first_m: Vector, second_m: Vector) -> bool:
    """Tell whether two places can be told apart."""
    return math.dist(first_m, second_m) > SAME_M


def turned(rotate_deg: Vector) -> bool:
    """Tell whether angles turn anything."""
    return any(abs(angle) > SAME_DEG for angle in rotate_deg)
