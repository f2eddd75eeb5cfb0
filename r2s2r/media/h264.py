"""H.264 in MP4, written frame by frame through an ffmpeg process."""

import subprocess
import tempfile
from contextlib import ExitStack, suppress
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import Literal, Self, TypeAlias

import ffmpeg
import numpy as np
from numpy.typing import NDArray

from r2s2r.errors import StageError
from r2s2r.media.ffmpeg import ffmpeg_path

# x264 gives the same bytes on every machine only for the same number of threads.
_THREADS = 4
_PRIMARIES = {"color_primaries": "bt709", "color_trc": "bt709"}
_COLORSPACES = {"bt709": "bt709", "bt601": "smpte170m"}
_SCALER = "bicubic+accurate_rnd+full_chroma_int+full_chroma_inp+bitexact"
_SEI = 6  # the NAL unit in which x264 writes its version and settings
_KEYFRAME_EVERY_S = 2  # so that players can scrub
_LAST_WORDS = 12  # lines; the cause comes first, what follows from it after
_PATIENCE_S = 10

# How RGB becomes YUV.
Matrix: TypeAlias = Literal["bt709", "bt601"]


class H264Writer:
    """Writes RGB frames as H.264: yuv420p, limited range, BT.709 in fact and by tag, the index before the pictures.

    With the matrix ``bt601``, colours are also right in programs that ignore the tag and expect that one (OpenCV 4).

    A context manager: leaving it finishes the file; leaving it by an exception ends ffmpeg and removes the file. Equal
    frames give equal bytes with one version of ffmpeg. Raises StageError with ffmpeg's last words when it fails.
    """

    def __init__(
        self, path: Path, *, height: int, width: int, fps: Fraction, crf: int, matrix: Matrix = "bt709"
    ) -> None:
        self._path = path
        self._shape = (height, width, 3)
        self._command = _command(path, height=height, width=width, fps=fps, crf=crf, matrix=matrix)

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            # A file and not a pipe: however much ffmpeg has to say, it never waits for somebody to listen.
            self._words = stack.enter_context(tempfile.TemporaryFile())
            self._process = subprocess.Popen(
                self._command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=self._words
            )
            assert self._process.stdin is not None
            self._pipe = self._process.stdin
            stack.callback(self._end)
            self._resources = stack.pop_all()
        return self

    def write(self, frame: NDArray[np.uint8]) -> None:
        """Append a frame [H, W, 3] uint8 RGB, of the size the writer was made for."""
        assert frame.shape == self._shape, f"frame is {frame.shape}, the writer's are {self._shape}"
        assert frame.dtype == np.uint8, f"frame is {frame.dtype}, not uint8"
        try:
            self._pipe.write(np.ascontiguousarray(frame).data)
        except BrokenPipeError as error:
            raise self._failure() from error

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        with self._resources, ExitStack() as unfinished:
            unfinished.callback(self._path.unlink, missing_ok=True)
            if kind is None:
                self._finish()
                unfinished.pop_all()
            else:
                self._end()

    def _finish(self) -> None:
        with suppress(BrokenPipeError):  # the exit code tells more
            self._pipe.close()
        if self._process.wait() != 0:
            raise self._failure()

    def _end(self) -> None:
        """Leave no process behind, whatever happened."""
        self._process.kill()
        self._process.wait()
        with suppress(BrokenPipeError):
            self._pipe.close()

    def _failure(self) -> StageError:
        with suppress(subprocess.TimeoutExpired):  # it closed the pipe, so it is about to end
            self._process.wait(_PATIENCE_S)
        code = self._process.returncode
        ending = f"was ended by signal {-code}" if code is not None and code < 0 else f"failed (exit code {code})"
        self._words.seek(0)
        words = self._words.read().decode(errors="replace").strip().splitlines()[-_LAST_WORDS:]
        said = "\n  ".join(["; its last words:", *words]) if words else ""
        return StageError(f"{self._path.name}: ffmpeg {ending}{said}")


def _command(path: Path, *, height: int, width: int, fps: Fraction, crf: int, matrix: Matrix) -> list[str]:
    picture = ffmpeg.input("pipe:0", format="rawvideo", pixel_format="rgb24", s=f"{width}x{height}", framerate=str(fps))
    colours = {"colorspace": _COLORSPACES[matrix], **_PRIMARIES}
    yuv = picture.filter("scale", in_range="pc", out_range="tv", out_color_matrix=matrix, flags=_SCALER)
    tagged = yuv.filter("format", "yuv420p").filter("setparams", range="tv", **colours)
    output = tagged.output(
        f"file:{path}",
        **{"c:v": "libx264", "bsf:v": f"filter_units=remove_types={_SEI}", "flags:v": "+bitexact"},
        **colours,
        color_range="tv",
        preset="medium",
        crf=crf,
        threads=_THREADS,
        g=round(_KEYFRAME_EVERY_S * fps) or 1,
        fflags="+bitexact",
        movflags="+faststart",
    )
    command = output.global_args("-hide_banner", "-nostdin", "-y", "-loglevel", "error")
    return [str(part) for part in command.compile(cmd=ffmpeg_path())]
