"""Advice: what an author should know of a shot before a video model spends an hour on it. Needs no artefacts."""

import math
from collections.abc import Iterator
from fractions import Fraction
from typing import assert_never

from r2s2r.models.segments import Segments
from r2s2r.models.size import TEXT_TOKENS
from r2s2r.spec.animate import AnimateSpec
from r2s2r.spec.base import Vector
from r2s2r.spec.camera import (
    CameraKey,
    CameraMove,
    DollyMove,
    KeyframesMove,
    OrbitMove,
    PanMove,
    SourceMove,
    StaticMove,
    TimedMove,
)
from r2s2r.spec.captions import AUTO, speaks_of_camera
from r2s2r.spec.captions.words import listed, number
from r2s2r.spec.edit import EditSpec
from r2s2r.spec.edits import MotionEdit, TransformEdit, TransformKey
from r2s2r.spec.resolved import Entity, Scene, Shot
from r2s2r.spec.source import SourceSpec
from r2s2r.spec.times import frame_span
from r2s2r.spec.vace import VaceSpec
from r2s2r.spec.video_model import TRAINED_FPS

# A last segment that is used by less than this is worth a word.
_WORTH = 1 / 3
# An English word is about 1.35 tokens.
_READ_WORDS = 380
# Nearer than this, a camera or entity is where the clip has it: a pixel or so.
_SAME_M = 0.005
_SAME_DEG = 0.1
_NOWHERE = (0.0, 0.0, 0.0)


def advice(scene: Scene, shot: Shot) -> tuple[str, ...]:
    """Return sentences of what will cost or spoil something, each with its field; empty for the compositor."""
    model = shot.diffuse.model
    if model is None:
        return ()
    at = f"shots.{shot.name}"
    return (
        *_reference(scene, shot, f"{at}.diffuse.{shot.diffuse.backend}.reference"),
        *_prompt(scene, shot, f"{at}.prompt"),
        *_rate(shot, f"{at}.output.fps"),
        *_padding(shot, model, f"{at}.frames"),
        *_fallbacks(model, f"{at}.diffuse.{shot.diffuse.backend}.allow_fallback"),
    )


def _reference(scene: Scene, shot: Shot, field: str) -> Iterator[str]:
    model = shot.diffuse.model
    elsewhere = tuple(_first_frame_differences(scene, shot.edit))
    if model is not None and model.reference == "source" and elsewhere:
        yield (
            f"{field}: source is the clip's reference frame, but at frame 0 {listed(elsewhere)}: set "
            "`reference: composite`, so that the model sees the picture the shot begins with"
        )


def _prompt(scene: Scene, shot: Shot, field: str) -> Iterator[str]:
    """Warn where only words could tell a moving camera from a turning entity, and there are none.

    ``vace`` is given the background as well, so that there the control tells.
    """
    words = len(shot.prompt.split())
    if words > _READ_WORDS:
        yield (
            f"{field}: has {words} words; the model reads {TEXT_TOKENS} tokens, some {_READ_WORDS} words, and the rest "
            "is cut: shorten it"
        )
    if shot.diffuse.backend != "animate" or shot.prompt == AUTO or speaks_of_camera(shot.prompt):
        return
    seen = [name for name in scene.entities if shot.edit.shown(name)]
    if len(seen) == 1:
        yield (
            f"{field}: says nothing of the camera, and in the control, which has no background, a camera going round "
            f"{seen[0]} and {seen[0]} turning look the same: say what the camera does and what stays still "
            '("the camera is static"), or use `prompt: auto`'
        )


def _rate(shot: Shot, field: str) -> Iterator[str]:
    fps = shot.output.fps
    if fps != TRAINED_FPS:
        deliver = f" and encode.deliver_fps: {fps}" if shot.encode.deliver_fps is None else ""
        yield (
            f"{field}: is {fps}, but the model was trained at {TRAINED_FPS} frames a second and makes things move at "
            f"another speed: set output.fps: {TRAINED_FPS}{deliver}"
        )


def _padding(shot: Shot, model: AnimateSpec | VaceSpec, field: str) -> Iterator[str]:
    frames, step = shot.edit.frames, model.segment_frames - model.overlap_frames
    segments = Segments(frames, model.segment_frames, model.overlap_frames)
    last = segments.count - 1
    if len(segments.fresh(last)) >= _WORTH * step:
        return
    if last == 0:
        yield f"{field}: {frames} frames cost a whole segment: up to {segments.padded} frames cost no more"
    else:
        yield (
            f"{field}: {frames} frames cost {number(segments.count)} segments, as {segments.padded} are generated: "
            f"{segments.padded - step} would cost {number(last)}, and up to {segments.padded} cost no more"
        )


def _fallbacks(model: AnimateSpec | VaceSpec, field: str) -> Iterator[str]:
    if "fp8" in model.allow_fallback and model.precision == "fp8":
        yield f"{field}: fp8 has no effect, since precision is fp8 already: remove it, or set precision: bf16"
    if "tiling" in model.allow_fallback and model.vae_tiling:
        yield f"{field}: tiling has no effect, since vae_tiling is on already: remove it, or set vae_tiling: false"


def _first_frame_differences(scene: Scene, shot: EditSpec) -> Iterator[str]:
    """Yield how frame 0 differs from the clip's reference frame, as far as the scene tells: ``bunny is removed``."""
    for name, entity in scene.entities.items():
        shown = shot.shown(name)
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
    if entity.spec.motion == "keep" and any(isinstance(edit, MotionEdit) and edit.start_s != 0 for edit in edits):
        return True
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
        case SourceMove():
            return move.start_s != 0
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
    start, end = frame_span(move.from_, move.to, frames=shot.frames, fps=Fraction(shot.output.fps))
    return start == 0 and end <= start


def _differs(key: CameraKey, source: SourceSpec) -> bool:
    """Tell whether a first key, which holds before it as well, leaves the source camera."""
    eye_m = (0.0, source.ground.camera_height_m, 0.0)
    if key.position_m is not None and _far(key.position_m, eye_m):
        return True
    fov_deg = source.camera.stated_fov_deg
    if key.fov_deg is not None and (fov_deg is None or abs(key.fov_deg - fov_deg) > _SAME_DEG):
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
