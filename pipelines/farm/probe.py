"""Probe: a note in the store that an environment of the farm is to read, and its answer, which says where it was read.

tmp/.probe-<nonce>           a word, written by who asks
tmp/.probe-<nonce>.answer    the same word, written by who answers: it sees the same store, and may write
"""

import json
import shutil
import socket
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from pipelines.doctor import Check, check_machine
from r2s2r import __version__
from r2s2r.artifacts.atomic import write_atomically
from r2s2r.artifacts.store import Store

_SEEN_S = 5.0
_LOOK_S = 0.2


@dataclass(frozen=True)
class Answer:
    """What an environment says of itself.

    Attributes:
        version: Of r2s2r there.
        machine: Its name.
        python: Path of its interpreter.
        at: What its clock shows, in seconds since 1970.
        store_error: Why it could not read the note, or not answer it; empty where it could.
        temporary: Its folder for temporary files.
        temporary_free: Bytes that are free there.
        checks: What ``r2s2r doctor`` finds there, but for models.
    """

    version: str
    machine: str
    python: str
    at: float
    store_error: str
    temporary: str
    temporary_free: int
    checks: tuple[Check, ...]

    @classmethod
    def from_text(cls, text: str) -> "Answer | None":
        """Find it in what a process printed; None where it is not."""
        for line in text.splitlines():
            try:
                read: dict[str, Any] = json.loads(line)
                return cls(**{**read, "checks": tuple(Check(**check) for check in read["checks"])})
            except (ValueError, TypeError, KeyError):
                continue
        return None


class Probe:
    """A note that waits for its answer."""

    def __init__(self, path: Path) -> None:
        self.path, self._word = path, uuid.uuid4().hex.encode()
        path.write_bytes(self._word)

    def is_answered(self) -> bool:
        """Whether the answer is seen here; on a network's file system that may take some seconds."""
        until = time.monotonic() + _SEEN_S
        while True:
            with suppress(OSError):
                return _answer_to(self.path).read_bytes() == self._word
            if time.monotonic() > until:
                return False
            time.sleep(_LOOK_S)


@contextmanager
def probe(store: Store) -> Iterator[Probe]:
    """Leave a note in the store for as long as it is needed."""
    path = store.root / "tmp" / f".probe-{uuid.uuid4().hex}"
    try:
        yield Probe(path)
    finally:
        path.unlink(missing_ok=True)
        _answer_to(path).unlink(missing_ok=True)


def answer(path: Path) -> str:
    """Answer a note, where the farm works; return a line with what is to be known of this environment."""
    temporary = Path(tempfile.gettempdir())
    said = Answer(
        version=__version__,
        machine=socket.gethostname(),
        python=sys.executable,
        at=time.time(),
        store_error=_store_error(path),
        temporary=str(temporary),
        temporary_free=shutil.disk_usage(temporary).free,
        checks=tuple(check_machine([], path.parent.parent)),
    )
    return json.dumps(asdict(said))


def _store_error(path: Path) -> str:
    try:
        write_atomically(_answer_to(path), path.read_bytes())
    except OSError as error:
        return f"{error.filename}: {error.strerror}"
    return ""


def _answer_to(path: Path) -> Path:
    return path.with_name(f"{path.name}.answer")
