"""Whether a night can hold anything at all: found before anything is made."""

from collections.abc import Sequence

from pipelines.night.decision import Candidate
from r2s2r.errors import InputError
from r2s2r.report.times import duration

_LISTED = 20
_HOUR_S = 3600.0


def check_holds(shots: Sequence[Candidate], *, length_s: float | None, gpu_s: float | None) -> None:
    """Check that at least one shot fits into a whole night.

    Args:
        shots: What is not fresh.
        length_s: Of a whole night; None: it ends when all is done.
        gpu_s: GPU seconds it may take; None: any.

    Raises:
        InputError: None does; says how much each would take.
    """
    if not shots:
        return
    if length_s is not None and all(one.longest_s() > length_s for one in shots):
        each = [f"{one.label} takes about {duration(one.longest_s())} ({_longest(one)})" for one in shots]
        way_out = "widen --window, or make the shots shorter or smaller"
        raise InputError(_listed(f"no shot fits into a night of {duration(length_s)}", each, way_out))
    if gpu_s is not None and all(one.gpu_s() > gpu_s for one in shots):
        each = [f"{one.label} takes about {one.gpu_s() / _HOUR_S:.2g} ({_longest(one, of_gpu=True)})" for one in shots]
        raise InputError(_listed(f"no shot fits into {gpu_s / _HOUR_S:g} GPU hours", each, "raise --gpu-hours"))


def _longest(shot: Candidate, *, of_gpu: bool = False) -> str:
    """Name the longest of a shot's nodes, or of those on a GPU, and what its estimate rests on."""
    names = {one.node.recipe: one.node.name for one in shot.plan.nodes}
    task = max(shot.tasks, key=lambda one: one.gpu_s if of_gpu else one.guess.seconds)
    return f"{names[task.recipe]} {duration(task.guess.seconds)}, {task.guess.basis}"


def _listed(what: str, each: list[str], way_out: str) -> str:
    more = [f"and {len(each) - _LISTED} more"] if len(each) > _LISTED else []
    return "\n".join((f"{what}; {way_out}:", *(f"  {line}" for line in (*each[:_LISTED], *more))))
