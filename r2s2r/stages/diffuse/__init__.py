"""Diffuse: passes and the source's look become frames."""

from pathlib import Path
from typing import TYPE_CHECKING, assert_never

from r2s2r.spec.diffuse import DiffuseSpec
from r2s2r.stages.diffuse.inputs import DiffuseInputs

if TYPE_CHECKING:
    from r2s2r.artifacts.progress import Progress
    from r2s2r.stages.diffuse.generator import FrameGenerator

__all__ = ["VERSION", "DiffuseInputs", "make_frames"]

VERSION: int = 1


def make_frames(spec: DiffuseSpec, inputs: DiffuseInputs, out: Path, progress: "Progress") -> None:
    """Generate the frames of a shot and write them as Footage (without a camera) into the empty folder ``out``."""
    from r2s2r.stages.diffuse.footage import write_footage

    write_footage(_generator(spec).generate(inputs), inputs.animation, out, progress)


def _generator(spec: DiffuseSpec) -> "FrameGenerator":
    match spec.backend:
        case "compositor":
            from r2s2r.stages.diffuse.compositor import Compositor

            return Compositor(spec.compositor)
        case "auto":
            raise AssertionError("`auto` is decided before a stage runs")
        case _:
            assert_never(spec.backend)
