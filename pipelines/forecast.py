"""Forecast: what a shot's video model will be told and what it will cost, before anything is loaded."""

import json
from collections.abc import Iterator
from dataclasses import dataclass

from pipelines.advice import advice
from pipelines.node import Ledger
from pipelines.plan import ShotPlan
from r2s2r.artifacts.action import Measured
from r2s2r.artifacts.store import Store
from r2s2r.models.estimate import Estimate, estimate
from r2s2r.models.machine import Gpu, gpu
from r2s2r.models.segments import Segments
from r2s2r.models.size import config_of

_ELSEWHERE = Gpu("NVIDIA H100 80GB HBM3", memory_bytes=85_520_809_984, free_bytes=85_520_809_984)


@dataclass(frozen=True)
class Forecast:
    """What is to be known of a shot before its video model runs.

    Attributes:
        prompt: What the model is told.
        variants: How many videos are made.
        segments: How the shot is cut.
        estimate: Memory and time of one video.
        gpu_is_here: Whether the estimate is for this machine; else it is for an H100, as farms have them.
        warnings: What the author should look at first.
    """

    prompt: str
    variants: int
    segments: Segments
    estimate: Estimate
    gpu_is_here: bool
    warnings: tuple[str, ...]


def forecast(plan: ShotPlan, ledger: Ledger) -> Forecast | None:
    """Return the forecast of a shot whose frames a video model has still to make; None for every other shot."""
    nodes = [planned.node for planned in plan.nodes if planned.node.model is not None and planned.state != "fresh"]
    if not nodes:
        return None
    scene, shot, model = plan.shot.scene, plan.shot.shot, nodes[0].model
    assert model is not None
    output, spec = shot.edit.output, shot.diffuse.model
    assert spec is not None
    here = gpu()
    return Forecast(
        prompt=nodes[0].parameters["prompt"],
        variants=len(nodes),
        segments=Segments(shot.edit.frames, spec.segment_frames, spec.overlap_frames),
        estimate=estimate(
            spec,
            config_of(ledger.folders(nodes[0]).get("weights")),
            height=output.height,
            width=output.width,
            frames=shot.edit.frames,
            gpu=here or _ELSEWHERE,
            history=list(_history(ledger.store, nodes[0].backend)),
        ),
        gpu_is_here=here is not None or spec.device == "cpu",
        warnings=(*advice(scene, shot), *_findings(plan, ledger)),
    )


def _findings(plan: ShotPlan, ledger: Ledger) -> Iterator[str]:
    """Yield what control and reference have to say, where they are made already."""
    for planned in plan.nodes:
        action = ledger.action(planned.node) if planned.node.stage in ("control", "reference") else None
        if action is not None:
            facts = json.loads((ledger.store.object(action.result) / "facts.json").read_bytes())
            yield from (f"{planned.node.name}: {finding}" for finding in facts["findings"])


def _history(store: Store, backend: str) -> Iterator[Measured]:
    """Yield what earlier runs of a video model measured."""
    for path in (store.root / "actions").glob("*.json"):
        text = path.read_bytes()
        if b'"seconds_per_step"' in text:  # few have it, and parsing takes longer than looking
            action = store.action(path.stem)
            if action is not None and action.request.backend == backend:
                yield action.measured
