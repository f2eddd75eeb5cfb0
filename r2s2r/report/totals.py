"""The night in numbers; every node counts once, and of nodes with one request only one."""

from collections import Counter
from collections.abc import Iterable, Sequence

from r2s2r.artifacts.journal import JournalRun, JournalShot
from r2s2r.report.content import STATES, Longest, ShotReport, Totals
from r2s2r.report.work import NodeWork, Work

_HOUR_S = 3600


def totals_of(runs: Sequence[JournalRun], shots: Sequence[ShotReport], refused: int, work: Work) -> Totals:
    """Add up a night."""
    counted = Counter(shot.state for shot in shots)
    nodes = _each_once(work.nodes)
    worked = list(nodes.values())
    return Totals(
        shots={state: counted[state] for state in STATES},
        refused=refused,
        seconds=round(max(0.0, (work.ended or work.seen) - runs[0].started), 1),
        work_s=round(sum(node.seconds for node in worked), 1),
        gpu_hours=round(sum(node.gpu_seconds for node in worked) / _HOUR_S, 4),
        gpu_hours_budget=runs[-1].gpu_hours,
        made=sum(node.last == "done" and node.was_begun for node in worked),
        failed=sum(node.last == "failed" for node in worked),
        retries=sum(node.retries for node in worked),
        queued_s=round(sum(node.queued_s for node in worked), 1),
        queued_longest_s=round(max((node.queued_s for node in worked), default=0.0), 1),
        longest=_longest(nodes, [shot for run in runs for shot in run.shots]),
    )


def _each_once(nodes: dict[str, NodeWork]) -> dict[str, NodeWork]:
    """Return recipe -> node; of those with the same request, which is made once, that with most work."""
    by_request: dict[str, tuple[str, NodeWork]] = {}
    for recipe, node in nodes.items():
        request = node.key or recipe
        if request not in by_request or node.seconds > by_request[request][1].seconds:
            by_request[request] = (recipe, node)
    return dict(by_request.values())


def _longest(nodes: dict[str, NodeWork], shots: Iterable[JournalShot]) -> Longest | None:
    recipe = max(nodes, key=lambda one: nodes[one].seconds, default=None)
    if recipe is None or not nodes[recipe].seconds:
        return None
    named = (f"{shot.scene}/{shot.shot} {name}" for shot in shots for name, one, _, _ in shot.nodes if one == recipe)
    return Longest(next(named, ""), round(nodes[recipe].seconds, 1))
