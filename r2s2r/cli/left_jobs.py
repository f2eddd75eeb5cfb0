"""The jobs that a driver which is no more has left with its farm: ended through the executor."""

from pipelines.farm.chosen import executor_for
from pipelines.farm.executor import end_jobs
from r2s2r.artifacts.run_state import RunState
from r2s2r.artifacts.store import Store
from r2s2r.cli.asked_to_end import Said, names
from r2s2r.spec.farm import FarmSpec

_PATIENCE_S = 30.0


def end_left(state: RunState, recipes: set[str], store: Store, farm: FarmSpec) -> list[Said]:
    """End the jobs of these nodes; return what became of them, nothing where there were none."""
    of_key = {state.nodes[recipe].key: state.nodes[recipe] for recipe in recipes if state.nodes[recipe].key}
    executor = executor_for("slurm" if state.run.executor == "slurm" else "local", store, farm)
    try:
        keys = {report.key for report in executor.reattach() if report.state != "ended"} & of_key.keys()
        if not keys:
            return []
        left = end_jobs(executor, keys, patience_s=_PATIENCE_S)
    finally:
        executor.close()
    of = f"run {state.run.id}, whose driver is gone"
    if left:
        return [Said(False, f"{of}: {names([of_key[key] for key in left])} did not end yet")]
    return [Said(True, f"{of}: cancelled {names([of_key[key] for key in keys])}, which it had left")]
