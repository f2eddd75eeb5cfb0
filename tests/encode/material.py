"""Frames that carry their own number, and the controls they were steered by, for the tests of the encode stage."""

from fractions import Fraction

from r2s2r.artifacts.control import FRAMES as CONTROL_FRAMES
from r2s2r.artifacts.control import Control, ControlFacts
from r2s2r.artifacts.facts import write_facts
from r2s2r.artifacts.footage import FRAMES, Footage, FootageFacts
from r2s2r.artifacts.passes import Passes, PassesFacts
from r2s2r.media.clip import read_clip
from r2s2r.media.images import write_rgb
from r2s2r.media.video import LosslessWriter
from r2s2r.spec.delivery import DeliverySpec
from r2s2r.spec.encode import EncodeSpec
from tests.media.clips import numbered_picture, numbers_in

COUNT = 24


def made_frames(folder, *, count=COUNT, height=64, width=96, picture=numbered_picture):
    """Make generated footage; ``picture`` draws frame n."""
    folder.mkdir(parents=True)
    _write(folder / FRAMES, (picture(number % 256, height=height, width=width) for number in range(count)))
    times_s = tuple(number / 16 for number in range(count))
    facts = FootageFacts(height=height, width=width, fps="16/1", times_s=times_s, reference=0, clip_frames=())
    write_facts(folder, facts)
    return Footage.load(folder)


def made_passes(folder, *, count=COUNT, height=64, width=96):
    """Make passes whose normals count down."""
    (folder / "normal").mkdir(parents=True)
    for number in range(count):
        picture = numbered_picture((count - number) % 256, height=height, width=width)
        write_rgb(folder / "normal" / f"{number:06d}.png", picture)
    facts = PassesFacts(height=height, width=width, fps="16/1", frames=count, ids={}, normal="", depth="")
    write_facts(folder, facts)
    return Passes.load(folder)


def made_control(folder, *, count=COUNT, height=64, width=96):
    """Make a model's control, which counts down."""
    folder.mkdir(parents=True)
    pictures = (numbered_picture((count - number) % 256, height=height, width=width) for number in range(count))
    _write(folder / CONTROL_FRAMES, pictures)
    write_facts(folder, ControlFacts(kind="normal", frames=count, fps="16/1", height=height, width=width))
    return Control.load(folder)


def delivery(frames, *, height=None, width=None, **encode):
    """Return what is delivered: by default, frames at the size they were made at."""
    facts = frames.facts
    return DeliverySpec(height=height or facts.height, width=width or facts.width, encode=EncodeSpec(**encode))


def pictures_in(path):
    """Return the frames of a delivered video."""
    clip = read_clip(path)
    return list(clip.pictures(0, len(clip.timeline.times_s) - 1))


def numbers(path):
    """Return the numbers the frames of a delivered video carry."""
    return numbers_in(pictures_in(path))


def _write(path, pictures):
    first = next(pictures)
    with LosslessWriter(path, height=first.shape[0], width=first.shape[1], fps=Fraction(16)) as writer:
        writer.write(first)
        for picture in pictures:
            writer.write(picture)
