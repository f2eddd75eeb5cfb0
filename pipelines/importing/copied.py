"""Copied: a file of another program, with what it refers to, beside the scene that is to use it."""

import shutil
from pathlib import Path

from r2s2r.errors import InputError, StoreError
from r2s2r.media.animations.files import files_beside


def copied(file: Path, folder: Path, *, force: bool) -> Path:
    """Copy a file, and the layers or buffers that it refers to, into ``folder``; return where it lies now.

    What refers to others gets a folder of its own, called after it.

    Raises:
        InputError: Something else is there already.
        StoreError: The folder cannot be written.
    """
    beside = files_beside(file)
    target = folder / file.stem / file.name if beside else folder / file.name
    copies = {target: file.resolve(), **{target.parent / name: path for name, path in beside.items()}}
    try:
        for copy, original in copies.items():
            if not force and copy.exists() and copy.read_bytes() != original.read_bytes():
                raise InputError(f"{copy}: is there already, with other content; add --force to replace it")
        for copy, original in copies.items():
            copy.parent.mkdir(parents=True, exist_ok=True)
            if copy.resolve() != original:
                shutil.copyfile(original, copy)
    except OSError as error:
        raise StoreError(f"{folder}: cannot be written ({error.strerror}); make room or name another folder") from error
    return target
