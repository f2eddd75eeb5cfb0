"""A video file, opened: its picture stream, packet by packet and frame by frame."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import av
from av import VideoFrame
from av.container import InputContainer
from av.error import ArgumentError, FFmpegError, InvalidDataError
from av.packet import Packet
from av.stream import Disposition
from av.video.stream import VideoStream

from r2s2r.errors import MediaError

# Not all that ffmpeg opens: playlists and patterns name other files, and it takes plain text for drawings. Sound is in
# the list for the sake of a clear message.
_FORMATS = (
    "mov,matroska,avi,mpegts,mpeg,mpegvideo,m4v,h264,hevc,obu,ivf,flv,asf,ogg,mxf,dv,mjpeg,gif,apng,nut,yuv4mpegpipe,"
    "wav,mp3,flac,aac,aiff"
)
_OPTIONS = {"format_whitelist": _FORMATS, "protocol_whitelist": "file"}


class OpenClip:
    """The picture stream of an open file.

    Attributes:
        container: The file.
        stream: Its picture stream.
        failures: How many packets could not be decoded so far.
        broken: Whether reading stopped at an error and not at the end of the file.
    """

    def __init__(self, container: InputContainer, stream: VideoStream) -> None:
        self.container = container
        self.stream = stream
        self.failures = 0
        self.broken = False

    def packets(self) -> Iterator["Packet[VideoStream]"]:
        """Yield the stream's packets in file order, and an empty one at the end, which empties the decoder."""
        try:
            yield from self.container.demux(self.stream)
        except FFmpegError:
            self.broken = True

    def frames(self) -> Iterator[VideoFrame]:
        """Yield what can be decoded, in the order it is presented."""
        for packet in self.packets():
            if packet.is_corrupt:
                self.failures += 1
                continue
            try:
                yield from packet.decode()
            except FFmpegError:
                self.failures += 1

    def seek(self, pts: int) -> None:
        """Go to the keyframe at ``pts``, or about there: the file's index decides, so look at what comes."""
        with suppress(FFmpegError):  # no index: reading goes on from where it is
            self.container.seek(pts, stream=self.stream)


@contextmanager
def open_clip(path: Path) -> Iterator[OpenClip]:
    """Open a video file.

    Raises MediaError when the file is missing, empty, not a video, or has no pictures.
    """
    if not path.is_file():
        raise MediaError(f"{path}: there is no such file; check the path in `source.clip`")
    if path.stat().st_size == 0:
        raise MediaError(f"{path}: the file is empty; copy it again")
    try:
        container = av.open(path, options=_OPTIONS)
    except FFmpegError as error:
        raise MediaError(_unopened(path, error)) from error
    with container:
        yield OpenClip(container, _picture_stream(path, container))


def _unopened(path: Path, error: FFmpegError) -> str:
    if isinstance(error, PermissionError):
        return f"{path}: may not be read; check its permissions"
    if isinstance(error, (InvalidDataError, ArgumentError, EOFError)):
        return (
            f"{path}: not a video or picture that can be read, or cut off before its index (an MP4's `moov`); "
            "copy it again, or convert it to MP4"
        )
    return f"{path}: cannot be opened ({error.strerror})"


def _picture_stream(path: Path, container: InputContainer) -> VideoStream:
    covers = Disposition.attached_pic | Disposition.timed_thumbnails
    streams = [stream for stream in container.streams.video if not stream.disposition & covers]
    if not streams:
        only = "only sound" if container.streams.audio else "no pictures"
        raise MediaError(f"{path}: has {only}; give a clip with a video stream")
    return streams[0]
