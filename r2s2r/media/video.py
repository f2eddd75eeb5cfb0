"""Lossless video: how a stage hands frames to the next one. FFV1 in Matroska, exact and with reproducible bytes."""

from collections.abc import Collection, Iterator
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import Self

import av
import numpy as np
from av.codec.context import Flags
from av.error import FFmpegError
from numpy.typing import NDArray

from r2s2r.errors import StoreError

# The number of slices is part of the bytes, so it is fixed; threads only share them out. Rice coding is half again as
# fast as the range coder for 8 % more bytes (measured on film at 1280x720). Each frame stands alone (g=1). There are no
# checksums: the decoder would only log what they find, and the store hashes the whole file.
_FFV1 = {"level": "3", "slices": "4", "coder": "rice", "g": "1", "slicecrc": "0"}
# Without it Matroska files get random ids and the versions of the libraries.
_SAME_BYTES = {"fflags": "+bitexact"}


def read_lossless(path: Path, only: Collection[int] | None = None) -> Iterator[NDArray[np.uint8]]:
    """Yield the frames of a file by ``LosslessWriter`` in order, [H, W, 3] RGB or [H, W] grey; one at a time in memory.

    With ``only``, just the frames of these numbers; others are not decoded. Raises StoreError when the file is missing
    or cannot be decoded: it is a file of ours, not of the user.
    """
    try:
        with av.open(path) as container:
            stream = container.streams.video[0]
            stream.codec_context.thread_type = "SLICE"  # frame threads would hold a frame for each core
            wanted = "gray" if stream.codec_context.pix_fmt == "gray" else "rgb24"
            for number, packet in enumerate(container.demux(stream)):
                if only is None or number in only:
                    for frame in packet.decode():
                        yield np.asarray(frame.to_ndarray(format=wanted), np.uint8)
    except FFmpegError as error:
        raise StoreError(f"{path}: cannot be read ({error.strerror}); `r2s2r verify` finds damaged files") from error


class LosslessWriter:
    """Writes frames one at a time; equal frames give equal bytes, on any number of threads.

    A context manager: leaving it finishes the file, leaving it by an exception removes the file. A full disk raises
    OSError, as any other file does.
    """

    def __init__(self, path: Path, *, height: int, width: int, fps: Fraction, grey: bool = False) -> None:
        self._path = path
        self._shape = (height, width) if grey else (height, width, 3)
        self._format = "gray" if grey else "rgb24"
        self._frames = 0
        self._container = av.open(path, "w", format="matroska", options=_SAME_BYTES)
        self._stream = self._container.add_stream("ffv1", rate=fps, options=_FFV1)
        self._stream.height, self._stream.width = height, width
        self._stream.pix_fmt = "gray" if grey else "bgr0"
        self._stream.codec_context.thread_type = "SLICE"
        self._stream.codec_context.flags |= Flags.bitexact

    def write(self, frame: NDArray[np.uint8]) -> None:
        """Append a frame, uint8 [H, W, 3] RGB (or [H, W] grey), of the size the writer was made for."""
        assert frame.shape == self._shape, f"frame is {frame.shape}, the writer's are {self._shape}"
        assert frame.dtype == np.uint8, f"frame is {frame.dtype}, not uint8"
        picture = av.VideoFrame.from_ndarray(frame, format=self._format)
        picture.pts = self._frames
        self._container.mux(self._stream.encode(picture))
        self._frames += 1

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if kind is not None:
            self._discard()
            return
        try:
            self._container.mux(self._stream.encode())
            self._container.close()
        except BaseException:
            self._discard()
            raise

    def _discard(self) -> None:
        try:
            self._container.close()
        except OSError:
            pass  # the disk may be full: what matters is the error that brought us here
        finally:
            self._path.unlink(missing_ok=True)
