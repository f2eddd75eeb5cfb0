"""The deliverables: the video at the wanted size and rate, the control video as the model sees it, a sheet of both."""

from fractions import Fraction
from pathlib import Path

from r2s2r.artifacts.control import Control
from r2s2r.artifacts.facts import write_facts
from r2s2r.artifacts.footage import Footage
from r2s2r.artifacts.passes import Passes
from r2s2r.artifacts.progress import Progress
from r2s2r.artifacts.video import CONTACT, VIDEO, VideoFacts
from r2s2r.media.h264 import H264Writer
from r2s2r.spec.delivery import DeliverySpec
from r2s2r.stages.encode.contact import ContactSheet
from r2s2r.stages.encode.control_video import control_frames, control_size, write_control_video
from r2s2r.stages.encode.retime import Retiming, retimed
from r2s2r.stages.encode.sheet import title
from r2s2r.stages.encode.size import Size, covering


def deliver(spec: DeliverySpec, frames: Footage, control: Passes | Control, out: Path, progress: Progress) -> None:
    """Write ``video.mp4``, ``control.mp4``, ``contact.png`` and the facts; see ``make_video``."""
    made, delivered = Size(frames.facts.height, frames.facts.width), Size(spec.height, spec.width)
    retiming, crf = retiming_of(spec, frames), spec.encode.crf
    total = retiming.deliver_frames + control.facts.frames
    sheet = ContactSheet(
        title(retiming, made=made, delivered=delivered),
        video=delivered,
        control=control_size(control),
        frames=retiming.frames,
        fps=frames.fps,
    )

    covers = covering(frames.frames(), made=made, wanted=delivered)
    pictures = retimed(sheet.watched("video", covers), retiming, spec.encode.retime)
    with H264Writer(out / VIDEO, height=spec.height, width=spec.width, fps=retiming.deliver_fps, crf=crf) as writer:
        for done, picture in enumerate(pictures, start=1):
            writer.write(picture)
            progress(done, total)

    steering = sheet.watched("control", control_frames(control))
    write_control_video(steering, control, out, crf=crf, before=retiming.deliver_frames, progress=progress)
    sheet.write(out / CONTACT)
    write_facts(out, video_facts(retiming, delivered))


def retiming_of(spec: DeliverySpec, frames: Footage) -> Retiming:
    """Return how frames are brought to the rate they are delivered at."""
    deliver_fps = Fraction(spec.encode.deliver_fps or frames.fps)
    return Retiming(frames=len(frames.facts.times_s), fps=frames.fps, deliver_fps=deliver_fps)


def video_facts(retiming: Retiming, size: Size) -> VideoFacts:
    """Return the facts of a delivered video."""
    fps = f"{retiming.deliver_fps.numerator}/{retiming.deliver_fps.denominator}"
    return VideoFacts(frames=retiming.deliver_frames, fps=fps, height=size.height, width=size.width)
