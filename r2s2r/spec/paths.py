"""Where a file named in a scene lies. Scenes come from other people too, so what they may reach is bounded."""

import os
from pathlib import Path
from typing import Literal

from r2s2r.errors import InputError
from r2s2r.spec.reading.suggest import nearest_file


def find_file(written: str, *, folder: Path, roots: tuple[Path, ...], kind: Literal["file", "either"] = "file") -> Path:
    """Return the absolute path, symlinks resolved, of a file (or ``either``: a folder too) as written in a YAML file.

    Args:
        written: The path as written: relative to ``folder``, or absolute.
        folder: Folder of the YAML file.
        roots: Folders, symlinks resolved, that it has to lie in.
        kind: What it may be.

    Raises:
        InputError: It lies elsewhere, does not exist, is no regular file, may not be read, or is empty.
    """
    try:
        path = (folder / written).resolve()
        if not any(path.is_relative_to(root) for root in roots):
            raise InputError(
                f"{written} leaves the scene's folder, to {path.parent}; put it there, "
                f"or add that folder to media_roots in r2s2r.yaml"
            )
        if kind == "file" or not path.is_dir():
            _check_usable(path, written, folder)
    except (OSError, ValueError, RuntimeError) as error:
        raise InputError(f"{written!r} cannot be used as a path: {error}") from error
    return path


def _check_usable(path: Path, written: str, folder: Path) -> None:
    if not path.exists():
        near = nearest_file(folder / written)
        shown = near.relative_to(folder) if near and near.is_relative_to(folder) else near
        raise InputError(f"file not found: {written}{f'; nearest: {shown}' if shown else ''}")
    if path.is_dir():
        raise InputError(f"{written} is a folder; name a file")
    if not path.is_file():
        raise InputError(f"{written} is not a regular file")
    if not os.access(path, os.R_OK):
        raise InputError(f"{written} may not be read by this user: check its permissions")
    if path.stat().st_size == 0:
        raise InputError(f"{written} is empty (0 bytes): was it copied or fetched completely?")
