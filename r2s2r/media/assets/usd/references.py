"""What USD layers refer to: other layers and pictures."""

import posixpath
import zipfile
from collections.abc import Callable
from pathlib import Path

from r2s2r.errors import MediaError
from r2s2r.media.assets.usd.child import external

LAYERS = (".usd", ".usda", ".usdc", ".usdz")
_PICTURES = (".png", ".jpg", ".jpeg", ".webp", ".tga", ".bmp", ".gif", ".tif", ".tiff", ".exr", ".hdr", ".tx")


def usd_references(path: Path, find: Callable[[str], Path]) -> None:
    """Call ``find`` with the name of each layer and picture that a USD file needs, or that those need.

    Names are relative to the file; nothing is opened before it is found. Raises MediaError for what is no layer.
    """
    waiting, seen = {path: ""}, {""}
    while waiting:
        named = external(list(waiting))
        following: dict[Path, str] = {}
        for layer, names in named.items():
            folder = posixpath.dirname(waiting[layer])
            for written in names:
                name = posixpath.normpath(posixpath.join(folder, written)) if "://" not in written else written
                if name not in seen:
                    seen.add(name)
                    found = find(name)
                    if name.lower().endswith(LAYERS):
                        following[found] = name
        waiting = following


def references_of(path: Path) -> list[str]:
    """Return the layers and pictures that one layer or package refers to, as written; of a package those outside of it.

    To be called in a process of its own. Raises MediaError for a package that is none.
    """
    if zipfile.is_zipfile(path):
        return _outside_of_package(path)
    return _read(str(path))


def picture_name(written: str) -> str:
    """Return the file that stands for a texture of many tiles (UDIM): the first."""
    return written.replace("<UDIM>", "1001")


def _read(layer: str) -> list[str]:
    from pxr import UsdUtils

    sublayers, references, payloads = UsdUtils.ExtractExternalReferences(layer)
    pictures = [name for name in references if name.lower().endswith(_PICTURES)]
    # Shaders of other renderers and the like stay unread.
    others = [name for name in references if name.lower().endswith(LAYERS)]
    return [picture_name(name.replace("\\", "/")) for name in (*sublayers, *others, *payloads, *pictures)]


def _outside_of_package(path: Path) -> list[str]:
    with zipfile.ZipFile(path) as package:
        names = package.namelist()
        if any(info.compress_type != zipfile.ZIP_STORED for info in package.infolist()):
            raise MediaError(f"{path}: its files are compressed, which USD packages may not be; export it again")
    outside = []
    for layer in names:
        if layer.lower().endswith(LAYERS):
            folder = posixpath.dirname(layer)
            written = _read(f"{path}[{layer}]")
            outside += [name for name in written if posixpath.normpath(posixpath.join(folder, name)) not in names]
    return outside
