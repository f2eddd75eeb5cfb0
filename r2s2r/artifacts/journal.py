"""The journal of a run: ``runs/<id>/`` in the store, so that any machine can say what is going on, and what went on.

    run.json       who runs, since when, which shots and nodes
    events.jsonl   a line for each change, in order; only the driver writes it
    wanted.jsonl   what others ask of the driver: a line each

The run is alive as long as the lease ``run-<id>`` is.
"""

import json
import os
import re
import time
from collections.abc import Collection, Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import IO, Annotated, Any, Literal, TypeAlias

from pydantic import AfterValidator, Field, InstanceOf, TypeAdapter

from r2s2r.artifacts.atomic import read_shared, write_atomically
from r2s2r.artifacts.store import Store

Happening = Literal["queued", "running", "said", "done", "failed", "retried", "deferred", "cancelled", "ended"]
"""What an event tells of a node: handed over; at work; either as before, but its executor says something else of it, or
nothing any more; made; failed for good; failed, but tried again; put off to another night; ended because somebody
asked. ``ended`` is told of the whole run, with no recipe."""

# Other versions, other users and crashes write into the store, too: a line counts if it can be reckoned with.
Text: TypeAlias = InstanceOf[str]  # also names of files that are no UTF-8
Seconds: TypeAlias = Annotated[float, Field(strict=True, ge=0, lt=1e11, allow_inf_nan=False)]  # to the year 5138
Count: TypeAlias = Annotated[int, Field(strict=True, ge=0, lt=1 << 31)]
Key: TypeAlias = Annotated[Text, AfterValidator(lambda key: key if _KEY.fullmatch(key) else "")]  # it names files
_KEY = re.compile(r"[0-9a-z]*")


@dataclass(frozen=True)
class JournalShot:
    """A shot of a run.

    Attributes:
        scene: Name of the scene.
        shot: Name of the shot.
        path: Scene file, absolute.
        profile: Its profile.
        priority: Larger is sooner.
        nodes: (name, recipe, state when the run began, reasons) of each node, in the order of the data.
        estimate_s: What was left to do was expected to take, in seconds; None where nobody said.
        put_off: Why it was not begun: no time, no budget; empty where it was.
    """

    scene: Text
    shot: Text
    path: Text
    profile: Text
    priority: Annotated[int, Field(strict=True)]
    nodes: tuple[tuple[Text, Text, Text, Text], ...]
    estimate_s: Seconds | None = None
    put_off: Text = ""


@dataclass(frozen=True)
class JournalRun:
    """A run.

    Attributes:
        id: Its name; sorts by time.
        kind: ``run``, ``night``, or ``WAITING``.
        machine: Host of the driver.
        pid: Of the driver.
        started: Seconds since 1970, by the driver's clock.
        executor: Its executor.
        out: Folder for people.
        until: When it will start nothing more; None: never.
        since: When its window begins, which may be before it was started; None where it has none.
        refused: (scene file, what is wrong with it) of scenes that could not be taken.
        shots: What it is about.
        gpu_hours: The most it may take; None: any.
    """

    id: Text
    kind: Text
    machine: Text
    pid: Count
    started: Seconds
    executor: Text
    out: Text
    until: Seconds | None
    refused: tuple[tuple[Text, Text], ...]
    shots: tuple[JournalShot, ...]
    gpu_hours: Seconds | None = None
    since: Seconds | None = None


@dataclass(frozen=True)
class Event:
    """One change.

    Attributes:
        at: Seconds since 1970, by the driver's clock.
        recipe: Of the node; empty for the whole run.
        what: Happened.
        key: Of the request, where it is known.
        where: Machine and GPU.
        job: What the executor calls it.
        seconds: It took.
        gpus: It took so long.
        message: For people: why it failed, was tried again or put off, does not start or go on.
        cause: Kind of a failure, where it is known: ``input``, ``missing``, ``over_memory``.
    """

    at: Seconds
    recipe: Text
    what: Happening
    key: Key = ""
    where: Text = ""
    job: Text = ""
    seconds: Seconds = 0.0
    gpus: Count = 0
    message: Text = ""
    cause: Text = ""


WAITING = "waiting"
"""Kind of a night whose window has not begun."""

_RUN, _EVENT = TypeAdapter(JournalRun), TypeAdapter(Event)


