"""The ffmpeg program: which one is used."""

import functools
import shutil
import subprocess

import imageio_ffmpeg

from r2s2r.errors import MissingError


@functools.cache
def ffmpeg_path() -> str:
    """Return the system's ffmpeg if it can make H.264, else the one that comes with ``imageio-ffmpeg``.

    Raises MissingError when there is neither.
    """
    system = shutil.which("ffmpeg")
    if system is not None and "libx264" in _answer(system, "-encoders"):
        return system
    try:
        bundled = str(imageio_ffmpeg.get_ffmpeg_exe())
    except RuntimeError as error:
        raise MissingError("no ffmpeg with libx264; install one, or `pip install imageio-ffmpeg`") from error
    _answer(bundled, "-version")
    return bundled


def _answer(program: str, question: str) -> str:
    try:
        asked = subprocess.run(
            [program, "-hide_banner", question], capture_output=True, text=True, check=True, timeout=20
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise MissingError(f"{program} does not run ({error}); install a working ffmpeg or take it off PATH") from error
    return asked.stdout
