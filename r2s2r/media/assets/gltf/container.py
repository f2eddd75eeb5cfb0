"""Opening a glTF file: its JSON, and where its bytes lie."""

import base64
import binascii
import struct
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ValidationError

from r2s2r.errors import MediaError
from r2s2r.media.assets.gltf.document import Document

_MAX_JSON_BYTES = 2**26
# Required extensions that change how a surface shines, not its shape or its base colour; and those that are read.
_READ = ("KHR_materials_", "KHR_lights_", "KHR_texture_transform", "EXT_texture_webp", "KHR_mesh_quantization")


class _Version(BaseModel):
    version: str | float


class _Versioned(BaseModel):
    asset: _Version


@dataclass(frozen=True, eq=False)
class Container:
    """An opened file: its document, and the ways to bytes.

    Attributes:
        path: Where it lies.
        document: Its JSON.
        binary: What follows the JSON in a GLB, not in memory; empty in a ``.gltf``.
        files: Name -> path of each file that it refers to.
    """

    path: Path
    document: Document
    binary: NDArray[np.uint8]
    files: Mapping[str, Path] = field(default_factory=dict)

    def at(self, uri: str) -> NDArray[np.uint8]:
        """Return what a URI stands for: the bytes it holds itself, or those of a listed file, not in memory."""
        if uri.startswith("data:"):
            try:
                return np.frombuffer(base64.b64decode(uri.partition(",")[2]), np.uint8)
            except binascii.Error as error:
                raise MediaError(f"{self.path}: the file is damaged (a data URI); export it again") from error
        name = path_of(uri)
        if name not in self.files:
            raise MediaError(f"{self.path}: needs another file, {name!r}; export it with everything embedded (.glb)")
        return mapped(self.files[name])


def opened(path: Path, files: Mapping[str, Path]) -> Container:
    """Open a ``.glb`` or ``.gltf`` file, told by its content. Raises MediaError for what is neither, or damaged."""
    data = mapped(path)
    if data[:4].tobytes() != b"glTF" and path.suffix.lower() != ".gltf":
        raise MediaError(f"{path}: not a GLB file (binary glTF 2); export binary glTF (.glb)")
    text, binary = _chunks(path, data) if data[:4].tobytes() == b"glTF" else (data, data[:0])
    if len(text) > _MAX_JSON_BYTES:
        raise MediaError(f"{path}: its JSON has {len(text):,} bytes; export binary glTF (.glb)")
    try:
        _check_version(path, text.tobytes())
        document = Document.model_validate_json(text.tobytes().removeprefix(b"\xef\xbb\xbf"))
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(step) for step in first["loc"])
        if not where and first["type"] == "json_invalid":
            raise MediaError(f"{path}: not a {_kind(path)} file, or a truncated one; export it again") from error
        raise MediaError(f"{path}: the file is damaged ({where}: {first['msg']}); export it again") from error
    _check_extensions(path, document)
    return Container(path, document, binary, files)


def names(document: Document) -> tuple[str, ...]:
    """Return the names of other files that a document refers to, each once, in its order."""
    written = [part.uri or "data:" for part in document.buffers] + [part.uri or "data:" for part in document.images]
    return tuple(dict.fromkeys(path_of(uri) for uri in written if not uri.startswith("data:")))


def buffer_names(document: Document) -> tuple[str, ...]:
    """Return the names of those of them that are no pictures."""
    written = [part.uri or "data:" for part in document.buffers]
    return tuple(dict.fromkeys(path_of(uri) for uri in written if not uri.startswith("data:")))


def path_of(uri: str) -> str:
    """Return the relative path that a URI means."""
    return unquote(uri)


def mapped(path: Path) -> NDArray[np.uint8]:
    """Return a file's bytes, not in memory. Raises MediaError when it cannot be read."""
    try:
        if path.stat().st_size == 0:
            return np.empty(0, np.uint8)
        return np.memmap(path, np.uint8, "r")
    except OSError as error:
        raise MediaError(f"{path}: cannot be read ({error.strerror})") from error


def _chunks(path: Path, data: NDArray[np.uint8]) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Return the JSON and the binary chunk of a GLB (specification, section 4.4)."""
    broken = MediaError(f"{path}: not a GLB file, or a truncated one; export binary glTF (.glb)")
    if len(data) < 20:
        raise broken
    version, total, length, kind = struct.unpack("<III4s", data[4:20].tobytes())
    if kind != b"JSON" or length > len(data) - 20:
        raise broken
    if version != 2:
        raise MediaError(f"{path}: not a GLB file of version 2 but {version}; export binary glTF 2 (.glb)")
    if total > len(data):
        raise MediaError(f"{path}: the file is damaged ({len(data):,} of its {total:,} bytes are there); copy it again")
    text, rest = data[20 : 20 + length], data[20 + length :]
    if len(rest) < 8:
        return text, data[:0]
    size, kind = struct.unpack("<I4s", rest[:8].tobytes())
    return text, (rest[8 : 8 + size] if kind == b"BIN\0" else data[:0])


def _kind(path: Path) -> str:
    return "glTF" if path.suffix.lower() == ".gltf" else "GLB"


def _check_version(path: Path, text: bytes) -> None:
    """Refuse glTF 1 by name: its parts are of other types, and would look damaged.

    Raises ValidationError for what is no JSON.
    """
    version = _Versioned.model_validate_json(text.removeprefix(b"\xef\xbb\xbf")).asset.version
    if not str(version).startswith("2"):
        raise MediaError(f"{path}: is glTF {version}; export glTF 2")


def _check_extensions(path: Path, document: Document) -> None:
    required = [name for name in document.extensions_required if not name.startswith(_READ)]
    if required:
        raise MediaError(f"{path}: needs {', '.join(required)}, which r2s2r does not read; export it without")
