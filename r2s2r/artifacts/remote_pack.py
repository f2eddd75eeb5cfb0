"""Pack: an object as one tar archive, its manifest first, and back; what arrives is believed only as far as it hashes.

tarfile reads the archive as a stream, but extracts nothing: files are written here, only those that the manifest names,
with the sizes and digests it states. So there are no links, no devices, no modes, no paths outside.
"""

import errno
import hashlib
import json
import tarfile
from pathlib import Path, PurePosixPath
from typing import IO, cast

from r2s2r.artifacts.manifest import MANIFEST, Manifest, read_manifest
from r2s2r.artifacts.remote import BytesIn, BytesOut, CorruptError
from r2s2r.errors import StoreError

_CHUNK = 1 << 20
_MANIFEST_BYTES = 64 << 20
_HEADERS = 4 << 20  # more than this between two files is no header of ours
# What names that cannot be files of one folder lead to: they are the archive's fault, not the disk's.
_OF_NAMES = (errno.EEXIST, errno.ENOTDIR, errno.EISDIR, errno.ENAMETOOLONG, errno.EINVAL)


def pack(folder: Path, out: BytesOut) -> None:
    """Write an object as an archive. Raises StoreError when it is damaged: that must not spread."""
    try:
        manifest = read_manifest(folder)
    except (OSError, ValueError) as error:
        raise StoreError(f"{folder}: its manifest cannot be read; `r2s2r verify` removes it") from error
    damage = manifest.damage(folder)
    if damage or manifest.digest != folder.name:
        raise StoreError(f"{folder}: {'; '.join(damage) or 'its manifest has changed'}; `r2s2r verify` removes it")
    file_like = cast("IO[bytes]", out)  # of a stream, tarfile only writes
    with tarfile.open(fileobj=file_like, mode="w|", format=tarfile.PAX_FORMAT, bufsize=_CHUNK) as tar:
        for name in (MANIFEST, *sorted(manifest.files)):
            member = tarfile.TarInfo(name)
            member.size = (folder / name).stat().st_size
            with (folder / name).open("rb") as file:
                tar.addfile(member, file)


def unpack(arriving: BytesIn, digest: str, out: Path) -> Manifest:
    """Write an archive's files into an empty folder; return its manifest, all of which was found to be true.

    Raises:
        CorruptError: It is not the object of this digest.
        RemoteError: It did not arrive.
        OSError: It cannot be written here.
    """
    metered = _Metered(arriving)
    try:
        with tarfile.open(fileobj=cast("IO[bytes]", metered), mode="r|", bufsize=_CHUNK) as tar:  # it only reads
            manifest = _manifest(tar, metered, digest)
            for name, (sha256, size) in sorted(manifest.files.items()):
                _write_file(out / name, _member(tar, metered, name, size), sha256, size)
            if tar.next() is not None:
                raise CorruptError("it has more files than its manifest")
    except (tarfile.TarError, ValueError, KeyError, TypeError, EOFError, RecursionError) as error:
        raise CorruptError(f"it is no archive of an object ({error})") from error
    return manifest


def _manifest(tar: tarfile.TarFile, metered: "_Metered", digest: str) -> Manifest:
    metered.allowed += _MANIFEST_BYTES
    text = _member(tar, metered, MANIFEST, None).read()
    stored = json.loads(text)
    manifest = Manifest({str(name): (str(sha), int(size)) for name, (sha, size) in stored["files"].items()})
    if manifest.digest != digest:
        raise CorruptError("its manifest is not the one that it is named for")
    for name, (_, size) in manifest.files.items():
        path = PurePosixPath(name)
        if path.is_absolute() or ".." in path.parts or path.as_posix() != name or name == MANIFEST or size < 0:
            raise CorruptError(f"its manifest has a file that cannot be: {name!r}")
    return manifest


def _member(tar: tarfile.TarFile, metered: "_Metered", name: str, size: int | None) -> IO[bytes]:
    """Return the next file, which must be this one."""
    metered.allowed += _HEADERS
    member = tar.next()
    if member is None:
        raise CorruptError(f"it ends before {name}")
    if not member.isreg() or member.name != name or member.size != (member.size if size is None else size):
        raise CorruptError(f"it has {member.name!r} where {name} should be")
    if size is None and member.size > _MANIFEST_BYTES:
        raise CorruptError("its manifest is too large")
    metered.allowed += member.size
    file = tar.extractfile(member)
    assert file is not None, "regular files have contents"
    return file


def _write_file(path: Path, file: IO[bytes], sha256: str, size: int) -> None:
    sha, left = hashlib.sha256(), size
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("xb") as out:
            while chunk := file.read(min(_CHUNK, left)):
                sha.update(chunk)
                out.write(chunk)
                left -= len(chunk)
    except OSError as error:
        if error.errno in _OF_NAMES:
            raise CorruptError(f"{path.name} cannot be a file beside the others") from error
        raise
    if left or sha.hexdigest() != sha256:
        raise CorruptError(f"{path.name} is cut off" if left else f"{path.name} has changed")


class _Metered:
    """Hands on no more than what is expected next: a header that claims to be huge is not read into memory."""

    def __init__(self, arriving: BytesIn) -> None:
        self._arriving, self._count, self.allowed = arriving, 0, _HEADERS

    def read(self, size: int, /) -> bytes:
        if self._count > self.allowed:
            raise CorruptError("it is larger than its manifest says")
        data = self._arriving.read(size)
        self._count += len(data)
        return data
