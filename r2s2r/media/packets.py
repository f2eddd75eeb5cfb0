"""The packets of a video file: what they and the header say of its frames, before anything is decoded."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from av.packet import Packet
from av.video.stream import VideoStream

from r2s2r.media.container import OpenClip, open_clip
from r2s2r.media.declared_size import declared_bytes

_DEFAULT_RATE = Fraction(25)


@dataclass(frozen=True)
class PacketIndex:
    """What the packets of a file say.

    Attributes:
        pts: Presentation times in file order, without what an edit list cuts away; None where a packet has none.
        keyframes: Presentation times at which decoding may begin, increasing.
        time_base: Seconds of one unit of ``pts``.
        rate: Frames a second, as the file names or suggests it.
        whole: Whether the file holds all that its header or index declares.
    """

    pts: tuple[int | None, ...]
    keyframes: tuple[int, ...]
    time_base: Fraction
    rate: Fraction
    whole: bool


@dataclass(frozen=True)
class _Packet:
    """What is kept of a packet. ``is_hidden``: an edit list cuts it away, though others may need it."""

    pts: int | None
    dts: int | None
    duration: int
    is_keyframe: bool
    is_hidden: bool
    is_corrupt: bool


def read_packets(path: Path) -> PacketIndex:
    """Read all packets of a clip, decoding none. Raises MediaError as ``open_clip`` does."""
    with open_clip(path) as clip:
        packets = [_kept(packet) for packet in clip.packets() if packet.size]
        whole = not clip.broken and not _lacks_packets(path, clip, packets)
        certain = packets if whole else _certain(packets)
        return PacketIndex(
            pts=tuple(packet.pts for packet in certain if not packet.is_hidden),
            keyframes=tuple(sorted(packet.pts for packet in certain if packet.is_keyframe and packet.pts is not None)),
            time_base=clip.stream.time_base or Fraction(1),
            rate=_exact(clip.stream.guessed_rate or _DEFAULT_RATE),
            whole=whole,
        )


def _kept(packet: "Packet[VideoStream]") -> _Packet:
    return _Packet(
        pts=packet.pts,
        dts=packet.dts,
        duration=packet.duration or 0,
        is_keyframe=packet.is_keyframe,
        is_hidden=packet.is_discard,
        is_corrupt=packet.is_corrupt,
    )


def _certain(packets: Sequence[_Packet]) -> Sequence[_Packet]:
    """Return the packets of a file cut off before which no frame is missing.

    Packets lie in the order of their decoding times (dts), before which no frame is shown. So what was lost is shown no
    earlier than the decoding time that would have come next; frames shown after it may have lost neighbours.
    """
    intact = [packet for packet in packets if not packet.is_corrupt]
    following = max((packet.dts + packet.duration for packet in intact if packet.dts is not None), default=None)
    return [packet for packet in intact if packet.pts is None or following is None or packet.pts <= following]


def _exact(rate: Fraction) -> Fraction:
    """Return the whole or NTSC (n x 1000/1001) rate that a file's rounded one stands for, else the rate itself."""
    candidates = (Fraction(round(rate)), Fraction(round(rate * 1001 / 1000) * 1000, 1001))
    return next((candidate for candidate in candidates if abs(candidate / rate - 1) < 1e-5), rate)


def _lacks_packets(path: Path, clip: OpenClip, packets: Sequence[_Packet]) -> bool:
    if "mp4" in clip.container.format.name:
        return len(clip.stream.index_entries) > len(packets)
    return path.stat().st_size < (declared_bytes(path) or 0)
