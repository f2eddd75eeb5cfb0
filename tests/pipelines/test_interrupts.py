"""Ctrl-C and the like end a run in its own order, whatever it is at."""

import signal
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest

from pipelines.interrupts import deferred_interrupts
from tests.pipelines.conftest import Project


class _EndedError(Exception):
    """Raised by a handler."""


@pytest.fixture(params=[signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def number(request: pytest.FixtureRequest) -> Iterator[int]:
    """A signal that raises _EndedError."""

    def end(caught: int, _: object) -> None:
        raise _EndedError(caught)

    before = signal.signal(request.param, end)
    yield request.param
    signal.signal(request.param, before)


def test_an_interrupt_waits_until_the_block_is_left(number: int) -> None:
    done = []
    with pytest.raises(_EndedError, match=f"^{int(number)}$"), deferred_interrupts():  # noqa: PT012 - what the block does
        signal.raise_signal(number)
        done.append("all")
    assert done == ["all"]


def test_handlers_and_mask_are_as_they_were() -> None:
    before = signal.getsignal(signal.SIGTERM), signal.pthread_sigmask(signal.SIG_BLOCK, ())
    with deferred_interrupts():
        pass
    assert (signal.getsignal(signal.SIGTERM), signal.pthread_sigmask(signal.SIG_BLOCK, ())) == before


def test_processes_started_meanwhile_do_not_see_ctrl_c_but_can_be_ended() -> None:
    code = "import signal; print(*sorted(signal.pthread_sigmask(signal.SIG_BLOCK, ())))"
    with deferred_interrupts():
        started = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert started.stdout.split() == [str(int(signal.SIGINT))]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_run_interrupted_while_its_first_process_starts_leaves_no_traceback(project: Project, number: int) -> None:
    process = subprocess.Popen(
        project.command("run", "scene.yaml"), cwd=project.folder, stderr=subprocess.PIPE, text=True
    )
    while process.poll() is None and not (project.store / "store.json").exists():
        time.sleep(0.001)
    process.send_signal(number)
    _, said = process.communicate(timeout=120)
    assert process.returncode == 128 + number
    assert "Traceback" not in said
