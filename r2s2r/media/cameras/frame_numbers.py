"""Which frame of a clip a picture is, by its name."""

import re
from collections.abc import Sequence
from pathlib import PurePosixPath

from r2s2r.errors import MediaError

_LAST_NUMBER = re.compile(r"(\d{1,9})\D*$")


def frames_of_names(names: Sequence[str], path: str) -> tuple[list[int], str]:
    """Return the clip's frame, counted from 0, that each picture's name says, and how the numbers were read.

    The last number of a name counts (``images/frame_00012.png``: 12). Numbers count from 0, unless the lowest is 1, as
    ffmpeg and nerfstudio number. Raises MediaError for names without a number, and for two pictures of one frame.
    """
    numbers = [_number(name, path) for name in names]
    seen: dict[int, str] = {}
    for number, name in zip(numbers, names, strict=True):
        if number in seen:
            raise MediaError(f"{path}: {seen[number]!r} and {name!r} are both number {number}; a frame has one camera")
        seen[number] = name
    first = 1 if min(numbers) == 1 else 0
    lowest = seen[min(numbers)]
    read = f"pictures are numbered from {first}: {lowest} is taken for the clip's frame {min(numbers) - first}"
    return [number - first for number in numbers], read


def _number(name: str, path: str) -> int:
    found = _LAST_NUMBER.search(PurePosixPath(name.replace("\\", "/")).stem)
    if found is None:
        raise MediaError(
            f"{path}: the picture's name {name[:80]!r} holds no number; name pictures by the clip's frame, as "
            "frame_00012.png"
        )
    return int(found[1])
