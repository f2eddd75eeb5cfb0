"""Outpainting: the compositor's frames, and where a video model is to fill them because the clip never showed it."""

from fractions import Fraction
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from r2s2r.artifacts.control import FRAMES, MASKS
from r2s2r.artifacts.progress import Progress
from r2s2r.media.video import LosslessWriter
from r2s2r.spec.diffuse import CompositorSpec
from r2s2r.stages.diffuse.compositor import Compositor
from r2s2r.stages.diffuse.inputs import CompositorInputs
from r2s2r.stages.diffuse.unfilmed import Unfilmed

# What VACE expects where it is to fill: zero in [-1, 1].
_GREY = 128
_NOTHING_TO_FILL = "the clip shows all that this shot sees: there is nothing to fill, `backend: compositor` would do"


def write_outpaint(spec: CompositorSpec, inputs: CompositorInputs, out: Path, progress: Progress) -> tuple[str, ...]:
    """Write both videos of an ``outpaint`` control, frame by frame; return findings."""
    # What is to be filled turns grey; of a tint, only the edge would stay behind.
    compositor = Compositor(spec.model_copy(update={"tint_unseen": False}), inputs)
    unfilmed, any_filled = Unfilmed(inputs), False
    with _writer(inputs, out / FRAMES) as frames, _writer(inputs, out / MASKS, grey=True) as masks:
        for frame, picture in enumerate(compositor.generate(progress)):
            fill = unfilmed.in_frame(frame)
            any_filled = any_filled or bool(fill.any())
            frames.write(_greyed(picture, fill))
            masks.write(fill.astype(np.uint8) * 255)
    return () if any_filled else (_NOTHING_TO_FILL,)


def _writer(inputs: CompositorInputs, path: Path, *, grey: bool = False) -> LosslessWriter:
    facts = inputs.passes.facts
    return LosslessWriter(path, height=facts.height, width=facts.width, fps=Fraction(facts.fps), grey=grey)


def _greyed(picture: NDArray[np.uint8], fill: NDArray[np.bool_]) -> NDArray[np.uint8]:
    return np.where(fill[..., None], np.uint8(_GREY), picture)
