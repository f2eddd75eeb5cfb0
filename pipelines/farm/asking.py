"""Running one short command where the farm would run a stage, to see what it says."""

import os
import signal
import subprocess
from collections.abc import Mapping

from pipelines.doctor import State
from pipelines.farm.needs import Needs
from pipelines.farm.slurm.client import RefusedError, UnansweredError, ask
from pipelines.farm.slurm.environment import job_environment
from pipelines.farm.slurm.options import requirements
from r2s2r.artifacts.store import Store
from r2s2r.errors import MissingError

MINUTES = 2
"""A job that asks may take so long."""

_HERE_S = 60.0
# A node that is free is found within this; a queue is not waited for.
_FREE_S = 20
_SLURM_S = 75.0


class NoAnswerError(Exception):
    """An environment could not be asked; ``state`` says how bad that is."""

    def __init__(self, state: State, words: str) -> None:
        super().__init__(words)
        self.state: State = state


def ask_here(words: tuple[str, ...], variables: Mapping[str, str], *, seconds: float = _HERE_S) -> str:
    """Run a command on this machine; return what it printed.

    Raises:
        NoAnswerError: It cannot be run, or takes too long; then it is ended, with all that it started.
    """
    try:
        process = subprocess.Popen(
            words,
            env=dict(variables),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    except OSError as error:
        raise NoAnswerError("wrong", f"{words[0]}: cannot be run: {error.strerror}") from error
    try:
        said, _ = process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired as error:
        raise NoAnswerError("wrong", f"{words[0]}: no answer within {seconds:g} s") from error
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
    return said.decode(errors="replace")


def ask_slurm(words: tuple[str, ...], needs: Needs, store: Store) -> str:
    """Run a command on a node that jobs of such needs run on, if one is free; return what it printed.

    Raises:
        NoAnswerError: None is free, Slurm does not answer or will not, or the command failed.
    """
    options = (
        "--quiet",
        "--job-name=r2s2r-doctor",
        f"--immediate={_FREE_S}",
        f"--time={MINUTES}",
        f"--chdir={store.root.absolute()}",
        *requirements(needs),
    )
    try:
        return ask("srun", *options, files=words, seconds=_SLURM_S, environment=_as_srun_reads(job_environment(needs)))
    except MissingError as error:
        raise NoAnswerError("missing", str(error)) from error
    except UnansweredError as error:
        raise NoAnswerError("missing", f"no answer: {error}") from error
    except RefusedError as error:
        raise _refused(str(error)) from error


def _as_srun_reads(variables: Mapping[str, str]) -> dict[str, str]:
    """Add what the user chose for ``sbatch``, as ``srun`` calls it."""
    chosen = {name: value for name, value in variables.items() if name.startswith("SBATCH_")}
    return {**variables, **{name.replace("SBATCH_", "SLURM_"): value for name, value in chosen.items()}}


def _refused(words: str) -> NoAnswerError:
    lowered = words.lower()
    if "requested nodes are busy" in lowered or "immediate" in lowered:
        return NoAnswerError("warning", f"no node was free within {_FREE_S} s, so it was not asked; try again later")
    return NoAnswerError("wrong", words)
