"""What this machine lacks to make a shot: found before anything is decoded, so that a night is not lost on it."""

from pipelines.failure import Failure
from pipelines.node import Ledger
from pipelines.plan import ShotPlan
from r2s2r.errors import MissingError
from r2s2r.models.machine import missing_for


def lacks(plan: ShotPlan, ledger: Ledger) -> tuple[Failure, ...]:
    """Return a failure for each unfinished node whose video model cannot run here."""
    failures = []
    for planned in plan.nodes:
        node = planned.node
        if planned.state != "fresh" and node.model is not None:
            missing = (*missing_for(node.model), *ledger.absent(node))
            if missing:
                lines = ("this machine lacks:", *(f"- {one}" for one in missing), *_instead(plan))
                failures.append(Failure.of(node, MissingError("\n  ".join(lines))))
    return tuple(failures)


def _instead(plan: ShotPlan) -> tuple[str, ...]:
    """Say what can be made of a scene's shot without its video model; there is nothing else to a sample."""
    has_scene = any(planned.node.stage == "render" for planned in plan.nodes)
    here = "`--until control --until reference` makes what can be made here, `--profile draft` a preview"
    return (here,) if has_scene else ()
