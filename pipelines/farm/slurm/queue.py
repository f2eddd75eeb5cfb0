"""What stands in Slurm's queue, all of this user's at once, with what ended lately."""

from dataclasses import dataclass

from pipelines.farm.slurm.client import ask

_FIELDS = ("%j", "%F", "%K", "%T", "%N", "%r")
_SEPARATOR = "|"


@dataclass(frozen=True)
class Row:
    """A task of an array, as Slurm sees it.

    Attributes:
        name: Of its array.
        array: Number of its array.
        index: In its array; None: it stands for all tasks of the array that have no row of their own, as those that
            were cancelled together before they began.
        state: ``PENDING``, ``RUNNING``, ``NODE_FAIL``...
        node: Where it runs, or did last.
        reason: Why it waits, or how it ended.
    """

    name: str
    array: str
    index: int | None
    state: str
    node: str
    reason: str


def queued_rows(seconds: float) -> list[Row]:
    """Return the tasks of arrays of this user. Raises what ``ask`` raises."""
    # Those that ended stay for MinJobAge, 5 minutes unless the cluster says otherwise: no accounting is needed.
    said = ask(
        "squeue", "--me", "--array", "--states=all", "--noheader", f"--format={_SEPARATOR.join(_FIELDS)}",
        seconds=seconds,
    )  # fmt: skip
    return read_rows(said)


def read_rows(said: str) -> list[Row]:
    """Read what squeue printed."""
    return [row for line in said.splitlines() if (row := _read(line)) is not None]


def _read(line: str) -> Row | None:
    # A name of somebody else's job may hold the separator, none of the other fields does; reasons come last.
    fields = line.split(_SEPARATOR, len(_FIELDS) - 1)
    if len(fields) != len(_FIELDS):
        return None
    name, array, index, state, node, reason = (field.strip() for field in fields)
    return Row(name, array, int(index) if index.isdigit() else None, state, node, reason)
