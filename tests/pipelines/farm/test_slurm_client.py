"""How Slurm's programs fail. What they print is what those of 22.05 print; a script prints it in their place."""

import time
from pathlib import Path

import pytest

from pipelines.farm.slurm.client import RefusedError, UnansweredError, ask
from r2s2r.errors import MissingError


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    return tmp_path


def _program(programs: Path, name: str, *lines: str) -> None:
    (programs / name).write_text("\n".join(["#!/bin/sh", *lines]) + "\n")
    (programs / name).chmod(0o755)


def test_what_is_printed_is_returned(programs: Path):
    _program(programs, "squeue", 'echo "$@"')
    assert ask("squeue", "--me", files=["a b"]) == "--me a b\n"


def test_a_program_that_is_not_there_is_missing(programs: Path):
    with pytest.raises(MissingError, match=r"no squelch on PATH.*--executor local"):
        ask("squelch")


@pytest.mark.parametrize(
    ("said", "may_have_arrived"),
    [
        ("sbatch: error: Batch job submission failed: Unable to contact slurm controller (connect failure)", False),
        ("slurm_load_jobs error: Unable to contact slurm controller (connect failure)", False),
        ("sbatch: error: Batch job submission failed: Socket timed out on send/recv operation", True),
        ("slurm_load_jobs error: Zero Bytes were transmitted or received", True),
    ],
)
def test_a_controller_that_does_not_answer_is_told_from_one_that_says_no(
    programs: Path, said: str, may_have_arrived: bool
):
    _program(programs, "sbatch", f"echo '{said}' >&2", "exit 1")
    with pytest.raises(UnansweredError) as caught:
        ask("sbatch")
    assert caught.value.may_have_arrived is may_have_arrived


def test_a_refusal_has_slurms_words(programs: Path):
    _program(
        programs,
        "sbatch",
        "echo 'sbatch: error: invalid partition specified: nope' >&2",
        "echo 'sbatch: error: Batch job submission failed: Invalid partition name specified' >&2",
        "exit 1",
    )
    with pytest.raises(RefusedError, match=r"^invalid partition specified: nope; Batch job submission failed: Inv"):
        ask("sbatch")


def test_a_program_that_hangs_is_left_after_its_time(programs: Path):
    _program(programs, "squeue", "exec sleep 60")
    since = time.monotonic()
    with pytest.raises(UnansweredError, match=r"no answer within 0\.3 s") as caught:
        ask("squeue", seconds=0.3)
    assert caught.value.may_have_arrived
    assert time.monotonic() - since < 30


def test_a_program_that_waits_for_room_in_the_queue_has_handed_nothing_over(programs: Path):
    words = "echo 'sbatch: error: Slurm temporarily unable to accept job, sleeping and retrying' >&2"
    _program(programs, "sbatch", words, "exec sleep 60")
    with pytest.raises(RefusedError, match="temporarily unable"):
        ask("sbatch", seconds=1)


def test_settings_that_change_what_slurms_programs_print_are_not_passed_on(
    programs: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("SQUEUE_FORMAT", "%i")
    monkeypatch.setenv("SLURM_JOB_ID", "4711")
    monkeypatch.setenv("SLURM_CONF", "/etc/here.conf")
    _program(programs, "squeue", 'echo "$SQUEUE_FORMAT,$SLURM_JOB_ID,$SLURM_CONF,$LC_ALL"')
    assert ask("squeue") == ",,/etc/here.conf,C\n"
