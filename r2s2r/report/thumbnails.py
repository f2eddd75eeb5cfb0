"""Thumbnails: small pictures of shots, made side by side, and only of what has changed."""

import io
import os
import uuid
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

from PIL import Image

from r2s2r.errors import MediaError
from r2s2r.media.container import open_clip
from r2s2r.report.pictures import Picture

WIDTH, HEIGHT = 320, 180
THUMBNAILS = "thumbs"

_QUALITY = 80


def thumbnails_in(folder: Path) -> set[str]:
    """Return the names of the thumbnails of a report."""
    thumbs = folder / THUMBNAILS
    return {path.name for path in thumbs.iterdir()} if thumbs.is_dir() else set()


def make_thumbnails(pictures: Iterable[Picture], folder: Path) -> dict[str, str]:
    """Make what is missing of the thumbnails in ``folder/thumbs``, and remove what no picture has.

    What another report beside this one has is linked, not made.

    Returns:
        Name -> why it could not be made; empty where all could.
    """
    wanted = {picture.name: picture for picture in pictures}
    thumbs = folder / THUMBNAILS
    thumbs.mkdir(parents=True, exist_ok=True)
    there = thumbnails_in(folder)
    _link([name for name in wanted if name not in there], thumbs)
    with ThreadPoolExecutor(os.cpu_count() or 1) as makers:  # decoders and Pillow let go of the interpreter
        said = makers.map(lambda name: _make(wanted[name], thumbs), wanted)
        troubles = {name: words for name, words in zip(wanted, said, strict=True) if words}
    for name in there - wanted.keys():
        with suppress(OSError):
            (thumbs / name).unlink()
    return troubles


def _link(names: Iterable[str], thumbs: Path) -> None:
    beside = sorted(thumbs.parent.parent.glob(f"*/{THUMBNAILS}"), reverse=True)
    others = [{path.name: path for path in other.iterdir()} for other in beside if other != thumbs]
    for name in names:
        earlier = next((other[name] for other in others if name in other), None)
        if earlier is not None:
            with suppress(OSError):  # it is made, then
                (thumbs / name).hardlink_to(earlier)


def _make(picture: Picture, thumbs: Path) -> str:
    """Make one, unless it is there; return why it cannot be made."""
    target = thumbs / picture.name
    if target.exists():
        return ""
    try:
        image = _middle_frame(picture.path) if picture.path.suffix in (".mp4", ".mkv") else _still(picture.path)
    except (MediaError, OSError, ValueError, Image.DecompressionBombError) as error:
        return f"{picture.path.name}: no picture can be read from it ({error}); `r2s2r verify` finds damaged files"
    image.thumbnail((WIDTH, HEIGHT), Image.Resampling.BOX, reducing_gap=2)
    data = io.BytesIO()
    image.save(data, "JPEG", quality=_QUALITY)
    # Not flushed to the disk, as thousands would take minutes: what a power cut leaves is made anew by its removal.
    temporary = target.with_name(f".{uuid.uuid4().hex}")
    temporary.write_bytes(data.getvalue())
    temporary.replace(target)
    return ""


def _still(path: Path) -> Image.Image:
    with Image.open(path) as opened:
        opened.draft("RGB", (WIDTH, HEIGHT))
        return opened.convert("RGB")


def _middle_frame(path: Path) -> Image.Image:
    """Return the middle frame of a video, or the last that can be read before it."""
    with open_clip(path) as clip:
        length = clip.stream.duration
        if length is None and clip.stream.time_base:
            length = int((clip.container.duration or 0) / 1_000_000 / clip.stream.time_base)
        middle = (clip.stream.start_time or 0) + (length or 0) // 2
        clip.seek(middle)
        frame = None
        for frame in clip.frames():
            if frame.pts is None or frame.pts + max(1, frame.duration) > middle:
                break
        if frame is None:
            raise MediaError(f"{path}: no frame can be decoded")
        height = max(1, round(frame.height * WIDTH / frame.width))
        return Image.fromarray(frame.reformat(width=WIDTH, height=height, format="rgb24").to_ndarray())
