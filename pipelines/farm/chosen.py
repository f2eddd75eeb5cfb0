"""The one place that chooses an executor."""

from typing import Literal, assert_never

from pipelines.farm.executor import Executor
from r2s2r.artifacts.store import Store
from r2s2r.spec.farm import FarmSpec

ExecutorName = Literal["local", "slurm"]


def executor_for(name: ExecutorName, store: Store, farm: FarmSpec) -> Executor:
    """Return an executor; it has done nothing yet."""
    match name:
        case "local":
            from pipelines.farm.local import LocalExecutor

            return LocalExecutor(store, farm.local)
        case "slurm":
            from pipelines.farm.slurm.executor import SlurmExecutor

            return SlurmExecutor(store, farm.slurm)
        case _:
            assert_never(name)
