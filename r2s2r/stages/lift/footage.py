"""Footage of the source: the clip's frames around the reference frame, made right, and the camera that filmed them."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from r2s2r.artifacts.facts import write_facts
from r2s2r.artifacts.footage import FRAMES, REFERENCE, FootageFacts
from r2s2r.artifacts.progress import Progress
from r2s2r.errors import MediaError
from r2s2r.media.clip import Clip, read_clip
from r2s2r.media.images import write_rgb
from r2s2r.media.timeline import Timeline
from r2s2r.media.video import LosslessWriter
from r2s2r.spec.footage import FootageSpec

# Times are fractions rounded to floats; a frame exactly at the window's edge belongs to it.
_ROUNDING_S = 1e-6


@dataclass(frozen=True)
class _Window:
    """The clip's frames from ``first`` to ``last``, both included, around ``reference``."""

    first: int
    reference: int
    last: int

    @property
    def frames(self) -> range:
        return range(self.first, self.last + 1)


def make_footage(spec: FootageSpec, clip: Path, out: Path, progress: Progress) -> None:
    """Decode a video or still picture into a ``Footage`` artefact.

    Kept are the frames whose presentation time lies within ``spec.context_s`` of the reference frame's, streamed one at
    a time. ``spec.frame`` counts frames in the order they are presented, from 0.

    Raises MediaError for a clip that cannot be used: missing, not a video, without pictures, too short for
    ``spec.frame``, cut off or damaged within the window, of absurd size.
    """
    try:
        _decode(spec, clip, out, progress)
    except MediaError as error:
        raise MediaError(error.message, field=error.field or "clip") from error


def _decode(spec: FootageSpec, clip: Path, out: Path, progress: Progress) -> None:
    source = read_clip(clip)
    window = _window(clip, source.timeline, spec)
    pictures = _write_reference(source.pictures(window.first, window.last), window, out)
    with LosslessWriter(out / FRAMES, height=source.height, width=source.width, fps=source.timeline.rate) as writer:
        for done, picture in enumerate(pictures, start=1):
            writer.write(picture)
            progress(done, len(window.frames))
    write_facts(out, _facts(source, window))


def _window(clip: Path, timeline: Timeline, spec: FootageSpec) -> _Window:
    times_s, count = timeline.times_s, len(timeline.times_s)
    if spec.frame >= count:
        end = "" if timeline.whole else " before it is cut off: copy it again"
        raise MediaError(f"{clip}: there is no frame {spec.frame}; the clip has {_frames(count)}{end}", field="frame")
    nearby = np.flatnonzero(np.abs(np.array(times_s) - times_s[spec.frame]) <= spec.context_s + _ROUNDING_S)
    window = _Window(int(nearby[0]), spec.frame, int(nearby[-1]))
    needed_s = times_s[spec.frame] + spec.context_s
    if not timeline.whole and needed_s > times_s[-1]:
        raise MediaError(
            f"{clip}: the file is cut off: frame {count} and what follows {times_s[-1]:.2f} s cannot be read, and "
            f"`source.context_s` reaches to {needed_s:.2f} s; copy the clip again, or shorten `source.context_s` to "
            f"{times_s[-1] - times_s[spec.frame]:.2f} at most",
            field="context_s",
        )
    return window


def _frames(count: int) -> str:
    return "1 frame, 0" if count == 1 else f"{count} frames, 0..{count - 1}"


def _write_reference(pictures: Iterator[NDArray[np.uint8]], window: _Window, out: Path) -> Iterator[NDArray[np.uint8]]:
    """Pass the window's pictures on, and write the reference frame when it comes by."""
    for number, picture in zip(window.frames, pictures, strict=True):
        if number == window.reference:
            write_rgb(out / REFERENCE, picture)
        yield picture


def _facts(source: Clip, window: _Window) -> FootageFacts:
    timeline = source.timeline
    findings = source.findings
    if not timeline.whole:
        findings += (
            f"the file is cut off or damaged: {_frames(len(timeline.times_s))}, can be read; those used are among them",
        )
    return FootageFacts(
        findings=findings,
        height=source.height,
        width=source.width,
        fps=f"{timeline.rate.numerator}/{timeline.rate.denominator}",
        times_s=tuple(timeline.times_s[number] for number in window.frames),
        reference=window.reference - window.first,
        clip_frames=tuple(window.frames),
    )
