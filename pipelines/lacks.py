"""What this machine lacks to make a shot: found before anything is decoded, so that a night is not lost on it."""

from functools import cache

from pipelines.failure import Failure
from pipelines.node import Ledger
from pipelines.plan import ShotPlan
from r2s2r.errors import MissingError
from r2s2r.models.machine import missing_for
from r2s2r.spec.video_model import VideoModelSpec


def lacks(plan: ShotPlan, ledger: Ledger) -> tuple[Failure, ...]:
    """Return a failure for each unfinished node whose video model cannot run here."""
    failures = []
    for planned in plan.nodes:
        node = planned.node
        if planned.state != "fresh" and node.model is not None:
            missing = (*_missing(node.model), *ledger.absent(node))
            if missing:
                lines = ("this machine lacks:", *(f"- {one}" for one in missing), *_instead(plan))
                failures.append(Failure.of(node, MissingError("\n  ".join(lines))))
    return tuple(failures)


@cache
def _missing(spec: VideoModelSpec) -> tuple[str, ...]:
    return tuple(missing_for(spec))  # asks the GPU's driver: once, not for each of a hundred shots


def _instead(plan: ShotPlan) -> tuple[str, ...]:
    """Say what can be made of a scene's shot without its video model; there is nothing else to a sample."""
    has_scene = any(planned.node.stage == "render" for planned in plan.nodes)
    here = "`--until control --until reference` makes what can be made here, `--profile draft` a preview"
    return (here,) if has_scene else ()
