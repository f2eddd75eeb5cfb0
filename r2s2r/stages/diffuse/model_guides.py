"""What has to hold of the pictures a video model is given, and what is to be said of them."""

from fractions import Fraction

from r2s2r.errors import InputError
from r2s2r.spec.generation import MODEL_MULTIPLE
from r2s2r.stages.diffuse.inputs import ModelInputs

TRAINED_FPS = Fraction(16)


def check_guides(inputs: ModelInputs) -> None:
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
    said = f"the model was trained at 16 frames a second; the control has {float(fps):g}: motion will look {looks}"
    return (f"output.fps: {said}",)
