"""Neighbouring keys turn by less than half a turn: beyond that the way between them is anyone's guess."""

import math
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import TypeAlias

from r2s2r.spec.base import Vector
from r2s2r.spec.camera import CameraKey, KeyframesMove
from r2s2r.spec.checks.moves import Move, moves
from r2s2r.spec.edits import TransformEdit, TransformKey
from r2s2r.spec.reading.findings import Problem
from r2s2r.spec.reading.nodes import Loc
from r2s2r.spec.shots import ShotSpec

Quaternion: TypeAlias = tuple[float, float, float, float]  # w, x, y, z

_HALF_TURN = 180 - 1e-3


def rotation_problems(shot: ShotSpec) -> Iterator[Problem]:
    """Yield keys that turn by 180 degrees or more from the key before, about one axis or in all."""
    for loc, move in moves(shot):
        turns = _turns(move)
        for index, (before, after) in enumerate(pairwise(turns), start=1):
            if before is not None and after is not None and (degrees := _apart_deg(before, after)) >= _HALF_TURN:
                yield Problem(_field(loc, index), _sentence(degrees))


def _field(loc: Loc, key: int) -> Loc:
    return (*loc, "keys", key, "rotate_deg")


def _sentence(degrees: float) -> str:
    return (
        f"turns by {degrees:.4g} degrees from the key before, and half a turn or more could go either way: "
        "add a key in between, so that each step is less than 180"
    )


def _turns(move: Move) -> Sequence[Vector | None]:
    """Return each key's rotation; None where it does not come from ``rotate_deg``."""
    match move:
        case KeyframesMove() | TransformEdit():
            return [_turn(key) for key in move.keys]
        case _:
            return []


def _turn(key: CameraKey | TransformKey) -> Vector | None:
    if isinstance(key, CameraKey) and key.look_at is not None:
        return None
    return key.rotate_deg or (0.0, 0.0, 0.0)


def _apart_deg(before: Vector, after: Vector) -> float:
    """Return how far two XYZ intrinsic rotations are apart: the largest difference of an angle, or the whole angle."""
    w = abs(sum(a * b for a, b in zip(_quaternion(before), _quaternion(after), strict=True)))
    whole = math.degrees(2 * math.acos(min(1.0, w)))
    return max(whole, *(abs(b - a) for a, b in zip(before, after, strict=True)))


def _quaternion(rotate_deg: Vector) -> Quaternion:
    """Return the quaternion of XYZ intrinsic angles, q = qx qy qz."""
    (cx, sx), (cy, sy), (cz, sz) = ((math.cos(a), math.sin(a)) for a in (math.radians(d) / 2 for d in rotate_deg))
    return (
        cx * cy * cz - sx * sy * sz,
        sx * cy * cz + cx * sy * sz,
        cx * sy * cz - sx * cy * sz,
        cx * cy * sz + sx * sy * cz,
    )
