"""Video: what people watch."""

from dataclasses import dataclass
from pathlib import Path

from r2s2r.artifacts.facts import Facts, read_facts

VIDEO = "video.mp4"
CONTROL = "control.mp4"
CONTACT = "contact.png"


class VideoFacts(Facts):
    """Facts of a delivered video.

    Attributes:
        frames: Number of frames.
        fps: Exact rate as a fraction.
        height: Rows.
        width: Columns.
    """

    frames: int
    fps: str
    height: int
    width: int


@dataclass(frozen=True)
class Video:
    """A folder with ``video.mp4``, ``control.mp4`` (the normals), ``contact.png`` and ``facts.json``."""

    folder: Path
    facts: VideoFacts

    @classmethod
    def load(cls, folder: Path) -> "Video":
        """Open a video folder."""
        return cls(folder, read_facts(folder, VideoFacts))
