"""Nights from beginning to end, on a tiny project, by clocks that need no night."""

import json
import time
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pytest

from pipelines.farm.local import LocalExecutor
from pipelines.night.night import Night, Outcome, foresee, make_night
from pipelines.night.window import Window
from pipelines.night.wish import Wish
from r2s2r.artifacts.journal import journals
from r2s2r.artifacts.progress import unheard
from r2s2r.artifacts.run_state import RunState
from r2s2r.artifacts.store import Store
from r2s2r.artifacts.sweep import sweep
from r2s2r.cli import main
from r2s2r.cli.watched_runs import WatchedRuns
from r2s2r.errors import CancelledError, InputError, MissingError
from tests.pipelines.conftest import Project
from tests.pipelines.night.toys import FakeClock, Heard

EVENING = datetime(2026, 11, 23, 20, 0).timestamp()
HOUR_S = 3600.0
BAD = "version: 1\nname: bad\nsource: {clip: clip.mkv}\nshots: {a: {frames: ten}}\n"


@pytest.fixture
def here(project: Project, monkeypatch) -> Project:
    for variable in ("R2S2R_STORE", "R2S2R_OUT"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.chdir(project.folder)
    return project


def night(*scenes: str, window: str | None = "22:00-07:00", gpu_hours: float | None = None, **more) -> Night:
    parsed = None if window is None else Window.parse(window)
    return Night(Wish(scenes or ("*.yaml",)), parsed, gpu_hours, None, 2, **more)


def on_gpu(project: Project) -> None:
    """Let render take what counts as a GPU."""
    (project.folder / "r2s2r.yaml").write_text("version: 1\nfarm: {local: {gpus: [0]}, stages: {render: {gpus: 1}}}\n")


def make_with_long_renders(project: Project) -> None:
    """Make all shots, and say of each that it took a GPU for ages."""
    on_gpu(project)
    make_night(night(window=None), Heard(), FakeClock(time.time()))
    for path in (project.store / "actions").glob("*.json"):
        action = json.loads(path.read_bytes())
        if action["request"]["stage"] == "render":
            path.write_text(json.dumps(action | {"seconds": 10_000.0}))


def states(outcome: Outcome) -> dict[str, str]:
    """Shot -> done, put off (why) or failed."""
    return {
        result.plan.shot.shot.name: "done" if result.is_complete else result.put_off or "failed"
        for result in outcome.results
    }


def report(project: Project, day: str = "2026-11-23") -> dict[str, Any]:
    said: dict[str, Any] = json.loads((project.folder / "out" / "night" / day / "index.json").read_text())
    return said


def test_a_night_waits_for_its_window_makes_all_and_reports(here):
    clock, voice = FakeClock(EVENING), Heard()
    outcome = make_night(night(), voice, clock)
    assert voice.waits == [EVENING + 2 * HOUR_S]
    assert clock.now() == EVENING + 2 * HOUR_S
    assert states(outcome) == {"orbit": "done", "still": "done"}
    assert (here.folder / "out/tiny/orbit/draft/video.mp4").exists()
    assert outcome.page == here.folder / "out/night/2026-11-23/index.html"
    written = report(here)
    assert {shot["state"] for shot in written["shots"]} == {"done"}
    assert all(shot["estimate_s"] > 0 for shot in written["shots"])
    run, waited = sorted(journals(Store(here.store)), key=lambda run: run.kind)
    assert (run.kind, run.until) == ("night", EVENING + 11 * HOUR_S)
    assert (waited.kind, waited.since) == ("waiting", EVENING + 2 * HOUR_S)
    assert written["runs"] == [run.id]


@dataclass
class Onlooker(FakeClock):
    """Looks at the store when the night has begun to wait."""

    does: Callable[[], object] = lambda: None

    def sleep(self, seconds: float) -> None:
        if not self.slept:
            self.does()
        super().sleep(seconds)


def test_a_night_that_waits_is_seen_and_keeps_no_sweep_out(here):
    seen = []

    def look() -> None:
        store = Store(here.store)
        seen.extend(WatchedRuns(store).look(listen_s=2))
        sweep(store, max_size=0, dry_run=False)
        assert WatchedRuns(store).look(listen_s=2)[0][1] == "alive"

    make_night(night(), Heard(), Onlooker(EVENING, does=look))
    [(state, pulse)] = seen
    assert (state.run.kind, pulse) == ("waiting", "alive")
    assert state.shots() == {"waiting": 2}
    assert [pulse for _, pulse in WatchedRuns(Store(here.store)).look()] == ["dead"]


def test_a_night_that_is_cancelled_while_it_waits_makes_nothing(here):
    with pytest.raises(CancelledError, match="before its window began"):
        make_night(night(), Heard(), Onlooker(EVENING, does=lambda: main(["cancel", "--all"])))
    assert list(here.store.glob("actions/*")) == []


def test_a_shot_that_is_cancelled_while_the_night_waits_is_not_begun_in_it(here):
    onlooker = Onlooker(EVENING, does=lambda: main(["cancel", "tiny", "still"]))
    outcome = make_night(night(), Heard(), onlooker)
    assert states(outcome) == {"orbit": "done", "still": "failed"}
    [cancelled] = [shot for shot in report(here)["shots"] if shot["state"] == "cancelled"]
    assert cancelled["shot"] == "still"


def test_cancelling_shot_by_shot_leaves_nothing_of_what_they_share(here):
    def cancel() -> None:
        for shot in ("still", "orbit"):
            assert main(["cancel", "tiny", shot]) == 0

    make_night(night(), Heard(), Onlooker(EVENING, does=cancel))
    store = Store(here.store)
    assert [RunState(store, run).shots() for run in journals(store)] == [{"cancelled": 2}, {"cancelled": 2}]
    assert list(here.store.glob("actions/*")) == []


def test_a_shot_stays_cancelled_when_its_scene_changes(here):
    def cancel() -> None:
        assert main(["cancel", "tiny", "still"]) == 0
        here.change("fov_deg: 45", "fov_deg: 46")

    assert states(make_night(night(), Heard(), Onlooker(EVENING, does=cancel))) == {"orbit": "done", "still": "failed"}


def test_what_is_cancelled_while_scenes_are_read_again_is_not_made(here):
    @dataclass
    class Reading(Heard):
        """Somebody cancels while scenes are read for the second time."""

        @contextmanager
        def bar(self, what: str):
            if self.waits and what == "planning shots":
                assert main(["cancel", "--all"]) == 0
            yield unheard

    with pytest.raises(CancelledError):
        make_night(night(), Reading(), FakeClock(EVENING))
    assert list(here.store.glob("actions/*")) == []


@pytest.fixture
def misconfigured(here):
    """A project of two scenes, of which only one needs what the farm has not."""
    other = here.scene.read_text().replace("name: tiny", "name: other").replace("frame: 2", "frame: 1")
    (here.folder / "other.yaml").write_text(other)
    make_night(night("other.yaml", window=None), Heard(), FakeClock(EVENING))
    (here.folder / "r2s2r.yaml").write_text("version: 1\nfarm: {stages: {footage: {python: nowhere/python}}}\n")
    (here.folder / "other.yaml").write_text(other.replace("degrees: 24", "degrees: 12"))
    return here


def test_what_the_farm_has_not_is_told_before_the_night_and_holds_no_other_scene_up(misconfigured):
    voice = Heard()
    outcome = make_night(night(), voice, FakeClock(EVENING))
    assert "farm.stages.footage.python" in voice.troubles[0]
    became = {(one.plan.shot.scene.name, one.plan.shot.shot.name): one.is_complete for one in outcome.results}
    assert became == {("tiny", "orbit"): False, ("tiny", "still"): False,
                      ("other", "orbit"): True, ("other", "still"): True}  # fmt: skip
    assert {shot["state"] for shot in report(misconfigured)["shots"] if shot["scene"] == "tiny"} == {"failed"}


def test_a_night_with_nothing_but_what_the_farm_has_not_ends_before_it_waits(misconfigured):
    voice = Heard()
    with pytest.raises(InputError, match=r"farm\.stages\.footage\.python"):
        make_night(night("scene.yaml"), voice, FakeClock(EVENING))
    assert voice.waits == []


def test_a_farm_that_does_not_answer_is_asked_again_while_the_window_is_open(here, monkeypatch):
    answers = iter([MissingError("no answer"), MissingError("no answer"), MissingError("no answer")])

    def check(self: LocalExecutor, needs: object) -> None:
        if (error := next(answers, None)) is not None:
            raise error

    on_gpu(here)
    monkeypatch.setattr(LocalExecutor, "check", check)
    voice, clock = Heard(), FakeClock(EVENING + 3 * HOUR_S)
    outcome = make_night(night(), voice, clock)
    assert set(states(outcome).values()) == {"done"}
    assert voice.troubles == ["no answer", "no answer; asked again each minute"]
    assert clock.slept == [60.0, 60.0]


@pytest.mark.parametrize("window", ["22:00-07:00", None])
def test_a_farm_that_never_answers_is_in_the_report(here, monkeypatch, window):
    def check(self: LocalExecutor, needs: object) -> None:
        raise MissingError("no answer")

    on_gpu(here)
    monkeypatch.setattr(LocalExecutor, "check", check)
    with pytest.raises(MissingError, match="no answer"):
        make_night(night(window=window), Heard(), FakeClock(EVENING + 3 * HOUR_S))
    written = report(here)
    assert written["trouble"] == "no answer"
    assert {shot["state"] for shot in written["shots"]} == {"not_reached"}


def test_what_is_cancelled_leaves_its_hours_to_others(here):
    make_with_long_renders(here)
    here.change("frames: 3\n", "frames: 4\n")
    here.change("frames: 2\n", "frames: 3\n")
    budget = night(gpu_hours=17_000 / HOUR_S)
    (first,) = foresee(budget, Heard(), FakeClock(EVENING)).decision.begun
    name = first.candidate.plan.shot.shot.name
    outcome = make_night(budget, Heard(), Onlooker(EVENING, does=lambda: main(["cancel", "tiny", name])))
    assert sorted(states(outcome).values()) == ["done", "failed"]
    assert states(outcome)[name] == "failed"


def test_a_night_that_slept_over_its_window_waits_for_the_next(here):
    class Asleep(FakeClock):
        """A machine that wakes up an hour after the window has ended."""

        def sleep(self, seconds: float) -> None:
            super().sleep(seconds if self.slept else 12 * HOUR_S)

    voice = Heard()
    make_night(night(), voice, Asleep(EVENING))
    assert voice.waits == [EVENING + 2 * HOUR_S, EVENING + 26 * HOUR_S]
    started = [run.started for run in journals(Store(here.store)) if run.kind == "night"]
    assert started == [EVENING + 26 * HOUR_S]


def test_scenes_are_read_again_when_the_window_begins(here):
    class Author(FakeClock):
        """Mends a scene in the evening."""

        def sleep(self, seconds: float) -> None:
            (here.folder / "bad.yaml").unlink(missing_ok=True)
            super().sleep(seconds)

    (here.folder / "bad.yaml").write_text(BAD)
    voice = Heard()
    outcome = make_night(night(), voice, Author(EVENING))
    # Told before, when it can still be mended.
    assert [one.path for one in voice.refusals] == [str(here.folder / "bad.yaml")]
    assert outcome.refused == ()


def test_one_bad_scene_stops_nothing_and_is_in_the_report(here):
    (here.folder / "bad.yaml").write_text(BAD)
    outcome = make_night(night(window=None), Heard(), FakeClock(EVENING))
    assert set(states(outcome).values()) == {"done"}
    (refused,) = report(here)["refused"]
    assert refused["path"] == str(here.folder / "bad.yaml")
    assert "bad.yaml:4:21: shots.a.frames" in refused["message"]


def test_a_scene_that_was_mended_before_the_next_start_is_not_refused_any_more(here):
    (here.folder / "bad.yaml").write_text(BAD)
    make_night(night(window=None), Heard(), FakeClock(EVENING))
    (here.folder / "bad.yaml").write_text(here.scene.read_text().replace("name: tiny", "name: mended"))
    make_night(night(window=None), Heard(), FakeClock(EVENING + HOUR_S))
    assert report(here)["refused"] == []


def test_a_shot_that_fails_stops_no_other(here):
    (here.folder / "torn.mkv").write_bytes(b"no clip")
    (here.folder / "torn.yaml").write_text(
        here.scene.read_text().replace("tiny", "torn").replace("clip.mkv", "torn.mkv")
    )
    outcome = make_night(night(window=None), Heard(), FakeClock(EVENING))
    by_scene = {(one.plan.shot.scene.name, one.is_complete) for one in outcome.results}
    assert by_scene == {("tiny", True), ("torn", False)}


@pytest.fixture
def long(here: Project) -> Project:
    """A project whose one shot would take some minutes."""
    here.change("frames: 3\n", "frames: 20000\n")
    here.change("  still:\n    frames: 2\n", "")
    return here


def test_a_night_that_can_hold_no_shot_says_so_before_it_waits(long):
    clock = FakeClock(EVENING)
    with pytest.raises(
        InputError, match=r"no shot fits into a night of 60 s.*\n  tiny/orbit takes about 2 min \(diffuse"
    ):
        make_night(night(window="22:00-22:01"), Heard(), clock)
    assert clock.slept == []
    assert not long.store.exists()


def test_started_in_such_a_window_it_reports_that_and_makes_nothing(long):
    with pytest.raises(InputError, match="tiny/orbit takes about"):
        make_night(night(window="20:00-20:01"), Heard(), FakeClock(EVENING))
    (page,) = long.folder.glob("out/night/*/index.json")
    assert {shot["state"] for shot in json.loads(page.read_text())["shots"]} == {"put_off"}
    assert not any((long.store / "actions").iterdir())


def test_what_is_left_of_a_window_puts_off_what_does_not_fit(here):
    clock = FakeClock(EVENING + 11 * HOUR_S - 20)  # 06:59:40
    voice = Heard()
    outcome = make_night(night(), voice, clock)
    assert all("takes about" in state for state in states(outcome).values())
    assert {shot["state"] for shot in report(here)["shots"]} == {"put_off"}
    assert voice.decisions[0].begun == ()


def test_at_the_end_of_the_window_what_runs_is_ended_and_the_next_night_goes_on(here):
    """The clock leaps to the morning as soon as work begins; then comes the next evening."""
    clock, voice = FakeClock(EVENING + 2 * HOUR_S), Heard()

    def to_the_end() -> None:
        clock.time_s = EVENING + 11 * HOUR_S

    voice.at_work = to_the_end
    outcome = make_night(night(), voice, clock)
    assert all("window" in state for state in states(outcome).values())
    assert {shot["state"] for shot in report(here)["shots"]} == {"put_off"}
    assert list((here.store / "leases").iterdir()) == []
    clock.time_s = EVENING + 26 * HOUR_S
    assert set(states(make_night(night(), Heard(), clock)).values()) == {"done"}
    assert {shot["state"] for shot in report(here, "2026-11-24")["shots"]} == {"done"}


def test_now_does_not_wait_and_keeps_the_end(here):
    clock, voice = FakeClock(EVENING), Heard()
    outlook = foresee(night(at_once=True), voice, clock)
    assert outlook.begin_s == EVENING
    assert outlook.span is not None
    assert outlook.span.end_s == EVENING + 11 * HOUR_S


def test_nothing_to_do_is_not_waited_for(built, monkeypatch):
    monkeypatch.chdir(built.folder)
    clock = FakeClock(EVENING)
    outcome = make_night(night(), Heard(), clock)
    assert set(states(outcome).values()) == {"done"}
    assert clock.slept == []


def test_the_project_file_says_when_and_how_much_unless_the_command_does(here):
    (here.folder / "r2s2r.yaml").write_text('version: 1\nnight: {window: "23:00-05:00", gpu_hours: 7}\n')
    clock = FakeClock(EVENING)
    outlook = foresee(night(window=None), Heard(), clock)
    assert (outlook.begin_s, outlook.limit_s) == (EVENING + 3 * HOUR_S, 7 * HOUR_S)
    outlook = foresee(night(gpu_hours=2), Heard(), clock)
    assert (outlook.begin_s, outlook.limit_s) == (EVENING + 2 * HOUR_S, 2 * HOUR_S)


def test_the_budget_of_gpu_hours_is_kept_and_the_rest_is_made_when_there_is_more(here):
    """One shot took a GPU for ages the last time, so that it alone is more than the budget."""
    on_gpu(here)
    make_night(night(window=None), Heard(), FakeClock(time.time()))
    (still,) = (here.store / "last").glob("*/still.json")
    path = here.store / "actions" / f"{json.loads(still.read_bytes())['keys']['render']}.json"
    path.write_text(json.dumps(json.loads(path.read_bytes()) | {"seconds": 10_000.0}))
    here.change("fov_deg: 45", "fov_deg: 46")
    outcome = make_night(night(window=None, gpu_hours=5_000 / HOUR_S), Heard(), FakeClock(time.time()))
    became = states(outcome)
    assert became["orbit"] == "done"
    assert "GPU hours" in became["still"]
    again = make_night(night(window=None, gpu_hours=100.0), Heard(), FakeClock(time.time()))
    assert set(states(again).values()) == {"done"}


def test_what_took_less_than_was_thought_makes_room_for_what_was_put_off(here):
    """Both shots took a GPU for ages the last time, so one fits at first; it takes a moment, then so does the other."""
    make_with_long_renders(here)
    here.change("fov_deg: 45", "fov_deg: 46")
    voice = Heard()
    outcome = make_night(night(window=None, gpu_hours=15_000 / HOUR_S), voice, FakeClock(time.time()))
    assert [(len(one.begun), len(one.put_off)) for one in voice.decisions] == [(1, 1), (1, 0)]
    assert set(states(outcome).values()) == {"done"}
