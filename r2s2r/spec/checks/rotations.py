"""Neighbouring keys turn by less than half a turn: beyond that the way between them is anyone's guess."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TypeAlias

from r2s2r.spec.base import Vector
from r2s2r.spec.camera import CameraKey, KeyframesMove
from r2s2r.spec.checks.moves import Move, moves
from r2s2r.spec.edits import TransformEdit, TransformKey
from r2s2r.spec.reading.findings import Problem
from r2s2r.spec.shots import ShotSpec

Quaternion: TypeAlias = tuple[float, float, float, float]  # w, x, y, z

_HALF_TURN = 180 - 1e-3


def rotation_problems(shot: ShotSpec) -> Iterator[Problem]:
    """Yield keys that turn by 180 degrees or more from the key before, about one axis or in all."""
    for loc, move in moves(shot):
        turns = _turns(move)
        for index, (before, after) in enumerate(pairwise(turns), start=1):
            degrees = before.apart_deg(after)
            if degrees >= _HALF_TURN:
                yield Problem((*loc, "keys", index, after.field), _sentence(degrees))


@dataclass(frozen=True)
class _Turn:
    """A key's rotation: by angles relative to what was so far, in the world, or about the view of a target."""

    field: str
    rotate_deg: Vector | None = None
    orientation: Quaternion | None = None
    roll_deg: float | None = None

    def apart_deg(self, other: "_Turn") -> float:
        """Return how far apart they are; 0 where nobody knows."""
        if self.rotate_deg is not None and other.rotate_deg is not None:
            return _apart_deg(self.rotate_deg, other.rotate_deg)
        if self.orientation is not None and other.orientation is not None:
            return _between_deg(self.orientation, other.orientation)
        if self.roll_deg is not None and other.roll_deg is not None:
            return abs(other.roll_deg - self.roll_deg)
        return 0.0


def _sentence(degrees: float) -> str:
    return (
        f"turns by {degrees:.4g} degrees from the key before, and half a turn or more could go either way: "
        "add a key in between, so that each step is less than 180"
    )


def _turns(move: Move) -> Sequence[_Turn]:
    match move:
        case KeyframesMove() | TransformEdit():
            return [_turn(key) for key in move.keys]
        case _:
            return []


def _turn(key: CameraKey | TransformKey) -> _Turn:
    if isinstance(key, CameraKey) and key.look_at is not None:
        return _Turn("roll_deg", roll_deg=key.roll_deg)
    if isinstance(key, CameraKey) and key.orientation_wxyz is not None:
        return _Turn("orientation_wxyz", orientation=key.orientation_wxyz)
    return _Turn("rotate_deg", rotate_deg=key.rotate_deg or (0.0, 0.0, 0.0))


def _apart_deg(before: Vector, after: Vector) -> float:
    """Return how far two XYZ intrinsic rotations are apart: the largest difference of an angle, or the whole angle."""
    whole = _between_deg(_quaternion(before), _quaternion(after))
    return max(whole, *(abs(b - a) for a, b in zip(before, after, strict=True)))


def _between_deg(before: Quaternion, after: Quaternion) -> float:
    w = abs(sum(a * b for a, b in zip(before, after, strict=True))) / (math.hypot(*before) * math.hypot(*after))
    return math.degrees(2 * math.acos(min(1.0, w)))


def _quaternion(rotate_deg: Vector) -> Quaternion:
    """Return the quaternion of XYZ intrinsic angles, q = qx qy qz."""
    (cx, sx), (cy, sy), (cz, sz) = ((math.cos(a), math.sin(a)) for a in (math.radians(d) / 2 for d in rotate_deg))
    return (
        cx * cy * cz - sx * sy * sz,
        sx * cy * cz + cx * sy * sz,
        cx * sy * cz - sx * cy * sz,
        cx * cy * sz + sx * sy * cz,
    )
