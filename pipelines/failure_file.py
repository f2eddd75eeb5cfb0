"""``failures/<key>.json``: why the last try of a request failed, told by whoever tried to whoever asked."""

import json
import os
import socket
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from pipelines.failure import explanation
from r2s2r.artifacts.atomic import read_shared, write_atomically
from r2s2r.artifacts.store import Store

# What is relied on: environments of the farm may have another version, which says something else.
_SAID = {"message": str, "kind": str, "exit_code": int, "is_expected": bool, "is_of_scene": bool, "field": str,
         "details": str}  # fmt: skip


@dataclass(frozen=True)
class LastFailure:
    """Why a try failed.

    Attributes:
        explanation: As ``failure.explanation`` gives it.
        machine: Where.
    """

    explanation: dict[str, Any]
    machine: str


def machine() -> str:
    """Return this machine's name: on a cluster, the node's, as the cluster calls it."""
    return os.environ.get("SLURMD_NODENAME") or socket.gethostname()


def tell(store: Store, key: str, error: BaseException) -> None:
    """Write down why a try failed; a store that cannot be written is told nothing."""
    told = {"explanation": explanation(error), "machine": machine()}
    with suppress(OSError):
        # In ASCII, which also holds names of files that are not UTF-8.
        write_atomically(store.root / "failures" / f"{key}.json", json.dumps(told).encode("ascii"))


def told(store: Store, key: str) -> LastFailure | None:
    """Return why the last try failed; None where nobody said."""
    try:
        read = json.loads(read_shared(store.root / "failures" / f"{key}.json"))
        said = LastFailure(dict(read["explanation"]), str(read["machine"]))
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None
    return said if all(isinstance(said.explanation.get(name), kind) for name, kind in _SAID.items()) else None


def forget(store: Store, key: str) -> None:
    """Remove what an earlier try said."""
    with suppress(OSError):
        (store.root / "failures" / f"{key}.json").unlink(missing_ok=True)
