"""Runs Slurm's own programs, each with a time-out: they wait for minutes for a controller that is gone."""

import os
import subprocess
from collections.abc import Mapping, Sequence

from r2s2r.errors import MissingError

ANSWER_S = 5.0
# Words of Slurm's programs when it is their controller that is at fault, not what they were asked.
_NOT_THERE = ("unable to contact slurm controller", "connection refused", "no route to host")
_NO_ANSWER = ("socket timed out", "zero bytes were transmitted", "message receive failure", "in standby mode",
              "protocol authentication error", "connection timed out", "connection reset")  # fmt: skip
# With more jobs than it holds, sbatch says so and waits; what it did not hand over then, it never will.
_FULL = b"Slurm temporarily unable to accept job"


class UnansweredError(Exception):
    """The controller did not answer: it is down, or starts again, or has too much to do.

    ``may_have_arrived``: what it was asked for may be done all the same.
    """

    def __init__(self, words: str, *, may_have_arrived: bool) -> None:
        super().__init__(words)
        self.may_have_arrived = may_have_arrived


class RefusedError(Exception):
    """Slurm answered, and will not; its own words."""


def ask(
    *words: str, files: Sequence[str] = (), seconds: float = ANSWER_S, environment: Mapping[str, str] | None = None
) -> str:
    """Run one of Slurm's programs and return what it printed.

    Args:
        words: The program and its arguments.
        files: More arguments, which are never options.
        seconds: It may take so long.
        environment: Its variables; None: this process's, without those that change what such programs print.

    Raises:
        MissingError: The program is not on PATH.
        UnansweredError: The controller did not answer.
        RefusedError: It did, and said no.
    """
    environment = plain_environment() if environment is None else environment
    try:
        done = subprocess.run(
            [*words, *files],
            env={**environment, "LC_ALL": "C"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=seconds,
            check=False,
        )
    except (FileNotFoundError, PermissionError) as error:
        raise MissingError(
            f"no {words[0]} on PATH, so no Slurm; run this on a machine that can submit jobs, or with --executor local"
        ) from error
    except subprocess.TimeoutExpired as error:
        if _FULL in (error.stderr or b""):
            raise RefusedError(_FULL.decode()) from error
        raise UnansweredError(f"{words[0]} had no answer within {seconds:g} s", may_have_arrived=True) from error
    if done.returncode != 0:
        raise _refusal(words[0], done.stderr.decode(errors="replace"))
    return done.stdout.decode(errors="replace")


def plain_environment() -> dict[str, str]:
    """Return this process's variables, without those that change what Slurm's programs do, but for where Slurm is."""
    prefixes = ("SLURM_", "SBATCH_", "SQUEUE_", "SINFO_", "SCANCEL_", "SCONTROL_")
    return {name: value for name, value in os.environ.items() if not name.startswith(prefixes) or name == "SLURM_CONF"}


def _refusal(program: str, stderr: str) -> UnansweredError | RefusedError:
    lines = [line.strip() for line in stderr.splitlines() if line.strip()]
    said = "; ".join(line.removeprefix(f"{program}: ").removeprefix("error: ") for line in lines)
    lowered = said.lower()
    if any(words in lowered for words in _NOT_THERE):
        return UnansweredError(said, may_have_arrived=False)
    if any(words in lowered for words in _NO_ANSWER):
        return UnansweredError(said, may_have_arrived=True)
    return RefusedError(said or f"{program} failed without a word")
