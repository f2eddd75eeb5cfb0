"""Control and reference of a sample in the release's form, to the pixel as the release prepares them.

Sources: ``real2sam2real/infer.py`` of the release; ``get_video_to_video_latent`` and ``padding_resize`` of VideoX-Fun.
"""

from collections.abc import Iterator
from fractions import Fraction
from itertools import islice
from pathlib import Path

import cv2
import numpy as np

from r2s2r.artifacts.control import FRAMES, Control, ControlFacts
from r2s2r.artifacts.facts import write_facts
from r2s2r.artifacts.progress import Progress
from r2s2r.artifacts.reference import PICTURE, ReferenceFacts
from r2s2r.errors import MediaError
from r2s2r.media.clip import read_clip
from r2s2r.media.images import read_rgb, write_rgb
from r2s2r.media.opencv_video import opencv_fps, opencv_frames
from r2s2r.media.sample import FPS
from r2s2r.media.video import LosslessWriter
from r2s2r.models.animate.letterbox import letterbox
from r2s2r.spec.conditioning import SampleSpec


def import_control(spec: SampleSpec, file: Path, out: Path, progress: Progress) -> None:
    """Make a ``Control`` of a control video: its frames stretched to the size, taken for 16 a second whatever its rate.

    Of a video of 32 frames a second or more, every second (third, ...) is taken. Raises MediaError for a file that
    cannot be read to its end.
    """
    declared, fps = len(read_clip(file).timeline.times_s), opencv_fps(file)
    step = max(1, int(fps // FPS))
    there = -(-declared // step)
    frames = min(there, spec.most_frames)
    with LosslessWriter(out / FRAMES, height=spec.height, width=spec.width, fps=Fraction(FPS)) as writer:
        taken = islice(opencv_frames(file), 0, frames * step, step)
        done = 0
        for done, frame in enumerate(taken, start=1):
            writer.write(np.asarray(cv2.resize(frame, (spec.width, spec.height)), np.uint8))
            progress(done, frames)
        if done < frames:
            raise MediaError(f"{file}: frame {done * step} of {declared} cannot be decoded; copy or export it again")
    write_facts(
        out,
        ControlFacts(
            kind="normal",
            frames=frames,
            fps=f"{FPS}/1",
            height=spec.height,
            width=spec.width,
            findings=tuple(_findings(fps, step=step, there=there, frames=frames)),
        ),
    )


def import_reference(control: Control, file: Path, out: Path, progress: Progress) -> None:
    """Make a ``Reference`` of a picture: scaled to fit the control's size, black bars outside.

    Raises MediaError for a picture that cannot be read.
    """
    height, width = control.facts.height, control.facts.width
    write_rgb(out / PICTURE, letterbox(read_rgb(file), height=height, width=width))
    write_facts(out, ReferenceFacts(kind="file", height=height, width=width, iou=None))
    progress(1, 1)


def _findings(fps: float, *, step: int, there: int, frames: int) -> Iterator[str]:
    if abs(fps - FPS) > 0.01:
        taken = "each" if step == 1 else f"one in {step}"
        speed = f"; it plays {FPS * step / fps:.3g} times as fast" if abs(FPS * step - fps) > 0.01 else ""
        yield f"the control video has {fps:g} frames a second, {taken} is taken for one of the result's {FPS}{speed}"
    if frames < there:
        yield f"the first {frames} of {there} frames are made, as the release does; --frames {there} makes all"
