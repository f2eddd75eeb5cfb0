"""What a job needs, as options of ``sbatch``."""

import math
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path

from pipelines.farm.needs import Needs
from pipelines.farm.slurm.batches import Batch
from r2s2r.artifacts.store import Store

# A quarter of the time is the most that is spent on stopping in time: Slurm may send the signal half a minute early.
_STOPPING = 0.25


def submission(
    batch: Batch, needs: Needs, store: Store, *, stop_s: int, shunned: Sequence[str] = ()
) -> tuple[str, ...]:
    """Return the words that hand a batch over as an array.

    Args:
        batch: Stands in the store already.
        needs: Of each of its requests.
        store: Its folder is where the jobs run.
        stop_s: So long before its limit, in seconds, a task is sent SIGUSR1.
        shunned: Slurm's names of nodes that are not to be used.
    """
    minutes = limit_minutes(needs, max(len(keys) for keys in batch.tasks))
    stop_s = max(1, min(stop_s, int(60 * minutes * _STOPPING)))
    return (
        "sbatch",
        "--parsable",
        f"--array=0-{len(batch.tasks) - 1}",
        f"--job-name={batch.name}",
        *requirements(needs),
        f"--time={minutes}",
        f"--signal=B:USR1@{stop_s}",
        "--requeue",
        *([f"--exclude={','.join(shunned)}"] if shunned else []),
        f"--chdir={store.root.absolute()}",
        # Below that folder: in a whole path, Slurm would read each % as the beginning of a pattern.
        f"--output=jobs/{batch.nonce}-%a.out",
        "--open-mode=append",
        "--export=ALL",  # of the environment that sbatch is run with: see job_environment
        *command(needs, store, batch.path(store)),
    )


def requirements(needs: Needs) -> tuple[str, ...]:
    """Return the options that say what a job takes of a node, and whose it is."""
    gpus = ":".join(["gpu", *([needs.gpu_type] if needs.gpu_type else []), str(needs.gpus)])
    named = {"partition": needs.partition, "account": needs.account, "constraint": needs.constraint}
    return (
        "--nodes=1",
        "--ntasks=1",
        f"--cpus-per-task={needs.cpus}",
        *([f"--mem={memory_mb(needs)}M"] if needs.memory_gb else []),
        *([f"--gres={gpus}"] if needs.gpus else []),
        *(f"--{option}={value}" for option, value in named.items() if value is not None),
    )


def script() -> str:
    """Return the path of the script that Slurm starts."""
    return str(files("pipelines.farm.slurm") / "job.sh")


def command(needs: Needs, store: Store, batch: Path) -> tuple[str, ...]:
    """Return the script and its arguments: what a task of the array runs. All of them run the same."""
    own = ("-m", "r2s2r", "stage", "--store", str(store.root.absolute()), "--batch", str(batch.absolute()))
    return (script(), *needs.python, *own)


def memory_mb(needs: Needs) -> int:
    """Return the memory of a job. A GB is 1000 of Slurm's: so a node that is said to have as many can hold it."""
    return math.ceil(1000 * needs.memory_gb)


def limit_minutes(needs: Needs, requests: int) -> int:
    """Return the limit of a job that builds so many requests; Slurm counts whole minutes."""
    return max(1, math.ceil(needs.minutes * requests))
