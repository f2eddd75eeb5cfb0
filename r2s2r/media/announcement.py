"""What a video file says of its frames in its packets and header, before anything is decoded."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from r2s2r.media.container import OpenClip, open_clip

# A header's duration is rounded and may count the last frame or not.
_SLACK = timedelta(milliseconds=250)


@dataclass(frozen=True)
class Announcement:
    """The packets of a file.

    Attributes:
        pts: Presentation times in file order, without what an edit list cuts away; None where a packet has none.
        keyframes: Presentation times at which decoding may begin, increasing.
        whole: Whether the file holds all that its header or index promises.
    """

    pts: tuple[int | None, ...]
    keyframes: tuple[int, ...]
    whole: bool


def read_announcement(path: Path) -> Announcement:
    """Read all packets of a clip, decoding none. Raises MediaError as ``open_clip`` does."""
    with open_clip(path) as clip:
        packets = [(packet.pts, packet.is_keyframe, packet.is_discard) for packet in clip.packets() if packet.size]
        everything = [pts for pts, _, _ in packets]
        return Announcement(
            pts=tuple(pts for pts, _, is_hidden in packets if not is_hidden),
            keyframes=tuple(sorted(pts for pts, is_keyframe, _ in packets if is_keyframe and pts is not None)),
            whole=not clip.broken and not _lacks_packets(clip, everything),
        )


def _lacks_packets(clip: OpenClip, pts: Sequence[int | None]) -> bool:
    if "mp4" in clip.container.format.name:
        return len(clip.stream.index_entries) > len(pts)
    promised_s, time_base = _promised_end_s(clip), clip.stream.time_base
    known = [time for time in pts if time is not None]
    if promised_s is None or time_base is None or not known:
        return False
    return float(max(known) * time_base) + _SLACK.total_seconds() < promised_s


def _promised_end_s(clip: OpenClip) -> float | None:
    """Return when the picture stream ends by a Matroska header, in seconds; others promise nothing of the kind."""
    if "matroska" not in clip.container.format.name:
        return None
    if written := clip.stream.metadata.get("DURATION"):
        hours, minutes, seconds = written.split(":")
        return int(hours) * 3600 + int(minutes) * 60 + float(seconds)
    alone = len(clip.container.streams) == 1
    return clip.container.duration / 1e6 if alone and clip.container.duration else None
