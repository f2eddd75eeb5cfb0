"""How a long shot is cut into segments of the length a model was trained for. No torch: ``plan`` reads it too."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Segments:
    """Segments that overlap: each begins with the last ``overlap`` frames of the one before.

    Frames past the shot's end are reflected, so that every segment is full (VideoX-Fun's and diffusers' way):
    13 frames in segments of 9 that share 1 are padded to 17, as 0 1 ... 11 12 11 10 9 8.

    Attributes:
        frames: Of the shot; at least 2.
        length: Of a segment.
        overlap: Frames that a segment shares with the one before.
    """

    frames: int
    length: int
    overlap: int

    @property
    def count(self) -> int:
        """Number of segments."""
        return max(1, -(-(self.frames - self.overlap) // (self.length - self.overlap)))

    @property
    def padded(self) -> int:
        """Frames that are really generated: 77 for up to 77 in segments of 77, then 153, 229, ..."""
        return self.overlap + self.count * (self.length - self.overlap)

    def sources(self, segment: int) -> list[int]:
        """Return, for each frame of a segment, the frame of the shot whose control it is given."""
        start, period = segment * (self.length - self.overlap), 2 * (self.frames - 1)
        places = (frame % period for frame in range(start, start + self.length))
        return [min(place, period - place) for place in places]

    def fresh(self, segment: int) -> range:
        """Return the frames of a segment that are new and belong to the shot: the others are overlap or padding."""
        start = segment * (self.length - self.overlap)
        return range(self.overlap if segment else 0, min(self.length, self.frames - start))
