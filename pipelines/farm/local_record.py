"""``jobs/local-<nonce>.json``: a stage process of the local executor, for drivers that come later."""

import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from pydantic import TypeAdapter

from r2s2r.artifacts.atomic import write_atomically
from r2s2r.artifacts.fingerprint import canonical_json
from r2s2r.artifacts.lease import Holder, Witness
from r2s2r.artifacts.store import Store


@dataclass(frozen=True)
class Record:
    """What is known of a stage process.

    Attributes:
        process: The first of its group.
        driver: Who minds it; None when that one has let it go.
        gpus: That it has, or waits for.
        key: Of the request it is at; empty where there is none.
        minutes: It may take for that.
        began: When it was given that request, in seconds since this machine was started.
    """

    process: Holder
    driver: Holder | None
    gpus: tuple[str, ...]
    key: str
    minutes: float
    began: float

    @property
    def is_minded(self) -> bool:
        """Whether its driver lives."""
        return self.driver is not None and not Witness().is_dead(self.driver)

    def write(self, path: Path) -> None:
        """Write it; on a full disk a later driver will not find the process."""
        with suppress(OSError):
            write_atomically(path, canonical_json(asdict(self)))


_RECORD = TypeAdapter(Record)


def new_record(store: Store, nonce: str) -> Path:
    """Return where a record is to be written."""
    return store.root / "jobs" / f"local-{nonce}.json"


def printed(record: Path) -> Path:
    """Return the file beside a record that has what its process printed while it was at no request."""
    return record.with_suffix(".out")


def records(store: Store) -> Iterator[tuple[Path, Record]]:
    """Yield all that can be read, of whatever machine.

    Only this user's own: who is named in one is signalled, and others might name any process. The first processes of a
    machine, or of a container, lead no group that was started from here.
    """
    for path in sorted((store.root / "jobs").glob("local-*.json")):
        with suppress(OSError, ValueError):
            if path.lstat().st_uid == os.getuid():
                record = _RECORD.validate_json(path.read_bytes())
                if record.process.pid > 1:
                    yield path, record
