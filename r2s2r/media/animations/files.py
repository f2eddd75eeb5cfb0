"""Which files an animation's file is made of: the layers of a USD stage, the buffers of a glTF file; no pictures."""

from collections.abc import Callable
from pathlib import Path
from typing import Literal

from r2s2r.errors import MediaError
from r2s2r.media.assets.read import format_of
from r2s2r.media.assets.referred import files_with

_CAMERAS = (".chan", ".json", ".txt", ".bin")
_SUFFIXES = ".usd, .usda, .usdc, .usdz, .gltf or .glb"


def animation_format(path: Path) -> Literal["gltf", "usd"]:
    """Return which kind of file it is. Raises MediaError for one that holds no animation, or cannot be read."""
    if path.suffix.lower() in _CAMERAS:
        raise MediaError(
            f"{path}: holds a camera and no animation; a shot takes it by `camera: [{{type: file, file: ...}}]`"
        )
    found = format_of(path)
    if found not in ("gltf", "usd"):
        raise MediaError(f"{path}: holds no animation; export USD or glTF ({_SUFFIXES})")
    return "gltf" if found == "gltf" else "usd"


def animation_files(path: Path, find: Callable[[str], Path]) -> None:
    """Call ``find`` with the name of each layer or buffer that a file needs, relative to its folder.

    ``find`` returns where that file lies, or raises; nothing is opened before.

    Raises:
        MediaError: The file is of no kind that is read, or damaged so that this cannot be told.
    """
    if animation_format(path) == "gltf":
        from r2s2r.media.assets.gltf.container import buffer_names, opened

        for name in buffer_names(opened(path, {}).document):
            find(name)
    else:
        from r2s2r.media.assets.usd.references import LAYERS, usd_references

        usd_references(path, lambda name: find(name) if name.lower().endswith(LAYERS) else path)


def files_beside(path: Path) -> dict[str, Path]:
    """Return name -> path of what a file needs, all in its own folder or below. Remembered while they stay as they are.

    Raises MediaError for what lies elsewhere, or is not there.
    """
    return files_with(path.resolve(), (path.resolve().parent,), animation_files)
