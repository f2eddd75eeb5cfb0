"""A video file read by frame number."""

from collections import deque
from collections.abc import Iterator
from itertools import dropwhile, takewhile
from pathlib import Path

import numpy as np
from av import VideoFrame
from numpy.typing import NDArray

from r2s2r.errors import MediaError
from r2s2r.media.container import open_clip
from r2s2r.media.deinterlace import progressive
from r2s2r.media.picture_format import PictureFormat, picture_format_of
from r2s2r.media.timeline import read_timeline


class VideoClip:
    """A video file as a clip. Raises MediaError when the file cannot be used."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.timeline = read_timeline(path)
        self._number_of_pts = {pts: number for number, pts in enumerate(self.timeline.pts or ())}
        self._format = _picture_format(path)
        self.height, self.width = self._format.height, self._format.width
        self.findings = self._format.findings

    def pictures(self, first: int, last: int) -> Iterator[NDArray[np.uint8]]:
        """Yield the frames from ``first`` to ``last`` [H, W, 3]; raises MediaError at one that cannot be decoded."""
        return self._format.pictures(self._frames(first, last))

    def _frames(self, first: int, last: int) -> Iterator[VideoFrame]:
        """Yield the wanted frames, deinterlaced with the help of one more on each side."""
        numbers: deque[int] = deque()  # of the frames inside the deinterlacer, which keeps their order

        def noted() -> Iterator[VideoFrame]:
            for number, frame in self._decoded(max(0, first - 1), last + 1):
                numbers.append(number)
                yield frame

        awaited = first
        for frame in progressive(noted()):
            number = numbers.popleft()
            if number < first:
                continue
            if number != awaited or number > last:
                break
            yield frame
            awaited += 1
        if awaited <= last:
            raise MediaError(
                f"{self._path}: frame {awaited} ({self.timeline.times_s[awaited]:.2f} s) cannot be decoded; copy the "
                "clip again, or choose another `source.frame` or a shorter `source.context_s`"
            )

    def _decoded(self, first: int, last: int) -> Iterator[tuple[int, VideoFrame]]:
        """Yield what can be decoded of the frames from ``first`` to ``last``, numbered."""
        entry = self.timeline.entry(first)
        numbered = dropwhile(lambda item: item[0] < first, self._numbered(entry))
        head = next(numbered, None)
        if entry is not None and (head is None or head[0] > first):  # the seek led too far: some files have no index
            numbered = dropwhile(lambda item: item[0] < first, self._numbered(None))
            head = next(numbered, None)
        if head is not None:
            yield head
            yield from takewhile(lambda item: item[0] <= last, numbered)

    def _numbered(self, entry: int | None) -> Iterator[tuple[int, VideoFrame]]:
        """Decode from a keyframe (None: from the start)."""
        with open_clip(self._path) as clip:
            if entry is not None:
                clip.seek(entry)
            for count, frame in enumerate(clip.frames()):
                number = self._number(count, frame)
                if number is not None:
                    self._check_size(number, frame)
                    yield number, frame

    def _number(self, count: int, frame: VideoFrame) -> int | None:
        if self.timeline.pts is None:
            return count
        return None if frame.pts is None else self._number_of_pts.get(frame.pts)

    def _check_size(self, number: int, frame: VideoFrame) -> None:
        expected = self._format
        if (frame.height, frame.width) != (expected.coded_height, expected.coded_width):
            raise MediaError(
                f"{self._path}: frame {number} is {frame.width}x{frame.height} pixels, the first is "
                f"{expected.coded_width}x{expected.coded_height}; a clip has to keep its size: convert it to one size"
            )


def _picture_format(path: Path) -> PictureFormat:
    with open_clip(path) as clip:
        frame = next(clip.frames(), None)
        if frame is None:
            raise MediaError(f"{path}: the clip has no frame that can be decoded; copy or export it again")
        return picture_format_of(frame, clip.stream)
