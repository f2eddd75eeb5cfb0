"""Digests: of values by their canonical JSON, of files by their bytes."""

import hashlib
import json
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from r2s2r.artifacts.atomic import write_atomically
from r2s2r.errors import InputError

_CHUNK = 1 << 20
# Workers read pickles, in their own environments; here they are only hashed.
_OF_WORKERS = frozenset({".ckpt", ".pt", ".pth"})
# What makes a model: not its README, nor the pictures beside it.
_OF_WEIGHTS = frozenset({".safetensors", ".json", ".model", ".txt", ".yaml", *_OF_WORKERS})
# The hub's cache names large files by their SHA-256, so that tens of gigabytes need not be read again.
_BLOB = re.compile(r"/blobs/[0-9a-f]{64}$")


def canonical_json(value: Any) -> bytes:  # noqa: ANN401 - any JSON value
    """Return the one JSON text of a value: sorted keys, no spaces; refuses NaN."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return text.encode()


def digest_value(value: Any) -> str:  # noqa: ANN401 - any JSON value
    """Return the SHA-256 of a value's canonical JSON, in hex."""
    return hashlib.sha256(canonical_json(value)).hexdigest()


def digest_file(path: Path) -> str:
    """Return the SHA-256 of a file's bytes, in hex."""
    sha = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            sha.update(chunk)
    return sha.hexdigest()


def files_below(folder: Path, _around: frozenset[Path] = frozenset()) -> Iterator[Path]:
    """Yield the files in a folder and in all below, also in linked ones: parts of a model may lie elsewhere."""
    around = _around | {folder.resolve()}
    for path in sorted(folder.iterdir()):
        if not path.is_dir():
            yield path
        elif path.resolve() not in around:  # a link to a folder that it lies in has nothing new
            yield from files_below(path, around)


@dataclass(frozen=True)
class FileDigests:
    """Digests of outside files, remembered by (path, size, times, inode) so that clips are not read for every plan.

    ``folder`` may be missing, full or read-only; then nothing is remembered.
    """

    folder: Path

    def digest(self, path: Path) -> str:
        """Return the SHA-256 of an outside file, or of all the weights and settings in a folder.

        Raises InputError when it cannot be read.
        """
        try:
            return self._digest_folder(path) if path.is_dir() else self._digest(path)
        except OSError as error:
            raise InputError(
                f"{path}: cannot be read ({error.strerror}); check that it is there, and may be"
            ) from error

    def _digest_folder(self, folder: Path) -> str:
        files = [path for path in files_below(folder) if path.suffix in _OF_WEIGHTS and path.is_file()]
        return digest_value({path.relative_to(folder).as_posix(): self._digest(path) for path in files})

    def _digest(self, path: Path) -> str:
        if _BLOB.search(str(path.resolve())):
            return path.resolve().name
        status = path.stat()
        # Unlike mtime, ctime cannot be set: `cp -p` over a file may leave all else as it was.
        facts = [str(path), status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino]
        remembered = self.folder / hashlib.sha256(str(path).encode()).hexdigest()
        try:
            known = json.loads(remembered.read_bytes())
            if known["facts"] == facts:
                return str(known["sha256"])
        except (OSError, ValueError, KeyError, TypeError):
            pass
        sha256 = digest_file(path)
        with suppress(OSError):
            write_atomically(remembered, canonical_json({"facts": facts, "sha256": sha256}))
        return sha256
