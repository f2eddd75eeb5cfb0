"""Ends tasks of arrays, at once or where they can go on later."""

from collections.abc import Sequence

from pipelines.farm.slurm.client import ask


def cancel_tasks(tasks: Sequence[tuple[str, int]]) -> None:
    """Cancel tasks, each given by the number of its array and its index. Raises what ``ask`` raises."""
    # Never with --state: of an array, Slurm 22.05 then cancels all tasks that wait, not only those that are named.
    if tasks:
        ask("scancel", "--quiet", files=_named(tasks))


def stop_tasks(tasks: Sequence[tuple[str, int]]) -> None:
    """Send SIGUSR1 to tasks that run: to the process that Slurm started, not its children, which do not expect it."""
    if tasks:
        ask("scancel", "--quiet", "--signal=USR1", "--batch", files=_named(tasks))


def _named(tasks: Sequence[tuple[str, int]]) -> list[str]:
    """Name tasks as Slurm does: ``17_[0,3,4]``."""
    arrays: dict[str, list[int]] = {}
    for array, index in tasks:
        arrays.setdefault(array, []).append(index)
    return [f"{array}_[{','.join(map(str, sorted(indices)))}]" for array, indices in arrays.items()]
