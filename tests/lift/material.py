"""Footage, masks and pictures made of arrays."""

from fractions import Fraction

import numpy as np

from r2s2r.artifacts.facts import write_facts
from r2s2r.artifacts.footage import FRAMES, REFERENCE, Footage, FootageFacts
from r2s2r.artifacts.mask import MASKS, Mask, MaskFacts
from r2s2r.artifacts.source_camera import SourceCamera
from r2s2r.geometry.camera import Camera, intrinsics_from_fov, source_world_from_camera
from r2s2r.media.images import write_mask, write_rgb
from r2s2r.media.video import LosslessWriter


def camera_of(height, width, *, fov_deg=50.0, camera_height_m=1.6, pitch_deg=-10.0):
    intrinsics = intrinsics_from_fov(fov_deg, height=height, width=width)
    return Camera(source_world_from_camera(camera_height_m, pitch_deg), intrinsics, height, width)


def store_footage(folder, frames, *, reference=0, first_clip_frame=0):
    folder.mkdir()
    height, width = frames[0].shape[:2]
    with LosslessWriter(folder / FRAMES, height=height, width=width, fps=Fraction(25)) as writer:
        for frame in frames:
            writer.write(np.ascontiguousarray(frame))
    write_rgb(folder / REFERENCE, frames[reference])
    numbers = range(first_clip_frame, first_clip_frame + len(frames))
    facts = FootageFacts(
        height=height,
        width=width,
        fps="25/1",
        times_s=tuple(number / 25 for number in numbers),
        reference=reference,
        clip_frames=tuple(numbers),
    )
    write_facts(folder, facts)
    return Footage(folder, facts)


def static_camera(footage, **camera):
    """The camera of footage that stays where it is."""
    facts = footage.facts
    view = camera_of(facts.height, facts.width, **camera)
    return SourceCamera.static(view, np.array(facts.times_s), reference=facts.reference)


def store_mask(folder, masks, *, reference=0, lost=()):
    folder.mkdir()
    height, width = masks[0].shape
    with LosslessWriter(folder / MASKS, height=height, width=width, fps=Fraction(25), grey=True) as writer:
        for mask in masks:
            writer.write(mask.astype(np.uint8) * 255)
    write_mask(folder / REFERENCE, masks[reference])
    facts = MaskFacts(reference=reference, coverage=tuple(float(mask.mean()) for mask in masks), lost=tuple(lost))
    write_facts(folder, facts)
    return Mask(folder, facts)


def grain(height, width, seed, *, low=0, high=255, cell=6):
    """A picture with detail: random colours, smoothly interpolated over cells."""
    from scipy import ndimage

    rows, columns = height // cell + 3, width // cell + 3
    coarse = np.random.default_rng(seed).uniform(low, high, (rows, columns, 3))
    fine = ndimage.zoom(coarse, (cell, cell, 1), order=1)
    return np.clip(fine[:height, :width], 0, 255).astype(np.uint8)


def disc(height, width, x, y, radius):
    rows, columns = np.indices((height, width)) + 0.5
    return (columns - x) ** 2 + (rows - y) ** 2 < radius**2


def overlap(one, other):
    return (one & other).sum() / (one | other).sum()
