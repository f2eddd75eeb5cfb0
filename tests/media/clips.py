"""Clips made for tests: pictures that carry their own number, known colours, and files of every kind around them."""

import subprocess
from fractions import Fraction

import av
import numpy as np
from av.video.frame import PictureType

from r2s2r.media.ffmpeg import ffmpeg_path

HEIGHT, WIDTH = 64, 96
_BITS = 8


def numbered_picture(number, *, height=HEIGHT, width=WIDTH):
    """Return a picture [H, W, 3] with ``number`` written as eight bright or dark bars; ``number_in`` reads it."""
    picture = np.full((height, width, 3), 40, np.uint8)
    for bit in range(_BITS):
        if number >> bit & 1:
            picture[height // 8 : -height // 8, (1 + bit) * width // 10 : (2 + bit) * width // 10] = 220
    return picture


def number_in(picture):
    height, width = picture.shape[:2]
    centres = [(2 * bit + 3) * width // 20 for bit in range(_BITS)]
    return sum(int(picture[height // 2, centre].mean() > 130) << bit for bit, centre in enumerate(centres))


def numbers_in(pictures):
    return [number_in(picture) for picture in pictures]


def write_clip(path, frames, *, codec="libx264", pts=None, time_base=None, **settings):
    """Write frames (arrays [H, W, 3], or PyAV frames as they are).

    Settings: ``rate``, ``options`` and ``format`` of the file, or attributes of the codec context.
    """
    rate = settings.pop("rate", 25)
    frames = [frame if isinstance(frame, av.VideoFrame) else av.VideoFrame.from_ndarray(frame) for frame in frames]
    with av.open(path, "w", format=settings.pop("format", None)) as container:
        stream = container.add_stream(codec, rate=rate, options=settings.pop("options", {}))
        stream.height, stream.width = frames[0].height, frames[0].width
        stream.pix_fmt = settings.pop("pix_fmt", "yuv420p")
        for name, value in {"time_base": time_base or 1 / Fraction(rate), **settings}.items():
            setattr(stream.codec_context, name, value)
        for number, frame in enumerate(frames):
            frame.pts, frame.time_base = number if pts is None else pts[number], stream.codec_context.time_base
            frame.pict_type = PictureType.NONE
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return path


def b_frames(path, count=40, **settings):
    """Write numbered frames with B-frames and open groups of pictures of twelve."""
    options = {"bf": "3", "g": "12", "b_strategy": "0", "x264-params": "open-gop=1"}
    return write_clip(path, [numbered_picture(number) for number in range(count)], options=options, **settings)


def ffmpeg(*arguments):
    """Run ffmpeg on files."""
    subprocess.run([ffmpeg_path(), "-v", "error", "-y", *map(str, arguments)], check=True)


def yuv_frame(planes, pixel_format, **tags):
    """Return a frame of the given planes [H, W], stored as they are."""
    frame = av.VideoFrame(planes[0].shape[1], planes[0].shape[0], pixel_format)
    for plane, values in zip(frame.planes, planes, strict=True):
        rows = np.zeros((plane.height, plane.line_size), np.uint8)
        content = np.ascontiguousarray(values).view(np.uint8)
        rows[:, : content.shape[1]] = content
        plane.update(rows.tobytes())
    for name, value in tags.items():
        setattr(frame, name, value)
    return frame
