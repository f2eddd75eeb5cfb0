"""Which files go with a mesh file, found without reading any that must not be read."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import TypeAlias

from r2s2r.errors import MediaError
from r2s2r.media.assets.read import referred_files


@dataclass(frozen=True)
class _Found:
    """What a file referred to, and how it and those files looked then."""

    files: dict[str, Path]
    stamps: tuple[tuple[int, int, int], ...]


Referred: TypeAlias = Callable[[Path, Callable[[str], Path]], None]

_known: dict[tuple[Path, tuple[Path, ...], Referred], _Found] = {}


def files_with(asset: Path, roots: tuple[Path, ...], referred: Referred = referred_files) -> dict[str, Path]:
    """Return name (relative to it) -> path of each file that a mesh file refers to, directly or through others.

    Remembered as long as none of them changes.

    Args:
        asset: The mesh file.
        roots: Absolute folders, symlinks resolved, that all of them have to lie in.
        referred: Calls what it is given with the name of each; of an animation only layers and buffers count.

    Raises:
        MediaError: One of them leads elsewhere, is not there, or the mesh file is damaged.
    """
    found = _known.get((asset, roots, referred))
    if found is None or _stamps(asset, found.files.values()) != found.stamps:
        files: dict[str, Path] = {}

        def find(name: str) -> Path:
            files[name] = _inside(asset, name, roots)
            return files[name]

        referred(asset, find)
        found = _known[asset, roots, referred] = _Found(files, _stamps(asset, files.values()))
    return dict(found.files)


def _inside(asset: Path, name: str, roots: tuple[Path, ...]) -> Path:
    if "://" in name or name.startswith("data:"):
        raise MediaError(
            f"{asset}: refers to {name[:200]!r}, which is not a file here; put it beside the mesh, and refer to it by "
            "its relative path"
        )
    if PurePosixPath(name).is_absolute() or PureWindowsPath(name).drive:
        raise MediaError(
            f"{asset}: refers to {name!r} by an absolute path; put it beside the mesh, and refer to it by its relative "
            "path"
        )
    try:
        path = (asset.parent / name).resolve()
        is_file = path.is_file()
    except (OSError, ValueError, RuntimeError) as error:
        raise MediaError(f"{asset}: refers to {name[:200]!r}, which is no name of a file; export it again") from error
    if not any(path.is_relative_to(root) for root in roots):
        raise MediaError(
            f"{asset}: refers to {name!r}, which leads to {path}, outside of the folders that may be read; put it "
            "beside the mesh, or add its folder to media_roots in r2s2r.yaml"
        )
    if not is_file:
        raise MediaError(
            f"{asset}: refers to {name!r}, and {path} is not there; put it there, or embed it in the mesh (.glb)"
        )
    return path


def _stamps(asset: Path, files: Iterable[Path]) -> tuple[tuple[int, int, int], ...]:
    return tuple(_stamp(path) for path in (asset, *files))


def _stamp(path: Path) -> tuple[int, int, int]:
    try:
        status = path.stat()
    except OSError:
        return (0, 0, -1)
    return (status.st_ino, status.st_size, status.st_mtime_ns)
