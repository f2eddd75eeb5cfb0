"""What became of each shot."""

from collections.abc import Iterator, Mapping, Sequence

from r2s2r.artifacts.journal import JournalRun, JournalShot
from r2s2r.report.content import ShotReport, State, WorkedNode
from r2s2r.report.failures import Failures, shortened
from r2s2r.report.work import NodeWork, Work

_HOUR_S = 3600
_LONGEST = 500  # characters of a line about a shot
_FOLLOWS = "waits for "  # how plans begin the reason of a node that only follows from another


def shots_of(runs: Sequence[JournalRun]) -> list[JournalShot]:
    """Return the shots of a night's runs: each as its last run saw it, with the reasons that the first one gave."""
    latest: dict[tuple[str, str, str], JournalShot] = {}
    for run in runs:
        for shot in run.shots:
            latest[shot.path, shot.shot, shot.profile] = shot
    return list(latest.values())


def reasons_of(runs: Sequence[JournalRun]) -> dict[str, str]:
    """Return recipe -> why it was not fresh when the night first saw it."""
    reasons: dict[str, str] = {}
    for run in runs:
        for shot in run.shots:
            for _, recipe, state, why in shot.nodes:
                if state != "fresh":
                    reasons.setdefault(recipe, why)
    return reasons


def report_shot(
    shot: JournalShot,
    work: Work,
    failures: Failures,
    *,
    reasons: Mapping[str, str],
    findings: Mapping[str, tuple[str, ...]],
) -> ShotReport:
    """Say what became of a shot; ``reasons`` and ``findings`` are of all nodes, by recipe."""
    found = tuple(_worked_on(shot, work))
    state = _state(shot, work)
    nodes = tuple(_worked(name, node, reasons.get(recipe, "")) for name, recipe, node in found if node.was_begun)
    failed = tuple(failures.index[recipe] for _, recipe, _ in found if recipe in failures.index)
    return ShotReport(
        scene=shot.scene,
        shot=shot.shot,
        profile=shot.profile,
        path=shot.path,
        state=state,
        why=shortened(_why(shot, state, found, work), _LONGEST),
        nodes=nodes,
        seconds=round(sum(one.seconds for one in nodes), 1),
        gpu_hours=round(sum(one.gpu_hours for one in nodes), 4),
        retries=sum(one.retries for one in nodes),
        estimate_s=shot.estimate_s,
        failures=failed,
        findings=tuple(line for _, recipe, _, _ in shot.nodes for line in findings.get(recipe, ())),
    )


def _worked_on(shot: JournalShot, work: Work) -> Iterator[tuple[str, str, NodeWork]]:
    for name, recipe, _, _ in shot.nodes:
        if recipe in work.nodes:
            yield name, recipe, work.nodes[recipe]


def _state(shot: JournalShot, work: Work) -> State:
    to_make = [work.nodes.get(recipe) for _, recipe, state, _ in shot.nodes if state != "fresh" or recipe in work.nodes]
    last = {None if node is None else node.last for node in to_make}
    if "failed" in last:
        return "failed"
    if "cancelled" in last:
        return "cancelled"
    if shot.put_off or "deferred" in last:
        return "put_off"
    if last - {"done"}:
        return "not_reached"
    return "done" if any(node is not None and node.was_begun for node in to_make) else "fresh"


def _worked(name: str, node: NodeWork, because: str) -> WorkedNode:
    return WorkedNode(
        node=name,
        is_made=node.last == "done",
        because="" if because.startswith(_FOLLOWS) else shortened(because, _LONGEST),
        seconds=round(node.seconds, 1),
        gpu_hours=round(node.gpu_seconds / _HOUR_S, 4),
        retries=node.retries,
        retried=shortened(node.retried, _LONGEST),
        where=node.where,
    )


def _why(shot: JournalShot, state: State, found: Sequence[tuple[str, str, NodeWork]], work: Work) -> str:
    match state:
        case "failed" | "cancelled":
            return next((f"{name}: {node.message}" for name, _, node in found if node.last == state), "")
        case "put_off":
            return shot.put_off or next((node.message for _, _, node in found if node.last == "deferred"), "")
        case "not_reached":
            return _why_not_reached(found, work)
        case "done" | "fresh":
            return ""


def _why_not_reached(found: Sequence[tuple[str, str, NodeWork]], work: Work) -> str:
    """Say how the run ended, and what kept a node of the shot from starting or going on then."""
    is_begun = any(node.last == "running" for _, _, node in found)
    ending = work.ending or f"the run ended {'while it was at work' if is_begun else 'before its turn'}"
    left = ((name, node.message) for name, _, node in found if node.last in ("queued", "running"))
    return next((f"{ending}; {name}: {said}" for name, said in left if said), ending)
