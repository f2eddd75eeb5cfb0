"""When each frame of a clip is presented, learnt from its packets: only a few frames are decoded for it."""

from dataclasses import dataclass
from fractions import Fraction
from itertools import islice, pairwise
from pathlib import Path

from r2s2r.errors import MediaError
from r2s2r.media.container import open_clip
from r2s2r.media.packets import PacketIndex, read_packets

# So many frames are decoded to see whether the packets tell the truth. Where packets are not frames (hidden frames,
# single fields) or their times are made up (AVI with B-frames), it shows within the first groups of pictures.
_PROBED = 24
_TICK_S = 2e-3  # some files keep times in whole milliseconds


@dataclass(frozen=True)
class Timeline:
    """The frames of a clip in the order they are presented, which is how they are numbered, from 0.

    Attributes:
        times_s: When each frame is shown, in seconds from the first; strictly increasing.
        rate: Mean frames a second.
        pts: The timestamp by which each frame is known; None where frames can only be counted.
        keyframes: Timestamps at which decoding may begin, increasing; empty where it must begin at the start.
        whole: Whether the file holds all that its header or index declares.
    """

    times_s: tuple[float, ...]
    rate: Fraction
    pts: tuple[int, ...] | None
    keyframes: tuple[int, ...]
    whole: bool

    def entry(self, frame: int) -> int | None:
        """Return the timestamp of a keyframe safely before ``frame``; None to decode from the start.

        It is two keyframes back, because pictures right after a keyframe may still lean on what comes before it.
        """
        if self.pts is None:
            return None
        before = [pts for pts in self.keyframes if pts <= self.pts[frame]]
        return before[-2] if len(before) > 2 else None


def read_timeline(path: Path) -> Timeline:
    """Read a clip's timeline. Raises MediaError for a clip without frames, and as ``open_clip`` does."""
    packets = read_packets(path)
    if not packets.pts:
        how = "has no frames" if packets.whole else "is cut off before its first frames are whole"
        raise MediaError(f"{path}: the clip {how}; copy or export it again")
    pts = sorted({pts for pts in packets.pts if pts is not None})
    if pts and len(pts) == len(packets.pts) and _holds(path, pts):
        times_s = tuple(float((time - pts[0]) * packets.time_base) for time in pts)
        return Timeline(times_s, _rate(times_s, packets.rate), tuple(pts), packets.keyframes, packets.whole)
    return _counted(path, packets)


def _holds(path: Path, pts: list[int]) -> bool:
    """Decode the first frames and tell whether they are those of the packets; damaged ones may be missing."""
    with open_clip(path) as clip:
        decoded = [frame.pts for frame in islice(clip.frames(), _PROBED)]
    shown = [time for time in decoded if time is None or time <= pts[-1]]
    return set(shown) <= set(pts) if clip.failures else shown == pts[:_PROBED]


def _counted(path: Path, packets: PacketIndex) -> Timeline:
    """Decode the whole clip to number its frames."""
    with open_clip(path) as clip:
        times = [frame.time for frame in clip.frames()]
    if not times:
        raise MediaError(f"{path}: the clip has no frame that can be decoded; copy or export it again")
    known = [time for time in times if time is not None]
    if len(known) < len(times) or any(after <= before for before, after in pairwise(known)):
        known = [float(frame / packets.rate) for frame in range(len(times))]
    times_s = tuple(time - known[0] for time in known)
    return Timeline(times_s, _rate(times_s, packets.rate), None, (), packets.whole and not clip.failures)


def _rate(times_s: tuple[float, ...], named: Fraction) -> Fraction:
    """Return the rate the file names if the times bear it out, else their mean."""
    intervals, span_s = len(times_s) - 1, times_s[-1]
    if abs(intervals / named - span_s) <= max(_TICK_S, span_s / 1000):
        return named
    return Fraction(intervals / span_s).limit_denominator(1001)
