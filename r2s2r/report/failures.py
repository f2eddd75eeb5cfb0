"""What failed: every node once, with its last words."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from r2s2r.artifacts.journal import JournalShot
from r2s2r.artifacts.printed import as_shown, end_of
from r2s2r.artifacts.store import Store
from r2s2r.report.content import FailureReport
from r2s2r.report.work import Work

_LONGEST = 4000  # characters of a message
_LINES, _BYTES, _WIDEST = 15, 16_384, 300
_KEY = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class Failures:
    """All failures of a night.

    Attributes:
        reports: Each once, in the order of the shots.
        index: Recipe -> index of its failure.
    """

    reports: tuple[FailureReport, ...]
    index: dict[str, int]


def failures_of(shots: Iterable[JournalShot], work: Work, store: Store) -> Failures:
    """Return what failed in a night, with the last lines of each log."""
    reports: list[FailureReport] = []
    index: dict[str, int] = {}
    for shot in shots:
        for name, recipe, _, _ in shot.nodes:
            node = work.nodes.get(recipe)
            if node is not None and node.last == "failed" and recipe not in index:
                index[recipe] = len(reports)
                label, message = f"{shot.scene}/{shot.shot}", shortened(node.message or "it did not say why")
                log = last_lines(store, node.key)
                reports.append(FailureReport(name, label, node.key, node.cause, message, node.where, log))
    return Failures(tuple(reports), index)


def shortened(message: str, longest: int = _LONGEST) -> str:
    """Return a message, without its middle where it is very long: the cause is first, the advice last."""
    if len(message) <= longest:
        return message
    half = longest // 2
    return f"{message[:half]}\n[... {len(message) - 2 * half} characters left out ...]\n{message[-half:]}"


def last_lines(store: Store, key: str) -> tuple[str, ...]:
    """Return the last lines of a request's log, as a terminal would leave them; none where there is no log."""
    if not _KEY.fullmatch(key):
        return ()
    lines = [as_shown(line).rstrip() for line in end_of(store.log(key), _BYTES).split("\n")]
    return tuple(line if len(line) <= _WIDEST else f"{line[:_WIDEST]}..." for line in lines if line)[-_LINES:]
