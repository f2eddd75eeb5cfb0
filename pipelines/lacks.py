"""What this machine lacks to make a shot: found before anything is decoded, so that a night is not lost on it."""

from collections.abc import Callable
from functools import cache

from pipelines.failure import Failure
from pipelines.node import Ledger, Node
from pipelines.plan import ShotPlan
from pipelines.rendering import render_spec
from r2s2r.errors import MissingError
from r2s2r.models.machine import missing_for
from r2s2r.spec.perception import PerceptionSpec
from r2s2r.spec.render import RenderSpec
from r2s2r.spec.video_model import VideoModelSpec
from r2s2r.stages.render.missing import WAY_OUT, missing_to_draw


def lacks(plan: ShotPlan, ledger: Ledger, *, is_elsewhere: Callable[[Node], bool]) -> tuple[Failure, ...]:
    """Return a failure for each unfinished node whose model or worker cannot run here.

    Of a node that another machine or environment builds, only what its key needs is asked for: weights, or their pins.
    """
    failures = []
    for planned in plan.nodes:
        node = planned.node
        if planned.state != "fresh":
            missing = _missing_weights(node, ledger) if is_elsewhere(node) else _missing_here(node, ledger)
            if missing:
                lines = ("this machine lacks:", *(f"- {one}" for one in missing), *_instead(plan, node))
                failures.append(Failure.of(node, MissingError("\n  ".join(lines))))
    return tuple(failures)


def _missing_here(node: Node, ledger: Ledger) -> tuple[str, ...]:
    model = () if node.model is None else _missing(node.model)
    return (*model, *_missing_workers(node), *_missing_to_draw(node), *ledger.absent(node))


def _missing_weights(node: Node, ledger: Ledger) -> tuple[str, ...]:
    if node.weights.keys() <= node.pins.keys() | ledger.folders(node).keys():
        return ()
    pinned = "or pin them in r2s2r.yaml, by `r2s2r doctor SCENE --pin` where they are"
    return tuple(f"{one}; {pinned}" for one in ledger.absent(node))


def _missing_workers(node: Node) -> tuple[str, ...]:
    return tuple(
        f"a worker, `workers: {{{name}: {{python: ...}}}}` in r2s2r.yaml: docs/lift-workers.md says how to set it up"
        for name, settings in node.tools.items()
        if settings is None
    )


def _missing_to_draw(node: Node) -> tuple[str, ...]:
    return _undrawable(render_spec(node.parameters, node.tools)) if node.stage == "render" else ()


@cache
def _undrawable(spec: RenderSpec) -> tuple[str, ...]:
    return tuple(missing_to_draw(spec))  # asks the GPU's driver, as below


@cache
def _missing(spec: VideoModelSpec | PerceptionSpec) -> tuple[str, ...]:
    return tuple(missing_for(spec))  # asks the GPU's driver: once, not for each of a hundred shots


def _instead(plan: ShotPlan, node: Node) -> tuple[str, ...]:
    """Say what can be made of a scene's shot without this node; there is nothing else to a sample."""
    if node.stage == "render":
        return (WAY_OUT,)
    if node.stage != "diffuse":
        return ("`--profile draft` makes a preview with what needs no weights",) if node.stage == "entity" else ()
    has_scene = any(planned.node.stage == "render" for planned in plan.nodes)
    here = "`--until control --until reference` makes what can be made here, `--profile draft` a preview"
    return (here,) if has_scene else ()
