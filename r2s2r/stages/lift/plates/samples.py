"""What was seen behind the entities: a window of some frames, laid over the reference frame, on disk."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from r2s2r.artifacts.footage import Footage
from r2s2r.artifacts.mask import Mask
from r2s2r.artifacts.progress import Progress
from r2s2r.stages.lift.masking.small_frames import SmallFrames
from r2s2r.stages.lift.plates.light import relit
from r2s2r.stages.lift.plates.register import Registrar, Registration

MAX_SAMPLES = 49


@dataclass(frozen=True)
class Window:
    """The rows [y0, y1) and columns [x0, x1) of the picture that are looked at."""

    y0: int
    x0: int
    y1: int
    x1: int

    @property
    def shape(self) -> tuple[int, int]:
        """Height and width."""
        return self.y1 - self.y0, self.x1 - self.x0

    @property
    def slices(self) -> tuple[slice, slice]:
        """To cut it out of a picture."""
        return slice(self.y0, self.y1), slice(self.x0, self.x1)


@dataclass(frozen=True)
class Sampled:
    """How many frames were laid over the reference frame, and how many could not be."""

    used: int
    unregistered: int


def collect_samples(
    footage: Footage, masks: Mapping[str, Mask], window: Window, samples: SmallFrames, progress: Progress
) -> Sampled:
    """Write up to ``MAX_SAMPLES`` frames' windows [H, W, 4] into ``samples``: colour, and 255 where background is seen.

    Each is brought into the light of the reference frame, so that what was seen at different times fits together.
    Frames in which an entity was lost, and frames that cannot be registered, are left out. Progress counts the frames
    that are tried.
    """
    reference = footage.reference_frame()
    covered = grown(union([mask.reference_mask() for mask in masks.values()]))
    free = ~covered[window.slices]
    registrar = Registrar(reference, covered)
    wanted = _spread(footage, masks)
    used = unregistered = 0
    for done, (frame, hidden) in enumerate(zip(footage.frames(wanted), _unions(masks, wanted), strict=True)):
        registration = registrar.register(frame)
        if registration is None:
            unregistered += 1
        else:
            sample = _laid_over(frame, ~grown(hidden), registration, window)
            beside = free & (sample[..., 3] > 0)
            sample[..., :3] = relit(sample[..., :3], reference[window.slices], beside)
            samples[used] = sample
            used += 1
        progress(done + 1, len(wanted))
    return Sampled(used, unregistered)


def union(masks: list[NDArray[np.bool_]]) -> NDArray[np.bool_]:
    """Return where any of some masks [H, W] is."""
    return np.asarray(np.logical_or.reduce(masks))


def grown(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return a mask with what its entity's blur, and its border's error, may reach."""
    radius_px = max(2, round(0.008 * max(mask.shape)))
    size = (2 * radius_px + 1, 2 * radius_px + 1)
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, size)
    return np.asarray(cv2.dilate(mask.astype(np.uint8), kernel)) > 0


def _spread(footage: Footage, masks: Mapping[str, Mask]) -> set[int]:
    lost = {index for mask in masks.values() for index in mask.facts.lost}
    followed = [index for index in range(len(footage.facts.times_s)) if index not in lost]
    picks = np.linspace(0, len(followed) - 1, min(MAX_SAMPLES, len(followed))).round().astype(int)
    return {followed[pick] for pick in picks}


def _unions(masks: Mapping[str, Mask], only: Collection[int]) -> Iterator[NDArray[np.bool_]]:
    for frames in zip(*(masks[name].frames(only) for name in sorted(masks)), strict=True):
        yield union(list(frames))


def _laid_over(
    frame: NDArray[np.uint8], seen: NDArray[np.bool_], registration: Registration, window: Window
) -> NDArray[np.uint8]:
    colour_and_seen = np.dstack([frame, seen.astype(np.uint8) * 255])
    if registration.is_static:
        return np.asarray(colour_and_seen[window.slices], np.uint8)
    window_from_reference = np.eye(3)
    window_from_reference[:2, 2] = -window.x0, -window.y0
    height, width = window.shape
    warped = cv2.warpPerspective(
        colour_and_seen,
        window_from_reference @ registration.reference_from_frame,
        (width, height),
        flags=cv2.INTER_CUBIC,
    )
    # Only where all that was filtered together is background.
    warped[..., 3] = np.where(warped[..., 3] >= 254, 255, 0)
    return np.asarray(warped, np.uint8)
