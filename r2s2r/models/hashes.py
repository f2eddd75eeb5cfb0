"""SHA-256 of weights, against what the hub said they are. Imports no torch."""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from r2s2r.artifacts.fingerprint import files_below
from r2s2r.artifacts.progress import Progress

_CHUNK = 1 << 22
_SHA256 = re.compile(r"[0-9a-f]{64}")
# `hf download --local-dir` notes of each file: commit, etag (of large ones the SHA-256), time.
_NOTES = Path(".cache", "huggingface", "download")


@dataclass(frozen=True)
class Hashed:
    """A file's hash.

    Attributes:
        file: The file.
        sha256: Of its bytes, in hex.
        published: What the hub says it must be; None where that is not noted.
    """

    file: Path
    sha256: str
    published: str | None

    @property
    def is_damaged(self) -> bool:
        """Whether the bytes are not those that were published."""
        return self.published is not None and self.published != self.sha256


def weight_files(folder: Path) -> list[Path]:
    """Return all safetensors files below a folder."""
    return [path for path in files_below(folder) if path.suffix == ".safetensors" and path.is_file()]


def hashed(files: list[Path], progress: Progress) -> Iterator[Hashed]:
    """Read files and yield their hashes; progress counts bytes."""
    total, done = sum(file.stat().st_size for file in files), 0
    for file in files:
        digest = hashlib.sha256()
        with file.open("rb") as stream:
            while chunk := stream.read(_CHUNK):
                digest.update(chunk)
                done += len(chunk)
                progress(done, total)
        yield Hashed(file, digest.hexdigest(), _published(file))


def _published(file: Path) -> str | None:
    """Return the SHA-256 the hub gave: the name of the file in its cache, or in the note beside a downloaded folder."""
    blob = file.resolve().name
    if file.is_symlink() and _SHA256.fullmatch(blob):
        return blob
    for folder in file.parents:
        note = folder / _NOTES / f"{file.relative_to(folder)}.metadata"
        if note.is_file():
            _, etag, *_ = (*note.read_text(encoding="utf-8").splitlines(), "", "")
            return etag if _SHA256.fullmatch(etag) else None
    return None
