"""Doctor of the farm: whether each environment that a project's stages are to run in can do its work."""

import os
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import get_args

from pipelines.doctor import Check, State
from pipelines.farm.asking import MINUTES, NoAnswerError, ask_here, ask_slurm
from pipelines.farm.chosen import ExecutorName, executor_for
from pipelines.farm.needs import Needs, stage_needs
from pipelines.farm.probe import Answer, Probe, probe
from r2s2r import __version__
from r2s2r.artifacts.store import Store
from r2s2r.errors import InputError, MissingError
from r2s2r.spec.farm import StageName
from r2s2r.spec.project import Project

_MEMORY_GB = 2.0
_CLOCK_S = 60.0
_ROOM_BYTES = 5 * 10**9
_GB = 1e9
_AT_ONCE = 8
_SHARE = "set `store:` in r2s2r.yaml, or R2S2R_STORE, to a folder on a file system that both share"


@dataclass(frozen=True)
class Environment:
    """What stages share that run in one: interpreter, variables, and on a cluster the kind of node.

    Attributes:
        needs: Of a job that asks it.
        stages: That run there.
    """

    needs: Needs
    stages: tuple[str, ...]

    @property
    def name(self) -> str:
        """What it is called: by its stages."""
        return ", ".join(self.stages)


def environments(project: Project, executor: ExecutorName) -> list[Environment]:
    """Return the environments of a project's farm."""
    farm = project.spec.farm
    stages: dict[Needs, list[StageName]] = {}
    for stage in get_args(StageName):
        if executor == "local" or stage not in farm.slurm.here:
            stages.setdefault(_asking(stage_needs(stage, project, gpus=0)), []).append(stage)
    named = set(farm.stages)
    rest = "all other stages" if named else "all stages"
    return [
        # Stages that the project says nothing of are many, and all alike.
        Environment(needs, tuple(found) if set(found) <= named else (*sorted(set(found) & named), rest))
        for needs, found in stages.items()
    ]


def check_farm(project: Project, store: Store, executor: ExecutorName) -> Iterator[Check]:
    """Yield what each environment of the farm says of itself, and whether it shares the store and the time of day."""
    store.prepare()
    try:
        _check_executor(project, store, executor)
    except InputError as error:
        yield from (Check("farm", executor, "wrong", line) for line in str(error).splitlines())
    except MissingError as error:
        yield Check("farm", executor, "missing", str(error))
        return
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        for checks in pool.map(lambda one: list(_check(one, store, executor)), environments(project, executor)):
            yield from checks


def _asking(needs: Needs) -> Needs:
    """Return what the question needs where the stage would run: a node of that kind, but little of it."""
    return replace(needs, stage="", cpus=1, memory_gb=min(needs.memory_gb, _MEMORY_GB), minutes=MINUTES, keys=1)


def _check_executor(project: Project, store: Store, name: ExecutorName) -> None:
    """Raise what the executor has to say against the stages' settings, or against being used at all."""
    stages: Iterable[StageName] = project.spec.farm.stages or ("diffuse",)
    needs = [stage_needs(stage, project, gpus=0) for stage in stages]
    executor_for(name, store, project.spec.farm).check(needs)


def _check(environment: Environment, store: Store, executor: ExecutorName) -> Iterator[Check]:
    with probe(store) as note:
        words = (*environment.needs.python, "-m", "r2s2r", "doctor", "--answer", str(note.path.absolute()))
        asked = time.time()
        try:
            if executor == "slurm":
                said = ask_slurm(words, environment.needs, store)
            else:
                said = ask_here(words, {**os.environ, **dict(environment.needs.environment)})
        except NoAnswerError as error:
            yield Check("farm", environment.name, error.state, str(error))
            return
        found = Answer.from_text(said)
        if found is None:
            words_said = said.strip()[-500:] or "nothing"
            yield Check(
                "farm", environment.name, "wrong", f"{words[0]} ran, but r2s2r did not answer; it printed: {words_said}"
            )
            return
        yield from _judged(environment, found, note, asked=asked)


def _judged(environment: Environment, found: Answer, note: Probe, *, asked: float) -> Iterator[Check]:
    where = f"{found.python} on {found.machine}"
    yield _of(environment, "r2s2r", *_version(found, where))
    yield _of(environment, "store", *_store(found, note))
    yield _of(environment, "clock", *_clock(found, asked=asked, heard=time.time()))
    room: State = "ok" if found.temporary_free >= _ROOM_BYTES else "warning"
    free = f"{found.temporary_free / _GB:.0f} GB free in {found.temporary}"
    yield _of(environment, "temporary files", room, free if room == "ok" else f"{free}; set TMPDIR to a larger disk")
    for one in found.checks:
        if one.area == "machine":
            lacks_gpu = one.name == "GPU" and one.state != "ok" and environment.needs.gpus
            yield _of(environment, one.name, "missing" if lacks_gpu else one.state, one.said)
    yield from _packages(environment, found.checks)


def _version(found: Answer, where: str) -> tuple[State, str]:
    if found.version == __version__:
        return "ok", f"{found.version}, {where}"
    return "wrong", f"{found.version}, but {__version__} here; install the same one for {where}"


def _store(found: Answer, note: Probe) -> tuple[State, str]:
    folder = note.path.parent.parent
    if found.store_error:
        return "wrong", f"{found.machine} does not see it ({found.store_error}); {_SHARE}"
    if not note.is_answered():
        return (
            "wrong",
            f"{folder} is another folder on {found.machine}: what is written there does not show here; {_SHARE}",
        )
    return "ok", f"{folder} is the same folder, read and written on {found.machine}"


def _clock(found: Answer, *, asked: float, heard: float) -> tuple[State, str]:
    off_s = max(asked - found.at, found.at - heard, 0.0)
    if off_s <= _CLOCK_S:
        return "ok", "agrees with that of this machine"
    side = "ahead of" if found.at > heard else "behind"
    return "warning", f"is {off_s / 60:.0f} min {side} that of this machine; r2s2r bears it, but set it (NTP)"


def _packages(environment: Environment, checks: Iterable[Check]) -> Iterator[Check]:
    """Yield one line for all: which of them a stage needs, only its request tells."""
    packages = [one for one in checks if one.area == "packages"]
    there = [f"{one.name} {one.said}" for one in packages if one.state == "ok"]
    lacking = [one.name for one in packages if one.state != "ok"]
    said = ", ".join(there) or "none of the video models'"
    if lacking:
        yield _of(environment, "packages", "warning", f"{said}; not installed: {', '.join(lacking)}")
    else:
        yield _of(environment, "packages", "ok", said)


def _of(environment: Environment, name: str, state: State, said: str) -> Check:
    return Check("farm", f"{environment.name}: {name}", state, said)
