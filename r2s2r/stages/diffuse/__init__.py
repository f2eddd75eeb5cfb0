"""Diffuse: passes and the source's look become frames."""

from pathlib import Path
from typing import TYPE_CHECKING, assert_never

from r2s2r.spec.conditioning import ControlSpec, ReferenceSpec
from r2s2r.spec.diffuse import DiffuseSpec
from r2s2r.stages.diffuse.inputs import CompositorInputs, ModelInputs, ReferenceInputs

if TYPE_CHECKING:
    from r2s2r.artifacts.action import Measured
    from r2s2r.artifacts.control import Control
    from r2s2r.artifacts.passes import Passes
    from r2s2r.artifacts.progress import Progress
    from r2s2r.spec.conditioning import SampleSpec
    from r2s2r.stages.diffuse.generator import FrameGenerator

__all__ = [
    "COMPOSITOR_VERSION",
    "CONTROL_VERSION",
    "REFERENCE_VERSION",
    "VERSION",
    "CompositorInputs",
    "ModelInputs",
    "ReferenceInputs",
    "import_control",
    "import_reference",
    "make_control",
    "make_frames",
    "make_reference",
]

# Of the pictures that the compositor makes, alone and for a model; VERSION is of the models, whose frames cost hours.
COMPOSITOR_VERSION: int = 3
CONTROL_VERSION: int = 2
REFERENCE_VERSION: int = 2
VERSION: int = 2


def make_control(spec: ControlSpec, inputs: "Passes | CompositorInputs", out: Path, progress: "Progress") -> None:
    """Make the ``Control`` of a video model in the empty folder ``out``; ``normal`` needs no more than the passes."""
    from r2s2r.stages.diffuse.control import write_control

    write_control(spec, inputs, out, progress)


def make_reference(spec: ReferenceSpec, inputs: ReferenceInputs, out: Path, progress: "Progress") -> None:
    """Make the ``Reference`` of a video model in the empty folder ``out``.

    Raises MediaError for a picture file that cannot be read.
    """
    from r2s2r.stages.diffuse.reference import write_reference

    write_reference(spec, inputs, out, progress)


def import_control(spec: "SampleSpec", file: Path, out: Path, progress: "Progress") -> None:
    """Make a ``Control`` of a sample's control video in the empty folder ``out``.

    Raises MediaError for a file that cannot be read to its end.
    """
    from r2s2r.stages.diffuse import sample

    sample.import_control(spec, file, out, progress)


def import_reference(control: "Control", file: Path, out: Path, progress: "Progress") -> None:
    """Make a ``Reference`` of a sample's picture, at the control's size, in the empty folder ``out``.

    Raises MediaError for a picture that cannot be read.
    """
    from r2s2r.stages.diffuse import sample

    sample.import_reference(control, file, out, progress)


def make_frames(
    spec: DiffuseSpec, inputs: CompositorInputs | ModelInputs, out: Path, progress: "Progress"
) -> "Measured":
    """Generate the frames of a shot, write them as Footage (without a camera) into the empty folder ``out``.

    Returns what was measured on the way.

    Raises:
        MissingError: Weights, a GPU or a package the backend needs are not there.
        InputError: The weights or the control cannot be used.
        StageError: Memory ran out, or the model gave numbers that are not finite; names the step.
    """
    from r2s2r.models.quiet import quiet_libraries
    from r2s2r.stages.diffuse.footage import write_footage

    if spec.model is not None:
        quiet_libraries()
    return write_footage(_generator(spec, inputs), inputs, out, progress)


def _generator(spec: DiffuseSpec, inputs: CompositorInputs | ModelInputs) -> "FrameGenerator":
    match spec.backend:
        case "compositor":
            from r2s2r.stages.diffuse.compositor import Compositor

            assert isinstance(inputs, CompositorInputs)
            return Compositor(spec.compositor, inputs)
        case "animate":
            from r2s2r.stages.diffuse.animate import Animate

            assert isinstance(inputs, ModelInputs)
            return Animate(spec.animate, inputs)
        case "vace":
            from r2s2r.stages.diffuse.vace import Vace

            assert isinstance(inputs, ModelInputs)
            return Vace(spec.vace, inputs)
        case "auto":
            raise AssertionError("`auto` is decided before a stage runs")
        case _:
            assert_never(spec.backend)