class Journal:
    """A run's journal, open for writing. A store that is full loses lines, never the run.

    Args:
        store: Where it lies.
        run: What it is about.
        cancelled: Recipes that others wanted cancelled before it began.
    """

    def __init__(self, store: Store, run: JournalRun, cancelled: Collection[str] = ()) -> None:
        self.run = run
        self._cancelled = cancelled
        self._folder = store.root / "runs" / run.id
        self._events: IO[bytes] | None = None

    def __enter__(self) -> "Journal":
        """Write what the run is about."""
        with suppress(OSError):
            self._folder.mkdir(parents=True, exist_ok=True)
            write_atomically(self._folder / "run.json", _json(asdict(self.run)))
            self._events = (self._folder / "events.jsonl").open("ab", buffering=0)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Note the end, and why where it was not a good one."""
        self.note(Event(time.time(), "", "ended", message="" if error is None else str(error) or type(error).__name__))
        if self._events is not None:
            self._events.close()

    def note(self, event: Event) -> None:
        """Add a line; what is empty is left out."""
        if self._events is not None:
            said = {name: value for name, value in asdict(event).items() if value}
            with suppress(OSError):
                self._events.write(_json(said) + b"\n")

    def wanted(self) -> Iterator[str]:
        """Yield the recipes that others want cancelled; ``*`` for all."""
        yield from self._cancelled
        for line in _split(self._folder / "wanted.jsonl"):
            with suppress(ValueError, RecursionError):
                read = json.loads(line)
                if isinstance(read, dict) and isinstance(read.get("cancel"), str):
                    yield read["cancel"]


def latest_runs(store: Store) -> list[str]:
    """Return the ids of all runs of which there is a journal, the latest first."""
    return sorted((path.parent.name for path in (store.root / "runs").glob("*/run.json")), reverse=True)


def journals(store: Store) -> Iterator[JournalRun]:
    """Yield all runs whose journals can be read, the latest first; each is read when it is asked for."""
    found = (read_journal(store, run_id) for run_id in latest_runs(store))
    return (run for run in found if run is not None)


def read_journal(store: Store, run_id: str) -> JournalRun | None:
    """Return what a run is about; None where that cannot be read, or is another's."""
    try:
        stored = json.loads((store.root / "runs" / run_id / "run.json").read_bytes())
        run = _RUN.validate_python(stored)
    except (OSError, ValueError, RecursionError):
        return None
    return run if run.id == run_id else None


def events(store: Store, run_id: str) -> Iterator[Event]:
    """Yield what happened, in order; a line that was written by half, or makes no sense, is left out."""
    lines = _split(store.root / "runs" / run_id / "events.jsonl")
    yield from (event for line in lines if (event := read_event(line)) is not None)


def read_event(line: bytes) -> Event | None:
    """Return what a line of a journal tells; None where that makes no sense."""
    try:
        read = json.loads(line)
        return _EVENT.validate_python({"recipe": "", **read})
    except (ValueError, TypeError, RecursionError):
        return None


def cancelled_shots(run: JournalRun, recipes: Collection[str]) -> frozenset[tuple[str, str]]:
    """Return (scene file, name) of the shots of a run that others want cancelled when they want these recipes so."""
    return frozenset((one.path, one.shot) for one in run.shots if one.nodes and one.nodes[-1][1] in recipes)


def want_cancelled(store: Store, run_id: str, *recipes: str) -> None:
    """Ask a run's driver to cancel nodes, or ``*``; it looks about twice a second."""
    with (store.root / "runs" / run_id / "wanted.jsonl").open("ab", buffering=0) as file:
        file.write(b"".join(_json({"cancel": recipe}) + b"\n" for recipe in recipes))


def _split(path: Path) -> list[bytes]:
    try:
        return read_shared(path).split(b"\n")
    except OSError:
        return []


def _json(value: dict[str, Any]) -> bytes:
    """Return JSON in ASCII, which also holds names of files that are not UTF-8."""
    return json.dumps(value, separators=(",", ":")).encode("ascii")


def new_run_id() -> str:
    """Return a name for a run: it sorts by time, also in the hour that a clock is put back, and no two are equal."""
    return f"{datetime.now(UTC):%Y%m%d-%H%M%S-%f}-{os.urandom(4).hex()}"
