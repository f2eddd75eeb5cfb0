"""Nights of any size: journals by the real class, in a real store, with no stage run for them."""

import json
import random
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from r2s2r.artifacts.fingerprint import canonical_json, digest_value
from r2s2r.artifacts.journal import Event, Happening, Journal, JournalRun, JournalShot
from r2s2r.artifacts.store import Store
from r2s2r.media.h264 import H264Writer
from r2s2r.report.content import NightReport
from r2s2r.report.write import write_report

START = 1_795_467_600.0  # an evening in November 2026
NODES = ("footage", "mask:a", "entity:a", "plate", "edit", "render", "control", "reference", "diffuse", "encode")
SHARED = 4  # so many of the first nodes are the scene's


def recipe(*words: object) -> str:
    return digest_value([str(word) for word in words])


def shot_of(
    scene: str,
    shot: str,
    *,
    state: str = "stale",
    why: str = "never built",
    nodes: tuple[str, ...] = NODES,
    **more: Any,
) -> JournalShot:
    """Return a shot of which all nodes are in one state; the scene's nodes are shared."""
    named = tuple(
        (name, recipe(scene, name, "" if number < SHARED else shot), state, "" if state == "fresh" else why)
        for number, name in enumerate(nodes)
    )
    return replace(JournalShot(scene, shot, f"/films/{scene}.yaml", "final", 0, named), **more)


@dataclass
class Night:
    """A night's run as its journal tells it."""

    folder: Path
    shots: list[JournalShot] = field(default_factory=list)
    told: list[Event] = field(default_factory=list)
    refused: tuple[tuple[str, str], ...] = ()
    run_id: str = "20261123-220000-aaaaaaaa"
    started: float = START
    until: float | None = START + 9 * 3600
    since: float | None = START
    gpu_hours: float | None = None
    kind: str = "night"

    @property
    def store(self) -> Store:
        store = Store(self.folder / ".r2s2r")
        store.prepare()
        return store

    @property
    def out(self) -> Path:
        return self.folder / "out"

    def make(self, shot: JournalShot, node: str, at: float, *, seconds: float = 1.0, **more: Any) -> None:
        """Tell that a node was handed over, worked on and made."""
        self.tell(shot, node, "queued", at)
        self.tell(shot, node, "running", at + 1, where=more.get("where", ""))
        self.tell(shot, node, "done", at + 1 + seconds, seconds=seconds, **more)

    def tell(self, shot: JournalShot, node: str, what: Happening, at: float, **more: Any) -> None:
        (own,) = (one for name, one, _, _ in shot.nodes if name == node)
        more.setdefault("key", recipe("key", own))
        self.told.append(Event(START + at, own, what, **more))

    def make_all(self, shot: JournalShot, at: float = 10.0, **more: Any) -> None:
        for number, (name, _, state, _) in enumerate(shot.nodes):
            if state != "fresh":
                self.make(shot, name, at + 3 * number, **more)

    def write(self, *, error: Exception | None = None, is_killed: bool = False) -> str:
        """Write the journal; return the run's id."""
        run = JournalRun(
            id=self.run_id, kind=self.kind, machine="render-01", pid=4711, started=self.started, executor="slurm",
            out=str(self.out), until=self.until, since=self.since, refused=self.refused, shots=tuple(self.shots),
            gpu_hours=self.gpu_hours,
        )  # fmt: skip
        with Journal(self.store, run) as journal:
            for event in self.told:
                journal.note(event)
        self._end(error, is_killed=is_killed)
        return self.run_id

    def _end(self, error: Exception | None, *, is_killed: bool) -> None:
        """Let the journal end at a time of the night, instead of now, or not at all."""
        path = self.store.root / "runs" / self.run_id / "events.jsonl"
        *others, last = path.read_bytes().splitlines(keepends=True)
        at = max([event.at for event in self.told], default=self.started) + 1
        told = {**json.loads(last), "at": at} | ({} if error is None else {"message": str(error)})
        path.write_bytes(b"".join(others) + (b"" if is_killed else canonical_json(told) + b"\n"))

    def report(self, **how: Any) -> NightReport:
        """Write the journal and the report; return that."""
        return write_report(self.store, self.write(**how))[0]

    @property
    def page(self) -> Path:
        return self.out / "night" / "2026-11-23" / "index.html"

    def log(self, shot: JournalShot, node: str, text: str | bytes) -> None:
        """Write what a node printed."""
        (own,) = (one for name, one, _, _ in shot.nodes if name == node)
        path = self.store.root / "logs" / f"{recipe('key', own)}.log"
        path.write_bytes(text if isinstance(text, bytes) else text.encode(errors="surrogateescape"))

    def deliver(self, shot: JournalShot, *, frames: int = 3, colour: int = 90) -> Path:
        """Put a real video where people look for the shot's."""
        folder = self.out / shot.scene / shot.shot / shot.profile
        folder.mkdir(parents=True, exist_ok=True)
        write_video(folder / "video.mp4", frames=frames, colour=colour)
        return folder / "video.mp4"


