"""Advice: what an author should know of a shot before a video model spends an hour on it. Needs no artefacts."""

from collections.abc import Iterator

from pipelines.first_frame import first_frame_differences
from r2s2r.models.segments import Segments
from r2s2r.models.size import TEXT_TOKENS
from r2s2r.spec.animate import AnimateSpec
from r2s2r.spec.captions import AUTO, speaks_of_camera
from r2s2r.spec.captions.words import listed, number
from r2s2r.spec.resolved import Scene, Shot
from r2s2r.spec.vace import VaceSpec
from r2s2r.spec.video_model import TRAINED_FPS

# A last segment that is used by less than this is worth a word.
_WORTH = 1 / 3
# An English word is about 1.35 tokens.
_READ_WORDS = 380


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
    elsewhere = tuple(first_frame_differences(scene, shot.edit))
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
    if shot.prompt == AUTO and shot.edit.animation is not None:
        yield f"{field}: auto does not know what {shot.edit.animation.file} moves: say it, and what the camera does"
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
