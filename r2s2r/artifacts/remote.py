"""The bucket behind a store, through fsspec: its objects are there whole or not at all, its errors say what to do.

Nothing but names, sizes and bytes comes out of here. What the server answers is not repeated: it may hold keys.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import IO, Any, Protocol
from urllib.parse import urlsplit

from r2s2r.errors import MissingError, StoreError
from r2s2r.spec.remote import RemoteSpec

INSTALL = "pip install 'r2s2r[remote]'"
_BLOCK = 8 << 20  # of a part that is sent, or a range that is asked for: what is held of an object at once
# A request is tried twice by botocore, which knows what busy servers say, and that twice by s3fs, which also
# sees an answer that breaks off. A server that cannot be connected to is given up after four times this.
_ATTEMPTS = 2
_CONNECT_S = 3.0


class RemoteError(StoreError):
    """The bucket cannot be used now; what is here can."""


class AbsentError(RemoteError):
    """There is no such object in the bucket."""


class CorruptError(RemoteError):
    """What arrived is not what its name promises."""


class BytesIn(Protocol):
    """What can be read."""

    def read(self, size: int, /) -> bytes:
        """Return up to ``size`` bytes; none at the end."""


class BytesOut(Protocol):
    """What can be written."""

    def write(self, data: bytes, /) -> int:
        """Write all of it."""


class Bucket:
    """The part of a bucket that is below the project's URL. Safe to use from several threads.

    Raises:
        MissingError: What talks to it is not installed.
    """

    def __init__(self, spec: RemoteSpec) -> None:
        if importlib.util.find_spec("s3fs") is None:
            raise MissingError(f"{spec.url}: `remote` in r2s2r.yaml needs packages that are not here: {INSTALL}")
        self.url = spec.url.rstrip("/")
        self._spec, self._root = spec, self.url.removeprefix("s3://")
        self._files: Any = None

    def names(self, folder: str, *, prefix: str = "") -> list[str]:
        """Return the names in a folder that begin so, in pages of a thousand. Raises RemoteError."""
        with self._explained():
            found = self._opened().find(f"{self._root}/{folder}", prefix=prefix, refresh=True)
        return [str(path).rpartition("/")[2] for path in found]

    def has(self, name: str) -> bool:
        """Whether there is such an object. Raises RemoteError."""
        with self._explained():
            return bool(self._opened().exists(f"{self._root}/{name}"))

    @contextmanager
    def reading(self, name: str) -> Iterator[BytesIn]:
        """Open an object, of which a block at a time is held in memory. Raises RemoteError, AbsentError."""
        with self._explained():
            file = self._opened().open(f"{self._root}/{name}", "rb", block_size=_BLOCK, cache_type="readahead")
        with file:
            yield _Explained(file, self)

    @contextmanager
    def writing(self, name: str) -> Iterator[BytesOut]:
        """Write an object: it is there when the block is left, and not at all when an error leaves it."""
        with self._explained():
            file = self._opened().open(f"{self._root}/{name}", "wb", block_size=_BLOCK)
        try:
            yield _Explained(file, self)
            with self._explained():
                file.close()
        except BaseException:
            file.closed = True  # else what there is would be sent at the end of the file's life
            with suppress(Exception):  # the error that led here is the one to tell; a lifecycle rule does the rest
                file.discard()
            raise

    def remove(self, name: str) -> None:
        """Remove an object, if there is one. Raises RemoteError."""
        with self._explained():
            self._opened().rm_file(f"{self._root}/{name}")

    def _opened(self) -> Any:  # noqa: ANN401 - s3fs has no types
        if self._files is None:
            import fsspec

            self._files = fsspec.filesystem(
                "s3",
                endpoint_url=self._spec.endpoint_url,
                profile=self._spec.profile,
                config_kwargs={
                    "connect_timeout": min(self._spec.timeout_s, _CONNECT_S),
                    "read_timeout": self._spec.timeout_s,
                    "retries": {"total_max_attempts": _ATTEMPTS, "mode": "standard"},
                    "max_pool_connections": 32,
                },
                use_listings_cache=False,
            )
            self._files.retries = _ATTEMPTS
        return self._files

    @contextmanager
    def _explained(self) -> Iterator[None]:
        import aiohttp
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            yield
        except (OSError, EOFError, BotoCoreError, ClientError, aiohttp.ClientError) as error:
            raise self._in_words(error) from None  # the chain quotes addresses and headers

    def _in_words(self, error: Exception) -> RemoteError:
        response = getattr(error.__cause__, "response", None) or getattr(error, "response", None)
        code = str(response["Error"].get("Code", "")) if isinstance(response, dict) and "Error" in response else ""
        if type(error).__name__ == "FlexibleChecksumError":
            return CorruptError("its checksum is wrong")
        if isinstance(error, FileNotFoundError) and code != "NoSuchBucket":
            return AbsentError(f"{self.url}: the object is not there")
        return RemoteError(f"{self.url}: {self._reason(error, code)}")

    def _reason(self, error: Exception, code: str) -> str:
        kind = type(error).__name__
        if code == "NoSuchBucket":
            return "there is no such bucket; make it, or correct `remote.url` in r2s2r.yaml"
        if kind in ("NoCredentialsError", "PartialCredentialsError", "ProfileNotFound", "CredentialRetrievalError"):
            return "no credentials; set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or `remote.profile` in r2s2r.yaml"
        if isinstance(error, PermissionError):
            said = f" ({code})" if code else ""
            return f"the server refuses these credentials{said}; they must be valid, and may list, read, write, delete"
        server = urlsplit(self._spec.endpoint_url or "").hostname or "the server"
        return f"{server} cannot be reached, or does not answer as it should ({code or kind})"


class _Explained:
    """A file of the bucket whose errors are in our words; those of whoever uses it are not touched."""

    def __init__(self, file: IO[bytes], bucket: Bucket) -> None:
        self._file, self._bucket = file, bucket

    def read(self, size: int, /) -> bytes:
        with self._bucket._explained():
            return self._file.read(size)

    def write(self, data: bytes, /) -> int:
        with self._bucket._explained():
            return self._file.write(data)