def write_video(path: Path, *, frames: int, colour: int) -> None:
    """Write a grey video of which only the middle frame is red."""
    with H264Writer(path, height=64, width=96, fps=Fraction(16), crf=18) as writer:
        for number in range(frames):
            frame = np.full((64, 96, 3), colour, np.uint8)
            frame[..., 1:] //= 8 if number == frames // 2 else 1
            writer.write(frame)


@pytest.fixture(autouse=True)
def utc(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Reports are in local time."""
    with monkeypatch.context() as here:
        here.setenv("TZ", "UTC")
        time.tzset()
        yield
    time.tzset()


@pytest.fixture
def night(tmp_path: Path) -> Night:
    return Night(tmp_path)


def large_night(night: Night, scenes: int, shots: int, *, seed: int = 0) -> None:
    """Fill a night as it may be: most is made, some fails in a few ways, some is put off."""
    chance = random.Random(seed)  # noqa: S311 - a made-up night
    slots = [f"node{machine} GPU {gpu}" for machine in range(4) for gpu in range(2)]
    free = dict.fromkeys(slots, 5.0)
    for number in range(scenes):
        scene = f"scene{number:04d}"
        for count in range(shots):
            _fill(night, shot_of(scene, f"shot{count}", priority=count, estimate_s=240.0), free, chance)


def _fill(night: Night, shot: JournalShot, free: dict[str, float], chance: random.Random) -> None:
    fate = chance.random()
    slot = min(free, key=lambda one: free[one])
    at = free[slot]
    if fate < 0.25:
        shot = replace(shot, nodes=tuple((name, own, "fresh", "") for name, own, _, _ in shot.nodes))
        night.shots.append(shot)
        return
    if fate < 0.28:
        night.shots.append(replace(shot, put_off="its 4 min would pass the end of the window at 07:00"))
        return
    night.shots.append(shot)
    for name, _, _, _ in shot.nodes[:-2]:
        night.make(shot, name, at, seconds=chance.uniform(0.5, 2), where=f"node{chance.randrange(4)}")
    night.tell(shot, "diffuse", "queued", at)
    night.tell(shot, "diffuse", "running", at + 2, where=slot)
    seconds = chance.uniform(40, 130)
    if chance.random() < 0.03:
        night.tell(shot, "diffuse", "retried", at + 20, seconds=18.0, gpus=1, message="its node is gone; another may")
        night.tell(shot, "diffuse", "running", at + 25, where=slot)
    end = at + 2 + seconds
    free[slot] = end + chance.expovariate(1 / 6)
    if fate < 0.34:
        words = ("took more than the 48 GB it may; raise `farm.stages.diffuse.memory_gb` in r2s2r.yaml", "over_memory")
        if fate < 0.29:
            words = (
                f"segment {chance.randrange(9)}: the adapter's weights have NaN at step {chance.randrange(25)}",
                "stage",
            )
        night.tell(
            shot, "diffuse", "failed", end, seconds=seconds, gpus=1, where=slot, message=words[0], cause=words[1]
        )
        return
    night.tell(shot, "diffuse", "done", end, seconds=seconds, gpus=1, where=slot)
    night.make(shot, "encode", end, seconds=2, where=slot.partition(" ")[0])
