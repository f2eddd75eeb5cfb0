"""A video model's conditioning: what has to hold of control and reference, and frames in the order a model asks for."""

from collections.abc import Callable, Collection, Iterator, Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from r2s2r.errors import InputError
from r2s2r.spec.generation import MODEL_MULTIPLE
from r2s2r.spec.video_model import TRAINED_FPS
from r2s2r.stages.diffuse.inputs import ModelInputs

Pictures: TypeAlias = NDArray[np.uint8]


def check_conditioning(inputs: ModelInputs) -> None:
    """Refuse pictures that a model cannot be given, before anything is loaded.

    Raises:
        InputError: Says what is wrong, and what to do.
    """
    control, reference = inputs.control.facts, inputs.reference.facts
    size = f"{control.width}x{control.height}"
    if control.frames < 2:
        raise InputError("the control has 1 frame; a video needs 2: set frames: 2 or more, or backend: compositor")
    if (control.height, control.width) != (reference.height, reference.width):
        raise InputError(
            f"the reference picture is {reference.width}x{reference.height}, the control {size}; "
            "make both at the generated size",
            field="reference",
        )
    if control.height % MODEL_MULTIPLE or control.width % MODEL_MULTIPLE:
        raise InputError(
            f"the control is {size}; both sides must be multiples of {MODEL_MULTIPLE}: set size: area, or an output "
            "width and height that are",
            field="size",
        )


def rate_finding(inputs: ModelInputs) -> tuple[str, ...]:
    """Say what a frame rate other than the one the models were trained at does; nothing at that rate."""
    fps = inputs.control.fps
    if fps == TRAINED_FPS:
        return ()
    looks = "slower" if fps > TRAINED_FPS else "faster"
    trained = f"the model was trained at {TRAINED_FPS} frames a second"
    return (f"output.fps: {trained}; the control has {float(fps):g}: motion will look {looks}",)


def frames_at(read: Callable[[Collection[int]], Iterator[Pictures]]) -> Callable[[Sequence[int]], Pictures]:
    """Return a function from numbers of frames, in any order, repeated or not, to those frames, stacked.

    Args:
        read: Yields the frames of given numbers in their own order, each once.
    """

    def wanted(frames: Sequence[int]) -> Pictures:
        numbers = sorted(set(frames))
        found = dict(zip(numbers, read(numbers), strict=True))
        return np.stack([found[frame] for frame in frames])

    return wanted
