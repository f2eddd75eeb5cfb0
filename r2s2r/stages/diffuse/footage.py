"""Generated frames as a Footage artefact."""

from fractions import Fraction
from pathlib import Path

from r2s2r.artifacts.action import Measured
from r2s2r.artifacts.facts import write_facts
from r2s2r.artifacts.footage import FRAMES, REFERENCE, FootageFacts
from r2s2r.artifacts.progress import Progress
from r2s2r.media.images import write_rgb
from r2s2r.media.video import LosslessWriter
from r2s2r.stages.diffuse.generator import FrameGenerator
from r2s2r.stages.diffuse.inputs import CompositorInputs, ModelInputs


def write_footage(
    generator: FrameGenerator, inputs: CompositorInputs | ModelInputs, out: Path, progress: Progress
) -> Measured:
    """Write frames [H, W, 3] as they come; the first is also the reference picture. Return what was measured."""
    facts = inputs.control.facts if isinstance(inputs, ModelInputs) else inputs.passes.facts
    fps = Fraction(facts.fps)
    with LosslessWriter(out / FRAMES, height=facts.height, width=facts.width, fps=fps) as writer:
        for frame, picture in enumerate(generator.generate(progress)):
            if frame == 0:
                write_rgb(out / REFERENCE, picture)
            writer.write(picture)
    outcome = generator.outcome()
    write_facts(
        out,
        FootageFacts(
            height=facts.height,
            width=facts.width,
            fps=facts.fps,
            times_s=tuple(float(frame / fps) for frame in range(facts.frames)),
            reference=0,
            clip_frames=tuple(range(facts.frames)),
            drift_delta_e=outcome.drift_delta_e,
            findings=outcome.findings,
        ),
    )
    return outcome.measured
