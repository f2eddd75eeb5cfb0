"""First camera: whether a camera move has left the clip's camera by frame 0, as far as the scene tells."""

import math
from typing import assert_never

from pipelines.first_moments import NOWHERE, SAME_DEG, SAME_M, SAME_SHARE, done, far, holds, turned
from r2s2r.spec.base import Vector
from r2s2r.spec.camera import (
    ArcMove,
    CameraKey,
    CameraMove,
    CraneMove,
    DollyMove,
    DollyZoomMove,
    FileMove,
    FollowMove,
    HandheldMove,
    KeyframesMove,
    LookAtMove,
    OrbitMove,
    PanMove,
    PathMove,
    PedestalMove,
    RollMove,
    SourceMove,
    SpiralMove,
    StaticMove,
    TiltMove,
    TruckMove,
    ZoomMove,
)
from r2s2r.spec.edit import EditSpec
from r2s2r.spec.moves import Span, Target
from r2s2r.spec.source import SourceSpec


def moved_camera(move: CameraMove, shot: EditSpec, source: SourceSpec) -> bool:  # noqa: C901 - one case a move
    """Tell whether a move has done something by frame 0. Earlier moves have not, or nobody would ask."""
    match move:
        case StaticMove() | FollowMove() | HandheldMove():
            return False  # a hand, too, is at rest then
        case SourceMove():
            return move.start_s != 0
        case FileMove():
            return not move.relative or move.lens == "file"
        case LookAtMove():
            return holds(move, shot) and (abs(move.roll_deg) > SAME_DEG or _looks_elsewhere(move.target, source))
        case KeyframesMove():
            return _differs(move.keys[0], shot, source)
        case PathMove():
            start_m = move.knots[0].position_m
            return move.aim == "along" or far(start_m, NOWHERE if move.relative else _eye_m(source))
        case ZoomMove():
            return done(move, shot) and _other_lens(move.fov_deg, move.focal_mm, shot, source, factor=move.factor)
        case DollyMove() | TruckMove() | PedestalMove() | CraneMove() | DollyZoomMove():
            return done(move, shot) and _goes(move)
        case OrbitMove() | PanMove() | TiltMove() | RollMove():
            return done(move, shot) and abs(move.degrees) > SAME_DEG
        case ArcMove():
            return done(move, shot) and max(abs(move.degrees), abs(move.rise_deg)) > SAME_DEG
        case SpiralMove():
            circles = abs(move.degrees) > SAME_DEG or abs(move.radius - 1) > SAME_SHARE
            return done(move, shot) and (circles or abs(move.rise_m) > SAME_M)
        case _:
            assert_never(move)


def _goes(move: Span) -> bool:
    return abs(move.distance or 0.0) > SAME_SHARE or abs(move.distance_m or 0.0) > SAME_M


def _differs(key: CameraKey, shot: EditSpec, source: SourceSpec) -> bool:
    """Tell whether a first key, which holds before it as well, leaves the source camera."""
    if key.position_m is not None and far(key.position_m, _eye_m(source)):
        return True
    if _other_lens(key.fov_deg, key.focal_mm, shot, source) or abs(key.roll_deg) > SAME_DEG:
        return True
    if key.rotate_deg is not None and turned(key.rotate_deg):
        return True
    if key.orientation_wxyz is not None:
        return _turns_away(key.orientation_wxyz, source.ground.pitch_deg)
    return key.look_at is not None and _looks_elsewhere(key.look_at, source)


def _other_lens(
    fov_deg: float | None, focal_mm: float | None, shot: EditSpec, source: SourceSpec, *, factor: float | None = None
) -> bool:
    """Tell whether a lens is not the source's, or by how much it magnifies is not 1; where nothing is given, it is."""
    if factor is not None:
        return abs(factor - 1) > SAME_SHARE
    if focal_mm is not None:
        fov_deg = math.degrees(2 * math.atan(shot.sensor_mm / 2 / focal_mm))
    known_deg = source.camera.stated_fov_deg
    return fov_deg is not None and (known_deg is None or abs(fov_deg - known_deg) > SAME_DEG)


def _turns_away(wxyz: tuple[float, float, float, float], pitch_deg: float) -> bool:
    """Tell whether an orientation is not the source camera's: turned over about x, and up by its pitch."""
    half = math.radians(180 + pitch_deg) / 2
    w, x, _, _ = wxyz
    same = abs(w * math.cos(half) + x * math.sin(half)) / math.hypot(*wxyz)
    return math.degrees(2 * math.acos(min(1.0, same))) > SAME_DEG


def _looks_elsewhere(target: Target, source: SourceSpec) -> bool:
    """Tell whether a target is not on the source camera's axis.

    Of an entity, the scene alone does not say where its middle is; it is hardly there.
    """
    if isinstance(target, str):
        return True
    x, y, z = (t - e for t, e in zip(target, _eye_m(source), strict=True))
    right, up = math.degrees(math.atan2(x, -z)), math.degrees(math.atan2(y, math.hypot(x, z)))
    return abs(right) > SAME_DEG or abs(up - source.ground.pitch_deg) > SAME_DEG


def _eye_m(source: SourceSpec) -> Vector:
    return (0.0, source.ground.camera_height_m, 0.0)
