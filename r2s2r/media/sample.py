"""A sample as the release of Real2SAM2Real reads it: a picture, a control video, maybe a caption.

Source: ``real2sam2real/infer.py`` of the release, at commit 5f94e5c.
"""

import json
from dataclasses import dataclass
from pathlib import Path

from r2s2r.errors import InputError, MediaError
from r2s2r.media.clip import read_clip

PICTURE = "source_image.png"
CONTROL = "object_animation_normal.mp4"
CAPTION = "caption.json"
FPS = 16
_CONTENTS = f"a sample has {PICTURE}, {CONTROL} and, if it is to be told something, {CAPTION}"


@dataclass(frozen=True)
class Sample:
    """A folder of the release's form, and what is in it.

    Attributes:
        folder: Its absolute path.
        text: What the model is told; empty without a caption.
        frames: Of the control video.
        height: Rows of it.
        width: Columns of it.
    """

    folder: Path
    text: str
    frames: int
    height: int
    width: int

    @property
    def picture(self) -> Path:
        """What the look is taken from."""
        return self.folder / PICTURE

    @property
    def control(self) -> Path:
        """The video of normals."""
        return self.folder / CONTROL


def read_sample(folder: Path) -> Sample:
    """Read what a sample's folder holds.

    Raises:
        InputError: The folder or one of its files is missing, or the caption is none.
        MediaError: The control video cannot be read, is cut off, or has one frame only.
    """
    for name in (PICTURE, CONTROL):
        if not (folder / name).is_file():
            raise InputError(f"{folder}: {_missing(folder, name)}; {_CONTENTS}")
    clip = read_clip(folder / CONTROL)
    frames = len(clip.timeline.times_s)
    if frames < 2 or not clip.timeline.whole:
        what = "has one frame; a control video needs two or more" if frames < 2 else "is cut off; copy it again"
        raise MediaError(f"{folder / CONTROL}: {what}")
    return Sample(folder.resolve(), _caption(folder / CAPTION), frames, clip.height, clip.width)


def write_caption(path: Path, text: str) -> None:
    """Write what the model is told, as the release reads it."""
    path.write_text(json.dumps({"text": text}, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def _missing(folder: Path, name: str) -> str:
    if not folder.is_dir():
        return "there is no such folder"
    inner = sorted(file.parent.name for file in folder.glob(f"*/{PICTURE}"))
    return f"holds samples ({', '.join(inner[:3])}), name one of them" if inner else f"lacks {name}"


def _caption(path: Path) -> str:
    if not path.exists() and not path.is_symlink():
        return ""
    try:
        text = json.loads(path.read_text(encoding="utf-8"))["text"]
        str(text).encode()  # JSON may name halves of characters, which no text has
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise InputError(f'{path}: is no caption; write {{"text": "..."}}, or remove it') from error
    if not isinstance(text, str):
        raise InputError(f'{path}: `text` is no text but {json.dumps(text)[:40]}; write {{"text": "..."}}')
    return text
