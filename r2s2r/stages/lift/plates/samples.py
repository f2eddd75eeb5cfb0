"""What was seen behind the entities: a window of some frames, laid over the reference frame, on disk."""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from r2s2r.artifacts.footage import Footage
from r2s2r.artifacts.mask import Mask
from r2s2r.artifacts.progress import Progress
from r2s2r.geometry.spread import evenly
from r2s2r.stages.lift.inputs import PlateInputs
from r2s2r.stages.lift.masking.small_frames import SmallFrames
from r2s2r.stages.lift.plates.covered import covered_frames
from r2s2r.stages.lift.plates.light import relit
from r2s2r.stages.lift.plates.parallax import Parallax, parallax_of
from r2s2r.stages.lift.plates.register import Registrar, Registration
from r2s2r.stages.lift.plates.window import Window

MAX_SAMPLES = 49
# What is compared to tell which of two ways fits better: no single thing counts for more.
_MISFIT_MOST = 60.0


@dataclass(frozen=True)
class Sampled:
    """How many frames were laid over the reference frame, and how many could not be."""

    used: int
    unregistered: int


def collect_samples(
    inputs: PlateInputs, covered: NDArray[np.bool_], window: Window, samples: SmallFrames, progress: Progress
) -> Sampled:
    """Write up to ``MAX_SAMPLES`` frames' windows [H, W, 4] into ``samples``: colour, and 255 where background is seen.

    Each is brought into the light of the reference frame, so that what was seen at different times fits together.
    Frames in which an entity was lost, and frames that cannot be registered, are left out. Progress counts the frames
    that are tried.

    Args:
        inputs: Clip, masks, and the camera where its motion is known.
        covered: [H, W], what entities cover at the reference frame.
        window: What is wanted.
        samples: Where it goes.
        progress: Told how far it is.
    """
    footage, hiding = inputs.footage, hiding_masks(inputs)
    reference = footage.reference_frame()
    beside = ~covered[window.slices]
    wanted = _spread(footage, hiding)
    ways = _Ways(
        Registrar(reference, covered), _parallax(inputs, window, wanted), window, reference[window.slices], beside
    )
    used = unregistered = 0
    hidden_frames = covered_frames(hiding, wanted, covered.shape)
    for done, (index, frame, hidden) in enumerate(zip(wanted, footage.frames(wanted), hidden_frames, strict=True)):
        sample = ways.laid_over(index, frame, ~hidden)
        if sample is None:
            unregistered += 1
        else:
            known = beside & (sample[..., 3] > 0)
            sample[..., :3] = relit(sample[..., :3], reference[window.slices], known)
            samples[used] = sample
            used += 1
        progress(done + 1, len(wanted))
    return Sampled(used, unregistered)


def hiding_masks(inputs: PlateInputs) -> tuple[Mask, ...]:
    """Return the masks of entities and of what goes with them, in a fixed order."""
    return tuple(masks[name] for masks in (inputs.masks, inputs.traces) for name in sorted(masks))


@dataclass(frozen=True, eq=False)
class _Ways:
    """The ways of laying a frame over the reference frame; per frame, the one that fits better round the hole."""

    registrar: Registrar
    parallax: Parallax | None
    window: Window
    reference: NDArray[np.uint8]
    beside: NDArray[np.bool_]

    def laid_over(self, index: int, frame: NDArray[np.uint8], seen: NDArray[np.bool_]) -> NDArray[np.uint8] | None:
        colour_and_seen = np.dstack([frame, seen.astype(np.uint8) * 255])
        found: list[NDArray[np.uint8]] = []
        if self.parallax is not None:
            shifted = self.parallax.laid_over(index, colour_and_seen)
            found += [] if shifted is None else [_wholly_seen(shifted)]
        registration = self.registrar.register(frame)
        if registration is not None:
            found.append(_flat(colour_and_seen, registration, self.window))
        return min(found, key=self._misfit, default=None)

    def _misfit(self, sample: NDArray[np.uint8]) -> float:
        known = self.beside & (sample[..., 3] > 0)
        if not known.any():
            return np.inf
        off = np.abs(sample[..., :3][known].astype(np.int16) - self.reference[known])
        return float(np.minimum(off, _MISFIT_MOST).mean())


def _parallax(inputs: PlateInputs, window: Window, wanted: Sequence[int]) -> Parallax | None:
    if inputs.camera is None or inputs.camera.facts.is_static:
        return None
    return parallax_of(inputs.footage, inputs.camera, hiding_masks(inputs), window, wanted)


def _spread(footage: Footage, hiding: Sequence[Mask]) -> list[int]:
    lost = {index for mask in hiding for index in mask.facts.lost}
    followed = [index for index in range(len(footage.facts.times_s)) if index not in lost]
    return evenly(followed, MAX_SAMPLES)


def _flat(colour_and_seen: NDArray[np.uint8], registration: Registration, window: Window) -> NDArray[np.uint8]:
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
    return _wholly_seen(np.asarray(warped, np.uint8))


def _wholly_seen(warped: NDArray[np.uint8]) -> NDArray[np.uint8]:
    # Only where all that was filtered together is background.
    warped[..., 3] = np.where(warped[..., 3] >= 254, 255, 0)
    return warped
