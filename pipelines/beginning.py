"""Beginnings: how a shot's frame 0 differs from the clip's reference frame, as far as the scene alone can tell."""

import math
from collections.abc import Iterator
from fractions import Fraction
from typing import assert_never

from r2s2r.spec.base import Vector
from r2s2r.spec.camera import (
    CameraKey,
    CameraMove,
    DollyMove,
    KeyframesMove,
    OrbitMove,
    PanMove,
    StaticMove,
    TimedMove,
)
from r2s2r.spec.captions.presence import presence
from r2s2r.spec.edit import EditSpec
from r2s2r.spec.edits import TransformEdit, TransformKey
from r2s2r.spec.resolved import Entity, Scene
from r2s2r.spec.source import SourceSpec

# Nearer than this, a camera or entity is where the clip has it: a pixel or so.
_SAME_M = 0.005
_SAME_DEG = 0.1
_NOWHERE = (0.0, 0.0, 0.0)


def beginnings_elsewhere(scene: Scene, shot: EditSpec) -> Iterator[str]:
    """Yield what differs at frame 0: ``bunny2 is shown, which is not in the clip``, ``bunny is removed``."""
    for name, entity in scene.entities.items():
        shown = presence(shot.edits.get(name, ()), shot)
        visible = bool(shown) and shown[0].first == 0
        if entity.spec.kind != "select":
            if visible:
                yield f"{name} is shown, which is not in the clip"
        elif not visible:
            yield f"{name} is removed"
        elif _moved(entity, shot):
            yield f"{name} is not where the clip has it"
    for index, move in enumerate(shot.camera):
        if _moved_camera(move, shot, scene.source):
            yield f"the camera is not where the clip's is (camera[{index}])"
            return


def _moved(entity: Entity, shot: EditSpec) -> bool:
    place = entity.spec.place
    if place.position_m is not None or _far(place.move_m, _NOWHERE) or _turned(place.rotate_deg):
        return True
    edits = shot.edits.get(entity.name, ())
    return any(_changes(edit.keys[0]) for edit in edits if isinstance(edit, TransformEdit))


def _changes(key: TransformKey) -> bool:
    """Tell whether an edit's first key, which holds before it as well, does anything."""
    scales = key.scale if isinstance(key.scale, tuple) else (key.scale,)
    placed = key.position_m is not None or _far(key.move_m, _NOWHERE)
    return placed or _turned(key.rotate_deg) or any(abs(scale - 1) > _SAME_M for scale in scales)


def _moved_camera(move: CameraMove, shot: EditSpec, source: SourceSpec) -> bool:
    """Tell whether a move has done something by frame 0. Earlier moves have not, or nobody would ask."""
    match move:
        case StaticMove():
            return False
        case KeyframesMove():
            return _differs(move.keys[0], source)
        case DollyMove():
            return _done(move, shot) and abs(move.distance_m) > _SAME_M
        case OrbitMove() | PanMove():
            return _done(move, shot) and abs(move.degrees) > _SAME_DEG
        case _:
            assert_never(move)


def _done(move: TimedMove, shot: EditSpec) -> bool:
    """Tell whether a move begins and ends at frame 0, and so is done there."""
    fps = Fraction(shot.output.fps)
    start = 0.0 if move.from_ is None else move.from_.frame(shot.frames, fps)
    end = float(shot.frames - 1) if move.to is None else move.to.frame(shot.frames, fps)
    return start == 0 and end <= start


def _differs(key: CameraKey, source: SourceSpec) -> bool:
    """Tell whether a first key, which holds before it as well, leaves the source camera."""
    eye_m = (0.0, source.ground.camera_height_m, 0.0)
    if key.position_m is not None and _far(key.position_m, eye_m):
        return True
    if key.fov_deg is not None and abs(key.fov_deg - source.camera.fov_deg) > _SAME_DEG:
        return True
    if key.rotate_deg is not None and _turned(key.rotate_deg):
        return True
    match key.look_at:
        case None:
            return False
        case str():
            return True  # where its middle is, the scene alone does not say; it is hardly on the axis of the lens
        case target:
            return _off_axis(target, eye_m, source.ground.pitch_deg)


def _off_axis(target_m: Vector, eye_m: Vector, pitch_deg: float) -> bool:
    """Tell whether the source camera, which looks along -Z but for its pitch, does not look at a point."""
    x, y, z = (t - e for t, e in zip(target_m, eye_m, strict=True))
    right, up = math.degrees(math.atan2(x, -z)), math.degrees(math.atan2(y, math.hypot(x, z)))
    return abs(right) > _SAME_DEG or abs(up - pitch_deg) > _SAME_DEG


def _far(first_m: Vector, second_m: Vector) -> bool:
    return math.dist(first_m, second_m) > _SAME_M


def _turned(rotate_deg: Vector) -> bool:
    return any(abs(angle) > _SAME_DEG for angle in rotate_deg)
