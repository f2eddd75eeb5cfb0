"""What `night` says to programs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from r2s2r.cli.run_plans import result_json
from r2s2r.report.times import iso

if TYPE_CHECKING:
    from pipelines.night.decision import Candidate
    from pipelines.night.night import Outcome, Outlook
    from pipelines.night.wish import Refused


def outcome_json(outcome: Outcome) -> dict[str, object]:
    """Say what became of a night."""
    return {
        "shots": [result_json(result) for result in outcome.results],
        "refused": _refused(outcome.refused),
        "report": None if outcome.page is None else str(outcome.page),
    }


def outlook_json(outlook: Outlook) -> dict[str, object]:
    """Say what a night would do."""
    begun = [_candidate(one.candidate) | {"done": iso(one.done_s), "put_off": ""} for one in outlook.decision.begun]
    put_off = [_candidate(one.candidate) | {"done": None, "put_off": one.why} for one in outlook.decision.put_off]
    return {
        "begin": iso(outlook.begin_s),
        "end": None if outlook.span is None else iso(outlook.span.end_s),
        "gpu_hours": round(outlook.decision.gpu_s / 3600, 4),
        "shots": [*begun, *put_off],
        "refused": _refused(outlook.found.refused),
    }


def _candidate(candidate: Candidate) -> dict[str, object]:
    names = {one.node.recipe: one.node.name for one in candidate.plan.nodes}
    guesses = {names[task.recipe]: task.guess for task in candidate.tasks}
    return {
        "scene": candidate.plan.shot.scene.name,
        "shot": candidate.plan.shot.shot.name,
        "seconds": round(candidate.work_s(), 1),
        "gpu_hours": round(candidate.gpu_s() / 3600, 4),
        "nodes": {name: {"seconds": round(one.seconds, 1), "basis": one.basis} for name, one in guesses.items()},
    }


def _refused(refused: tuple[Refused, ...]) -> list[dict[str, str]]:
    return [{"path": one.path, "message": one.message} for one in refused]
