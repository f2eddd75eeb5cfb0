"""Nights that are ended by force report all the same, and the next one goes on. With the real command."""

import json
import signal
import subprocess
import time
from typing import Any

import pytest

from r2s2r.artifacts.journal import journals
from r2s2r.artifacts.store import Store
from tests.pipelines.conftest import Project


@pytest.fixture
def here(project: Project, monkeypatch) -> Project:
    for variable in ("R2S2R_STORE", "R2S2R_OUT"):
        monkeypatch.delenv(variable, raising=False)
    return project


def started(project: Project, *words: str) -> "subprocess.Popen[str]":
    """Start the real command; return once it has begun to make something."""
    process = subprocess.Popen(
        project.command("night", "*.yaml", *words),
        cwd=project.folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    deadline = time.monotonic() + 60
    while not list((project.store / "leases").glob("[0-9a-f]*")) and process.poll() is None:
        assert time.monotonic() < deadline
        time.sleep(0.02)
    return process


def today(project: Project) -> dict[str, Any]:
    *_, folder = sorted((project.folder / "out" / "night").iterdir())  # of two, where a day begins in between
    said: dict[str, Any] = json.loads((folder / "index.json").read_text())
    return said


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_night_that_is_ended_reports_and_goes_on_the_next_time(here, number):
    process = started(here)
    process.send_signal(number)
    process.communicate(timeout=120)
    assert process.returncode == (130 if number == signal.SIGINT else 143)
    assert today(here)["ended"] is not None
    assert today(here)["trouble"] == ("KeyboardInterrupt" if number == signal.SIGINT else "was ended by SIGTERM")
    done = here.call("night", "*.yaml")
    assert done.code == 0, done.err
    assert {shot["state"] for shot in today(here)["shots"]} == {"done"}


def test_a_night_that_was_killed_gets_its_report_when_the_next_begins(here):
    process = started(here)
    process.kill()
    process.communicate(timeout=60)
    assert not (here.folder / "out" / "night").exists()
    (killed,) = journals(Store(here.store))
    done = here.call("night", "*.yaml", "--json", timeout=240)
    assert done.code == 0, done.err
    assert killed.id in today(here)["runs"]
    assert json.loads(done.out)["report"].endswith("index.html")
