"""What the journal of a run tells: each change of each node once, in order, and nothing that did not happen."""

import os
import signal
import subprocess
import time
from collections import Counter
from itertools import islice

from r2s2r.artifacts.journal import Event, JournalRun, events, journals
from r2s2r.artifacts.store import Store
from tests.pipelines.conftest import Project


def last_run(project: Project) -> tuple[JournalRun, list[Event]]:
    store = Store(project.store)
    run = next(journals(store))
    return run, list(events(store, run.id))


def names(run: JournalRun) -> dict[str, str]:
    return {recipe: name for shot in run.shots for name, recipe, *_ in shot.nodes}


def test_each_node_of_a_run_begins_and_is_done_once_also_one_that_shots_share(project: Project) -> None:
    assert project.run("--workers", "2").code == 0
    run, told = last_run(project)
    assert len(run.shots) > 1
    for recipe, name in names(run).items():
        assert [event.what for event in told if event.recipe == recipe] == ["running", "done"], name
    assert [event.what for event in told if not event.recipe] == ["ended"]
    assert all(event.key for event in told if event.recipe)


def test_a_failure_is_told_with_its_reason_and_what_it_keeps_from_starting_is_not_told_of(project: Project) -> None:
    (project.folder / "clip.mkv").write_bytes(b"this is no video")
    assert project.run("--shot", "still").code == 2
    run, told = last_run(project)
    whats = Counter((names(run).get(event.recipe, ""), event.what) for event in told)
    assert whats["footage", "failed"] == 1
    assert ("encode", "running") not in whats
    (failed,) = [event for event in told if event.what == "failed"]
    assert failed.cause == "input"
    assert failed.message


def test_a_fresh_run_writes_no_journal(built: Project) -> None:
    before = len(list(journals(Store(built.store))))
    assert built.run().code == 0
    assert len(list(journals(Store(built.store)))) == before


def test_a_run_that_is_ended_says_so_in_its_journal(project: Project) -> None:
    process = subprocess.Popen(
        project.command("run", "scene.yaml"), cwd=project.folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and not any(event.what == "running" for event in _told(project)):
        time.sleep(0.02)
    os.kill(process.pid, signal.SIGINT)
    assert process.wait(timeout=60) == 130
    assert _told(project)[-1].what == "ended"
    assert _told(project)[-1].message == "KeyboardInterrupt"


def _told(project: Project) -> list[Event]:
    store = Store(project.store)
    return [event for run in islice(journals(store), 1) for event in events(store, run.id)]
