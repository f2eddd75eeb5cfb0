"""Generated frames as a Footage artefact."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from r2s2r.artifacts.animation import Animation, AnimationFacts
from r2s2r.artifacts.facts import write_facts
from r2s2r.artifacts.footage import FRAMES, REFERENCE, FootageFacts
from r2s2r.artifacts.progress import Progress
from r2s2r.media.images import write_rgb
from r2s2r.media.video import LosslessWriter


def write_footage(frames: Iterator[NDArray[np.uint8]], animation: Animation, out: Path, progress: Progress) -> None:
    """Write frames [H, W, 3] as they come; the first is also the reference picture."""
    facts = animation.facts
    with LosslessWriter(out / FRAMES, height=facts.height, width=facts.width, fps=animation.fps) as writer:
        for frame, picture in enumerate(frames):
            if frame == 0:
                write_rgb(out / REFERENCE, picture)
            writer.write(picture)
            progress(frame + 1, facts.frames)
    write_facts(out, _facts(facts, animation))


def _facts(facts: AnimationFacts, animation: Animation) -> FootageFacts:
    return FootageFacts(
        height=facts.height,
        width=facts.width,
        fps=facts.fps,
        times_s=tuple(float(frame / animation.fps) for frame in range(facts.frames)),
        reference=0,
        clip_frames=tuple(range(facts.frames)),
        camera=None,
    )
