"""Control videos: what steers a video model, drawn from the passes, or from the film set as the compositor has it."""

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import assert_never

import numpy as np
from numpy.typing import NDArray

from r2s2r.artifacts.control import FRAMES, ControlFacts
from r2s2r.artifacts.facts import write_facts
from r2s2r.artifacts.passes import Passes, PassesFacts
from r2s2r.artifacts.progress import Progress
from r2s2r.media.video import LosslessWriter
from r2s2r.spec.conditioning import ControlSpec
from r2s2r.stages.diffuse.axes import normals
from r2s2r.stages.diffuse.grey_depth import grey_depths
from r2s2r.stages.diffuse.inputs import CompositorInputs
from r2s2r.stages.diffuse.outpaint import write_outpaint


def write_control(spec: ControlSpec, inputs: Passes | CompositorInputs, out: Path, progress: Progress) -> None:
    """Write a ``Control`` into the empty folder ``out``, one frame at a time; ``normal`` reads the passes only."""
    passes = inputs if isinstance(inputs, Passes) else inputs.passes
    findings: tuple[str, ...] = ()
    match spec.kind:
        case "normal":
            frames = normals(passes, spec.normal_convention, progress, soften_px=spec.soften_px)
            _write(frames, passes.facts, out)
        case "depth":
            assert isinstance(inputs, CompositorInputs)
            _write(grey_depths(inputs, progress), passes.facts, out)
        case "outpaint":
            assert isinstance(inputs, CompositorInputs)
            findings = write_outpaint(spec.compositor, inputs, out, progress)
        case _:
            assert_never(spec.kind)
    write_facts(
        out,
        ControlFacts(
            kind=spec.kind,
            frames=passes.facts.frames,
            fps=passes.facts.fps,
            height=passes.facts.height,
            width=passes.facts.width,
            findings=findings,
        ),
    )


def _write(frames: Iterator[NDArray[np.uint8]], facts: PassesFacts, out: Path) -> None:
    with LosslessWriter(out / FRAMES, height=facts.height, width=facts.width, fps=Fraction(facts.fps)) as writer:
        for frame in frames:
            writer.write(frame)
