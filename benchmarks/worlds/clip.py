"""Rendered clips as the lift stage reads them, and the truth about them."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.worlds.film import camera_at, film, rolling, walk
from r2s2r.artifacts.facts import write_facts
from r2s2r.artifacts.footage import FRAMES, Footage, FootageFacts
from r2s2r.artifacts.footage import REFERENCE as FOOTAGE_REFERENCE
from r2s2r.artifacts.mask import MASKS, Mask, MaskFacts
from r2s2r.artifacts.mask import REFERENCE as MASK_REFERENCE
from r2s2r.artifacts.source_camera import SourceCamera, SourceCameraFacts
from r2s2r.geometry.camera import Camera, source_world_from_camera
from r2s2r.geometry.transforms import Array, inverse
from r2s2r.media.images import write_mask, write_rgb
from r2s2r.media.video import LosslessWriter

_FPS = Fraction(25)


@dataclass(frozen=True, eq=False)
class Clip:
    """A clip of the yard with a ball, filmed by a known camera.

    Attributes:
        footage: The clip.
        mask: Where the ball is.
        truth: The camera, in the world of the source: above the origin at the reference frame.
        ground: Its height and pitch there, as a scene says them.
        behind: [H, W, 3], the reference frame without the ball.
        depth_m: [H, W], how far away what it shows is.
    """

    footage: Footage
    mask: Mask
    truth: SourceCamera
    ground: dict[str, float]
    behind: NDArray[np.uint8]
    depth_m: NDArray[np.float32]


def travelled(folder: Path, *, frames: int, height: int, width: int) -> Clip:
    """Film by walking past."""
    return _filmed(folder, walk(frames, height=height, width=width), rolling(frames))


def turned(
    folder: Path, *, frames: int, height: int, width: int, degrees: float = 24.0, nod_degrees: float = 2.0
) -> Clip:
    """Film by turning on the spot: a pan to the right that also nods."""
    share = np.linspace(0, 1, frames)
    around, above = np.radians(degrees * (share - 0.5)), np.radians(-8 + nod_degrees * np.sin(5 * share))
    eye = np.array([0, 1.6, 0])
    directions = np.stack([np.sin(around) * np.cos(above), np.sin(above), -np.cos(around) * np.cos(above)], axis=1)
    cameras = [camera_at(eye, eye + way, height=height, width=width, fov_deg=55) for way in directions]
    return _filmed(folder, cameras, rolling(frames))


def stood(folder: Path, *, frames: int, height: int, width: int) -> Clip:
    """Film without moving."""
    camera = walk(3, height=height, width=width)[1]
    return _filmed(folder, [camera] * frames, rolling(frames))


def _filmed(folder: Path, cameras: Sequence[Camera], balls_m: Array) -> Clip:
    (folder / "footage").mkdir(parents=True)
    (folder / "mask").mkdir()
    reference, height, width = len(cameras) // 2, cameras[0].height, cameras[0].width
    coverage, behind, depth_m = [], np.zeros((height, width, 3), np.uint8), np.zeros((height, width), np.float32)
    with (
        LosslessWriter(folder / "footage" / FRAMES, height=height, width=width, fps=_FPS) as pictures,
        LosslessWriter(folder / "mask" / MASKS, height=height, width=width, fps=_FPS, grey=True) as masks,
    ):
        for index, shown in enumerate(film(cameras, balls_m)):
            pictures.write(np.ascontiguousarray(shown.picture))
            masks.write(shown.ball.astype(np.uint8) * 255)
            coverage.append(float(shown.ball.mean()))
            if index == reference:
                write_rgb(folder / "footage" / FOOTAGE_REFERENCE, shown.picture)
                write_mask(folder / "mask" / MASK_REFERENCE, shown.ball)
                behind, depth_m = shown.behind, shown.depth_m
    write_facts(folder / "mask", MaskFacts(reference=reference, coverage=tuple(coverage)))
    times_s = tuple(index / float(_FPS) for index in range(len(cameras)))
    facts = FootageFacts(
        height=height,
        width=width,
        fps=f"{_FPS}/1",
        times_s=times_s,
        reference=reference,
        clip_frames=tuple(range(len(cameras))),
    )
    write_facts(folder / "footage", facts)
    truth = _truth(cameras, reference, np.array(times_s))
    ground = _ground(cameras[reference])
    return Clip(Footage.load(folder / "footage"), Mask.load(folder / "mask"), truth, ground, behind, depth_m)


def _ground(reference: Camera) -> dict[str, float]:
    pitch_deg = float(np.degrees(np.arcsin(reference.world_from_camera[1, 2])))
    return {"camera_height_m": float(reference.position_m[1]), "pitch_deg": pitch_deg}


def _truth(cameras: Sequence[Camera], reference: int, times_s: Array) -> SourceCamera:
    ground = _ground(cameras[reference])
    world = source_world_from_camera(ground["camera_height_m"], ground["pitch_deg"])
    from_reference = inverse(cameras[reference].world_from_camera)
    poses = np.stack([world @ from_reference @ camera.world_from_camera for camera in cameras])
    stays = bool(np.ptp(poses, axis=0).max() < 1e-9)
    first = cameras[0]
    facts = SourceCameraFacts(height=first.height, width=first.width, reference=reference, is_static=stays)
    return SourceCamera(facts, first.intrinsics, poses, times_s - times_s[reference])
