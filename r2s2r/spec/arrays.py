"""Where the copies of an array stand, beside the entity that they are copies of."""

import math
import random
from collections.abc import Iterator
from itertools import product
from typing import NamedTuple

from r2s2r.spec.base import Vector
from r2s2r.spec.copies import CopiesSpec, GridSpec, RingSpec, ScatterSpec

_TRIES = 20_000


class Stand(NamedTuple):
    """A copy's place: moved from the entity, along the world's axes, and turned about its base."""

    move_m: Vector
    rotate_deg: Vector


def stands(copies: CopiesSpec) -> list[Stand]:
    """Return where the copies stand, in the order of their numbers; fewer than asked where no more can be strewn."""
    if copies.ring is not None:
        return list(_ring(copies.ring))
    if copies.grid is not None:
        return list(_grid(copies.grid))
    assert copies.scatter is not None, "it is exactly one of the three"
    return list(_scatter(copies.scatter))


def _ring(ring: RingSpec) -> Iterator[Stand]:
    for index in range(ring.count):
        angle_deg = ring.start_deg + 360 * index / ring.count
        angle = math.radians(angle_deg)
        # An entity's front is +z; turned by 90 degrees it looks along +x, where angles begin.
        yaw_deg = {"same": 0.0, "out": angle_deg + 90, "in": angle_deg - 90}[ring.face]
        move_m = (ring.radius_m * math.cos(angle), 0.0, -ring.radius_m * math.sin(angle))
        yield Stand(_rounded(move_m), _rounded((0.0, yaw_deg, 0.0)))


def _grid(grid: GridSpec) -> Iterator[Stand]:
    across, up, deep = (range(count) for count in grid.count)
    dx, dy, dz = grid.spacing_m
    for z, y, x in list(product(deep, up, across))[1:]:
        yield Stand(_rounded((x * dx, y * dy, -z * dz)), (0.0, 0.0, 0.0))


def _scatter(scatter: ScatterSpec) -> Iterator[Stand]:
    """Yield places from anywhere on the disc that are far enough from all before, the entity's own included."""
    numbers = random.Random(scatter.seed)  # noqa: S311 - to look at, not to keep secrets
    taken = [(0.0, 0.0)]
    for _ in range(_TRIES):
        if len(taken) > scatter.count:
            return
        radius_m, angle = scatter.radius_m * math.sqrt(numbers.random()), 2 * math.pi * numbers.random()
        yaw_deg = 360 * numbers.random() if scatter.turn else 0.0
        place = (radius_m * math.cos(angle), -radius_m * math.sin(angle))
        if all(math.dist(place, other) >= scatter.gap_m for other in taken):
            taken.append(place)
            yield Stand(_rounded((place[0], 0.0, place[1])), _rounded((0.0, yaw_deg, 0.0)))


def _rounded(vector: Vector) -> Vector:
    """Drop what is only rounding noise, so that copies are the same on every machine."""
    x, y, z = (round(value, 9) + 0.0 for value in vector)
    return x, y, z
