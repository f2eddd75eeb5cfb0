"""What a video file says of its frames in its packets and header, before anything is decoded."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from av.packet import Packet
from av.video.stream import VideoStream

from r2s2r.media.container import OpenClip, open_clip
from r2s2r.media.promised_size import promised_bytes

_DEFAULT_RATE = Fraction(25)


@dataclass(frozen=True)
class Announcement:
    """The packets of a file.

    Attributes:
        pts: Presentation times in file order, without what an edit list cuts away; None where a packet has none.
        keyframes: Presentation times at which decoding may begin, increasing.
        time_base: Seconds of one unit of ``pts``.
        rate: Frames a second, as the file names or suggests it.
        whole: Whether the file holds all that its header or index promises.
    """

    pts: tuple[int | None, ...]
    keyframes: tuple[int, ...]
    time_base: Fraction
    rate: Fraction
    whole: bool


@dataclass(frozen=True)
class _Label:
    """What is kept of a packet. ``is_hidden``: an edit list cuts it away, though others may need it."""

    pts: int | None
    dts: int | None
    duration: int
    is_keyframe: bool
    is_hidden: bool
    is_corrupt: bool


def read_announcement(path: Path) -> Announcement:
    """Read all packets of a clip, decoding none. Raises MediaError as ``open_clip`` does."""
    with open_clip(path) as clip:
        labels = [_label(packet) for packet in clip.packets() if packet.size]
        whole = not clip.broken and not _lacks_packets(path, clip, labels)
        certain = labels if whole else _certain(labels)
        return Announcement(
            pts=tuple(label.pts for label in certain if not label.is_hidden),
            keyframes=tuple(sorted(label.pts for label in certain if label.is_keyframe and label.pts is not None)),
            time_base=clip.stream.time_base or Fraction(1),
            rate=_exact(clip.stream.guessed_rate or _DEFAULT_RATE),
            whole=whole,
        )


def _label(packet: "Packet[VideoStream]") -> _Label:
    return _Label(
        pts=packet.pts,
        dts=packet.dts,
        duration=packet.duration or 0,
        is_keyframe=packet.is_keyframe,
        is_hidden=packet.is_discard,
        is_corrupt=packet.is_corrupt,
    )


def _certain(labels: Sequence[_Label]) -> Sequence[_Label]:
    """Return the packets of a file cut off before which no frame is missing.

    Packets lie in the order of their decoding times (dts), before which no frame is shown. So what was lost is shown no
    earlier than the decoding time that would have come next; frames shown after it may have lost neighbours.
    """
    intact = [label for label in labels if not label.is_corrupt]
    following = max((label.dts + label.duration for label in intact if label.dts is not None), default=None)
    return [label for label in intact if label.pts is None or following is None or label.pts <= following]


def _exact(rate: Fraction) -> Fraction:
    """Return the whole or NTSC (n x 1000/1001) rate that a file's rounded one stands for, else the rate itself."""
    candidates = (Fraction(round(rate)), Fraction(round(rate * 1001 / 1000) * 1000, 1001))
    return next((candidate for candidate in candidates if abs(candidate / rate - 1) < 1e-5), rate)


def _lacks_packets(path: Path, clip: OpenClip, labels: Sequence[_Label]) -> bool:
    if "mp4" in clip.container.format.name:
        return len(clip.stream.index_entries) > len(labels)
    return path.stat().st_size < (promised_bytes(path) or 0)
