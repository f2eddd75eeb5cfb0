"""The deliverables: the video at the wanted rate, the control video as the model sees it, a sheet of both."""

from fractions import Fraction
from pathlib import Path

from r2s2r.artifacts.facts import write_facts
from r2s2r.artifacts.footage import Footage
from r2s2r.artifacts.passes import Passes
from r2s2r.artifacts.progress import Progress
from r2s2r.artifacts.video import CONTACT, CONTROL, VIDEO, VideoFacts
from r2s2r.media.h264 import H264Writer
from r2s2r.spec.encode import EncodeSpec
from r2s2r.stages.encode.contact import ContactSheet
from r2s2r.stages.encode.retime import Retiming, retimed


def deliver(spec: EncodeSpec, frames: Footage, passes: Passes, out: Path, progress: Progress) -> None:
    """Write ``video.mp4``, ``control.mp4``, ``contact.png`` and the facts; see ``make_video``."""
    height, width = frames.facts.height, frames.facts.width
    count = len(frames.facts.times_s)
    retiming = Retiming(frames=count, fps=frames.fps, deliver_fps=Fraction(spec.deliver_fps or frames.fps))
    total = retiming.deliver_frames + passes.facts.frames
    sheet = ContactSheet(height=height, width=width, frames=count, fps=frames.fps)

    pictures = retimed(sheet.watched("video", frames.frames()), retiming, spec.retime)
    with H264Writer(out / VIDEO, height=height, width=width, fps=retiming.deliver_fps, crf=spec.crf) as writer:
        for done, picture in enumerate(pictures, start=1):
            writer.write(picture)
            progress(done, total)

    normals = sheet.watched("control", map(passes.normal, range(passes.facts.frames)))
    size = {"height": passes.facts.height, "width": passes.facts.width}
    with H264Writer(out / CONTROL, **size, fps=passes.fps, crf=spec.crf) as writer:
        for done, picture in enumerate(normals, start=retiming.deliver_frames + 1):
            writer.write(picture)
            progress(done, total)

    sheet.write(out / CONTACT)
    fps = f"{retiming.deliver_fps.numerator}/{retiming.deliver_fps.denominator}"
    write_facts(out, VideoFacts(frames=retiming.deliver_frames, fps=fps, height=height, width=width))
