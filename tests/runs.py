"""Runs that never were: journals and leases as real drivers leave them, for what reads them."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from r2s2r.artifacts.fingerprint import digest_value
from r2s2r.artifacts.journal import Event, Happening, Journal, JournalRun, JournalShot, new_run_id
from r2s2r.artifacts.lease import hold
from r2s2r.artifacts.store import Store

SHARED, OWN = ("footage", "plate"), ("edit", "render", "diffuse")


def recipe(*words: str) -> str:
    """Return the recipe of a node: ``tiny footage`` of one that shots share, ``tiny/orbit edit`` of another."""
    return digest_value(list(words))


def shots(*names: str, scene: str = "tiny", state: str = "stale") -> tuple[JournalShot, ...]:
    """Return shots of one scene, whose first nodes are the same."""
    return tuple(
        JournalShot(
            scene,
            name,
            f"/films/{scene}.yaml",
            "draft",
            0,
            (
                *((node, recipe(scene, node), state, "") for node in SHARED),
                *((node, recipe(scene, name, node), state, "") for node in OWN),
            ),
        )
        for name in names
    )


def run_of(shots: tuple[JournalShot, ...], run_id: str = "", **changes: object) -> JournalRun:
    """Return a run of shots that began a minute ago."""
    facts: dict[str, object] = {
        "id": run_id or new_run_id(),
        "kind": "run",
        "machine": "host7",
        "pid": 1,
        "started": time.time() - 60,
        "executor": "local",
        "out": "/out",
        "until": None,
        "refused": (),
        "shots": shots,
    }
    return JournalRun(**{**facts, **changes})  # type: ignore[arg-type]


def note(journal: Journal, recipe: str, *happenings: Happening, **facts: object) -> None:
    """Note what happens to a node, now."""
    for what in happenings:
        journal.note(Event(time.time(), recipe, what, **facts))  # type: ignore[arg-type]


@contextmanager
def living(store: Store, run: JournalRun) -> Iterator[Journal]:
    """Be the driver of a run."""
    store.prepare()
    with hold(store.lease_folder(f"run-{run.id}")), Journal(store, run) as journal:
        yield journal


@contextmanager
def left(store: Store, run: JournalRun) -> Iterator[Journal]:
    """Be a driver that is killed at the end: then there is no lease, and its journal does not say that it ended."""
    store.prepare()
    with Journal(store, run) as journal:
        yield journal
    path = store.root / "runs" / run.id / "events.jsonl"
    *lines, _ = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(lines))


def lease_from_elsewhere(store: Store, name: str, *, beat: int = 0) -> Path:
    """Write the lease of a process of another machine; return its file."""
    folder = store.lease_folder(name)
    folder.mkdir(parents=True, exist_ok=True)
    holder = {"nonce": "n", "machine": "elsewhere", "pid": 1, "started": "1", "owns": True, "beat": beat}
    (folder / "n.json").write_text(json.dumps(holder))
    return folder / "n.json"
