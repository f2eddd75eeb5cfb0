"""What a report says. ``index.json`` is these types as they stand; ``docs/night-report.md`` is for who reads that."""

from dataclasses import dataclass
from typing import Literal, get_args

State = Literal["failed", "cancelled", "put_off", "not_reached", "done", "fresh"]
"""What became of a shot: ``not_reached``: the run ended before it was made; ``fresh``: there was nothing to do."""

PictureKind = Literal["video", "contact", "control", "reference", "source"]

STATES: tuple[State, ...] = get_args(State)
READY: tuple[State, ...] = ("done", "fresh")


@dataclass(frozen=True)
class WorkedNode:
    """A node that was worked on.

    Attributes:
        node: Its name.
        is_made: Whether it is there now.
        because: Why it was not fresh; empty where it only followed from another.
        seconds: Of work, all tries together.
        gpu_hours: Likewise.
        retries: How often it was tried again.
        retried: Why, the last time; empty where it was not.
        where: Machine and GPU that worked on it last.
    """

    node: str
    is_made: bool
    because: str
    seconds: float
    gpu_hours: float
    retries: int
    retried: str
    where: str


@dataclass(frozen=True)
class ShotReport:
    """What became of a shot. Paths are relative to the report's folder. Nodes that shots share count for each of them.

    Attributes:
        scene: Name of the scene.
        shot: Name of the shot.
        profile: Its profile.
        path: Scene file.
        state: What became of it.
        why: In words, where it is not ready.
        nodes: What was worked on.
        seconds: Of work.
        gpu_hours: Likewise.
        retries: How often one of its nodes was tried again.
        estimate_s: What it was expected to take; None where nobody said.
        failures: Indices of its failures in the report.
        findings: What a person should know of what was made.
        video: Delivered video; None where there is none.
        contact: Delivered contact sheet.
        thumbnail: Small picture.
        picture: What the picture shows; None where there is none.
        is_earlier: Whether video and picture are of an earlier night.
    """

    scene: str
    shot: str
    profile: str
    path: str
    state: State
    why: str
    nodes: tuple[WorkedNode, ...]
    seconds: float
    gpu_hours: float
    retries: int
    estimate_s: float | None
    failures: tuple[int, ...]
    findings: tuple[str, ...] = ()
    video: str | None = None
    contact: str | None = None
    thumbnail: str | None = None
    picture: PictureKind | None = None
    is_earlier: bool = False

    @property
    def label(self) -> str:
        """What people call it."""
        return f"{self.scene}/{self.shot}"


@dataclass(frozen=True)
class FailureReport:
    """A node that failed; shots that share it share its failure.

    Attributes:
        node: Its name.
        label: Of the first shot that needed it.
        key: Of its request; empty where it was never asked for.
        cause: Kind of the failure, where it is known: ``input``, ``missing``, ``over_memory``...
        message: Why.
        where: Machine and GPU.
        log: Last lines of what it printed.
    """

    node: str
    label: str
    key: str
    cause: str
    message: str
    where: str
    log: tuple[str, ...]


@dataclass(frozen=True)
class RefusedScene:
    """A scene that could not be taken.

    Attributes:
        path: Its file.
        message: What is wrong with it.
    """

    path: str
    message: str


@dataclass(frozen=True)
class Need:
    """Something that a person can do; what is equal is one.

    Attributes:
        state: Of the shots; ``refused`` for scenes.
        title: What is the matter.
        advice: What to do.
        commands: Likewise, to be copied.
        count: How many shots or scenes it is about.
        examples: The first of them.
        failure: Index of the first failure; None where there is none.
    """

    state: State | Literal["refused"]
    title: str
    advice: str
    commands: tuple[str, ...]
    count: int
    examples: tuple[str, ...]
    failure: int | None = None


@dataclass(frozen=True)
class SlotReport:
    """Something that works on nodes: a GPU, or a machine's processes.

    Attributes:
        name: What the executor calls it.
        nodes: How often it began one.
        busy_s: Seconds in which it worked on at least one.
        load: For each of equal parts of ``NightReport.axis``: how busy it was, in percent of its busiest moment.
        failed: Parts in which a try ended badly.
    """

    name: str
    nodes: int
    busy_s: float
    load: tuple[int, ...]
    failed: tuple[int, ...]


@dataclass(frozen=True)
class Longest:
    """The node that took longest.

    Attributes:
        label: Of the first shot that needed it, and its name.
        seconds: Of work.
    """

    label: str
    seconds: float


@dataclass(frozen=True)
class Totals:
    """The night in numbers. Here every node counts once.

    Attributes:
        shots: Of each state, how many.
        refused: Scenes that could not be taken.
        seconds: From the first run's start to the last one's end.
        work_s: Of all nodes together.
        gpu_hours: Likewise.
        gpu_hours_budget: The most it might take; None: any.
        made: Nodes.
        failed: Nodes.
        retries: Tries that were followed by another.
        queued_s: What handed-over nodes waited in queues, together.
        queued_longest_s: The longest of these.
        longest: The node that took longest; None where none was made.
    """

    shots: dict[str, int]
    refused: int
    seconds: float
    work_s: float
    gpu_hours: float
    gpu_hours_budget: float | None
    made: int
    failed: int
    retries: int
    queued_s: float
    queued_longest_s: float
    longest: Longest | None


@dataclass(frozen=True)
class Axis:
    """The time that ``SlotReport.load`` is about.

    Attributes:
        start: ISO 8601, local time.
        end: Likewise.
        ticks: Times of day at which equal parts of it begin.
    """

    start: str
    end: str
    ticks: tuple[str, ...]


@dataclass(frozen=True)
class NightReport:
    """What a night did.

    Attributes:
        format: Of this file; a program that knows 1 can read any other 1.
        night: Date of the evening it began, ISO 8601.
        kind: ``night``, or ``run`` where it is of a single run.
        runs: Ids of its runs: a driver that was started again makes another.
        machine: Host of the driver.
        executor: Its executor.
        started: ISO 8601, local time.
        ended: Likewise; None where the driver has not said that it ended.
        until: When it would start nothing more; None: never.
        trouble: Why the last run ended before its time, or that it did not say; empty where all went well.
        totals: Numbers.
        needs: What a person can do, the most urgent first.
        refused: Scenes that could not be taken.
        shots: All shots, in the order of the run.
        failures: Nodes that failed.
        axis: Time of ``slots``.
        slots: Who worked when.
    """

    format: int
    night: str
    kind: str
    runs: tuple[str, ...]
    machine: str
    executor: str
    started: str
    ended: str | None
    until: str | None
    trouble: str
    totals: Totals
    needs: tuple[Need, ...]
    refused: tuple[RefusedScene, ...]
    shots: tuple[ShotReport, ...]
    failures: tuple[FailureReport, ...]
    axis: Axis
    slots: tuple[SlotReport, ...]
