"""Copied: a file of another program, with what it refers to, beside the scene that is to use it."""

import filecmp
import shutil
import tempfile
from pathlib import Path

from r2s2r.errors import InputError, StoreError
from r2s2r.media.animations.files import files_beside


def copied(file: Path, folder: Path, *, force: bool) -> Path:
    """Copy a file, and the layers or buffers that it refers to, into ``folder``; return where it lies now.

    Raises:
        InputError: Something else is there already, or a link leads out of ``folder``.
        StoreError: The folder cannot be written.
    """
    target = folder / file.name
    # The file itself comes last: it is there only when all that it refers to is.
    copies = {**{folder / name: path for name, path in files_beside(file).items()}, target: file.resolve()}
    try:
        for copy, original in copies.items():
            if not copy.parent.resolve().is_relative_to(folder.resolve()):
                raise InputError(f"{copy.parent}: is a link out of {folder}; name another folder with --to")
            if not force and _is_other(copy, original):
                raise InputError(
                    f"{copy}: is there already, with other content; name another folder with --to, or add --force to "
                    "replace it"
                )
        for copy, original in copies.items():
            if copy.resolve() != original:
                _copy(original, copy)
    except OSError as error:
        raise StoreError(f"{folder}: cannot be written ({error.strerror}); make room or name another folder") from error
    return target


def _is_other(copy: Path, original: Path) -> bool:
    """Tell whether something else than ``original`` is at ``copy``."""
    if not copy.is_file():
        return copy.exists() or copy.is_symlink()
    return not filecmp.cmp(copy, original, shallow=False)


def _copy(original: Path, copy: Path) -> None:
    """Copy a file whole or not at all; a link that stands there is replaced, and not followed."""
    copy.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=copy.parent, prefix=".r2s2r-import-") as unfinished:
        shutil.copyfile(original, Path(unfinished) / copy.name)
        (Path(unfinished) / copy.name).replace(copy)
