"""A night whose shots are made by a cluster: its window ends, its GPU hours are used up."""

import os
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

import pytest

from pipelines.night.night import Night, Outcome, make_night
from pipelines.night.window import Window
from pipelines.night.wish import Wish
from tests.pipelines.night.toys import Heard
from tests.slurm.farm import FarmProject

pytestmark = [pytest.mark.slurm, pytest.mark.timeout(400)]
HOUR_S = 3600.0
MORNING = datetime(2026, 11, 24, 7, 0).timestamp()
SHOTS, GPUS = 6, 4


@dataclass
class JumpingClock:
    """A clock that goes on from two hours before seven, and jumps once something has happened."""

    has_happened: Callable[[], bool]
    to_s: float
    began: float = field(default_factory=time.monotonic)
    start_s: float = MORNING - 2 * HOUR_S

    def now(self) -> float:
        if self.start_s != self.to_s and self.has_happened():
            self.start_s, self.began = self.to_s, time.monotonic()
        return self.start_s + time.monotonic() - self.began

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds)


@pytest.fixture
def held(farm: FarmProject, monkeypatch) -> FarmProject:
    """A farm whose work does not end before it is told."""
    for name, value in farm.environment.items():
        monkeypatch.setenv(name, value)
    for variable in ("R2S2R_STORE", "R2S2R_OUT"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.chdir(farm.folder)
    farm.write(shots=SHOTS)
    farm.hold()
    return farm


def make(clock: JumpingClock, gpu_hours: float | None = None) -> Outcome:
    window = Window.parse("22:00-07:00")
    return make_night(Night(Wish(("scene.yaml",)), window, gpu_hours, "slurm", os.cpu_count() or 1), Heard(), clock)


def is_full(farm: FarmProject) -> bool:
    """Whether the driver has seen all GPUs at work, and the other jobs wait."""
    return farm.seen_running() == len(farm.work("began")) == GPUS and len(farm.running()) == SHOTS


def put_offs(outcome: Outcome) -> list[str]:
    return sorted(result.put_off for result in outcome.results)


def test_at_the_end_of_the_window_jobs_are_ended_and_the_next_night_makes_the_rest(held: FarmProject):
    clock = JumpingClock(lambda: is_full(held), to_s=MORNING - 3)
    outcome = make(clock)
    assert clock.now() >= MORNING
    whys = put_offs(outcome)
    assert ["07:00" in why for why in whys] == [True] * SHOTS, whys
    assert sum("the window ended at 07:00" in why for why in whys) >= GPUS, whys
    held.wait_for_no_jobs()
    assert held.times("done") == {}
    held.release()
    again = make(JumpingClock(lambda: False, to_s=MORNING))
    assert [result.is_complete for result in again.results] == [True] * SHOTS
    assert list(held.times("done").values()) == [1] * SHOTS


def test_work_that_takes_longer_than_was_thought_uses_up_the_gpu_hours_of_what_is_queued(held: FarmProject):
    class Release(JumpingClock):
        """Lets work go on when what is queued was put off."""

        def now(self) -> float:
            if len(held.told("deferred")) >= SHOTS - GPUS:
                held.release()
            return super().now()

    outcome = make(Release(lambda: is_full(held), to_s=MORNING - HOUR_S), gpu_hours=2)
    late = [event.message for event in held.told("deferred")]
    assert len(late) >= SHOTS - GPUS
    assert {"the night's GPU hours are used up" in why for why in late} == {True}, late
    # Only its clock went so fast: by what the work took in truth there was enough for another round.
    assert [result.is_complete for result in outcome.results] == [True] * SHOTS
    assert list(held.times("done").values()) == [1] * SHOTS
