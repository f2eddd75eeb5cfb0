"""The camera looks at no point it stands on, as far as the scene tells where it stands."""

import math
from collections.abc import Iterator, Sequence

from r2s2r.spec.base import Vector
from r2s2r.spec.camera import (
    ArcMove,
    CameraKey,
    CameraMove,
    DollyMove,
    DollyZoomMove,
    HandheldMove,
    KeyframesMove,
    LookAtMove,
    OrbitMove,
    PanMove,
    RollMove,
    SpiralMove,
    StaticMove,
    TiltMove,
    ZoomMove,
)
from r2s2r.spec.moves import Target
from r2s2r.spec.reading.findings import Problem
from r2s2r.spec.reading.nodes import Loc
from r2s2r.spec.shots import ShotSpec
from r2s2r.spec.source import SourceSpec

_NEAR_M = 1e-6


def eye_problems(shot: ShotSpec, source: SourceSpec) -> Iterator[Problem]:
    """Yield moves whose target is the very place where the camera is, and circles that have no radius.

    Args:
        shot: Parents included.
        source: The scene's source: where the camera stands at first.
    """
    eye_m: Vector = (0.0, source.ground.camera_height_m, 0.0)
    if shot.animation is not None and shot.animation.camera:
        return
    for index, move in enumerate(shot.camera):
        for loc, target, level in _targets(move):
            if isinstance(target, tuple) and _apart_m(eye_m, target, level=level) < _NEAR_M:
                yield Problem(("camera", index, *loc), _sentence(eye_m, level=level))
        if not _stays(move):
            return


def _targets(move: CameraMove) -> Iterator[tuple[Loc, Target | None, bool]]:
    """Yield targets, and whether the camera has to be beside them, not above."""
    match move:
        case OrbitMove() | ArcMove() | SpiralMove():
            yield ("around",), move.around, True
        case LookAtMove():
            yield ("target",), move.target, False
        case DollyMove():
            yield ("towards",), move.towards, False
        case DollyZoomMove():
            yield ("subject",), move.subject, False
        case KeyframesMove() if _stays(move):
            for index, key in enumerate(move.keys):
                yield ("keys", index, "look_at"), key.look_at, False
        case _:
            return


def _stays(move: CameraMove) -> bool:
    if isinstance(move, KeyframesMove):
        return _without_places(move.keys)
    return isinstance(move, StaticMove | PanMove | TiltMove | RollMove | ZoomMove | LookAtMove | HandheldMove)


def _without_places(keys: Sequence[CameraKey]) -> bool:
    return all(key.position_m is None for key in keys)


def _apart_m(eye_m: Vector, target_m: Vector, *, level: bool) -> float:
    if level:
        return math.dist((eye_m[0], eye_m[2]), (target_m[0], target_m[2]))
    return math.dist(eye_m, target_m)


def _sentence(eye_m: Vector, *, level: bool) -> str:
    place = f"[{', '.join(f'{value:g}' for value in eye_m)}]"
    if level:
        return f"is straight above or below the camera, which stands at {place}: a circle of radius 0 leads nowhere"
    return f"is where the camera itself stands, {place}: it cannot look there"
