"""Pictures that are frames: files of a folder, named by the frames' numbers."""

import re
from pathlib import Path

from r2s2r.errors import MediaError
from r2s2r.media.inside import require_inside

PICTURES = frozenset({".png", ".jpg", ".jpeg", ".tif", ".tiff", ".webp", ".bmp"})


def pictures_in(folder: Path, roots: tuple[Path, ...]) -> tuple[Path, ...]:
    """Return the pictures in a folder, by name; hidden files are none.

    Args:
        folder: Where they lie.
        roots: Absolute folders, symlinks resolved, that what they link to has to lie in.

    Raises:
        MediaError: There is none, one is a link that leads elsewhere or nowhere, two are of one frame, or a name tells
            no number.
    """
    found = tuple(
        path
        for path in sorted(folder.iterdir())
        if path.suffix.lower() in PICTURES and not path.name.startswith(".") and (path.is_file() or path.is_symlink())
    )
    for path in found:
        require_inside(path, roots)
    if not found:
        raise MediaError(f"{folder}: holds no pictures; put in PNG files named by their frames' numbers (000066.png)")
    by_number: dict[int, Path] = {}
    for path in found:
        other = by_number.setdefault(number_of(path), path)
        if other is not path:
            raise MediaError(f"{path}: {other.name} is of frame {number_of(path)} too; remove one of them")
    return found


def number_of(path: Path) -> int:
    """Return the number that a file's name ends in: 66 of ``mask_000066.png``. Raises MediaError when there is none."""
    number = re.search(r"([0-9]+)$", path.stem)
    if number is None:
        raise MediaError(f"{path}: its name ends in no number; name each picture by its frame's number (000066.png)")
    return int(number[1])
