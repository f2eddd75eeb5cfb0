"""Reading any mesh file: its format told by its content, else by its name."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Literal, assert_never

import numpy as np

from r2s2r.errors import MediaError
from r2s2r.media.assets.asset import Asset

Format = Literal["gltf", "obj", "ply", "usd"]

_STARTS: tuple[tuple[bytes, Format], ...] = (
    (b"glTF", "gltf"), (b"ply\n", "ply"), (b"ply\r", "ply"), (b"PXR-USDC", "usd"), (b"#usda", "usd"),
)  # fmt: skip
_SUFFIXES: Mapping[str, Format] = {
    ".glb": "gltf", ".gltf": "gltf", ".obj": "obj", ".ply": "ply",
    ".usd": "usd", ".usda": "usd", ".usdc": "usd", ".usdz": "usd",
}  # fmt: skip


def read_asset(path: Path, files: Mapping[str, Path]) -> Asset:
    """Read a mesh file; ``files`` are those that it refers to, by the names it calls them: nothing else is read.

    Raises:
        MediaError: It is of no kind that is read, damaged, too large, or holds no faces.
    """
    with np.errstate(all="ignore"):  # numbers without sense become NaN, which is looked for
        match format_of(path):
            case "gltf":
                from r2s2r.media.assets.gltf.read import read_gltf

                return read_gltf(path, files)
            case "obj":
                from r2s2r.media.assets.obj import read_obj

                return read_obj(path, files)
            case "ply":
                from r2s2r.media.assets.ply import read_ply

                return read_ply(path, files)
            case "usd":
                from r2s2r.media.assets.usd.read import read_usd

                return read_usd(path, files)


def referred_files(path: Path, find: Callable[[str], Path]) -> None:
    """Call ``find`` with the name of each file that a mesh file needs, relative to its folder, before it is opened.

    ``find`` returns where that file lies, or raises.

    Raises:
        MediaError: The file is of no kind that is read, or damaged so that this cannot be told.
    """
    match format_of(path):
        case "gltf":
            from r2s2r.media.assets.gltf.container import names, opened

            for name in names(opened(path, {}).document):
                find(name)
        case "obj":
            from r2s2r.media.assets.obj import obj_references

            obj_references(path, find)
        case "ply":
            from r2s2r.media.assets.ply import ply_references

            ply_references(path, find)
        case "usd":
            from r2s2r.media.assets.usd.references import usd_references

            usd_references(path, find)
        case other:
            assert_never(other)


def format_of(path: Path) -> Format:
    """Return a mesh file's format. Raises MediaError when it cannot be read, or is of another kind."""
    try:
        with path.open("rb") as file:
            start = file.read(8)
    except OSError as error:
        raise MediaError(f"{path}: cannot be read ({error.strerror})") from error
    for magic, kind in _STARTS:
        if start.startswith(magic):
            return kind
    if path.suffix.lower() in _SUFFIXES:
        return _SUFFIXES[path.suffix.lower()]
    raise MediaError(f"{path}: {path.suffix or 'a file without suffix'} is not read; export GLB, glTF, OBJ, PLY or USD")
