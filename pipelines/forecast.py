"""Forecast: what a shot's video model will be told and what it will cost, before anything is loaded."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from pipelines.advice import advice
from pipelines.node import Ledger
from pipelines.plan import ShotPlan
from r2s2r.artifacts.action import Measured
from r2s2r.artifacts.store import Store
from r2s2r.models.estimate import Estimate, estimate
from r2s2r.models.machine import Gpu, gpu
from r2s2r.models.segments import Segments
from r2s2r.models.size import config_of

ELSEWHERE = Gpu("NVIDIA H100 80GB HBM3", memory_bytes=85_520_809_984, free_bytes=85_520_809_984)


@dataclass(frozen=True)
class Forecast:
    """What is to be known of a shot before its video model runs.

    Attributes:
        prompt: What the model is told.
        variants: How many videos are made.
        segments: How the shot is cut.
        estimate: Memory and time of one video.
        kept: Segments that a killed run has finished, over all variants.
        gpu_is_here: Whether the estimate is for this machine; else it is for an H100, as farms have them.
        warnings: What the author should look at first.
    """

    prompt: str
    variants: int
    segments: Segments
    estimate: Estimate
    kept: int
    gpu_is_here: bool
    warnings: tuple[str, ...]


def earlier_runs(store: Store) -> dict[str, list[Measured]]:
    """Return what runs of the video models measured, by backend."""
    runs = dict[str, list[Measured]]()
    for path in (store.root / "actions").glob("*.json"):
        if b'"seconds_per_step"' in path.read_bytes():  # few have it, and parsing takes longer than looking
            action = store.action(path.stem)
            if action is not None:
                runs.setdefault(action.request.backend, []).append(action.measured)
    return runs


class Forecaster:
    """Forecasts the shots of one plan; asks for the GPU and reads what earlier runs measured once for all of them."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger

    def forecast(self, plan: ShotPlan) -> Forecast | None:
        """Return the forecast of a shot whose frames a video model has still to make; None for every other shot."""
        nodes = [planned.node for planned in plan.nodes if planned.node.stage == "diffuse" and planned.state != "fresh"]
        shot, spec = plan.shot.shot, plan.shot.shot.diffuse.model
        if not nodes or spec is None:
            return None
        return Forecast(
            prompt=nodes[0].parameters["prompt"],
            variants=len(nodes),
            segments=Segments(shot.edit.frames, spec.segment_frames, spec.overlap_frames),
            estimate=estimate(
                spec,
                config_of(self.ledger.folders(nodes[0]).get("weights")),
                height=shot.edit.output.height,
                width=shot.edit.output.width,
                frames=shot.edit.frames,
                gpu=self._gpu or ELSEWHERE,
                history=self._history.get(shot.diffuse.backend, []),
            ),
            kept=sum(self._kept(planned.key) for planned in plan.nodes if planned.node in nodes),
            gpu_is_here=self._gpu is not None or spec.device == "cpu",
            warnings=(*advice(plan.shot.scene, shot), *self._findings(plan)),
        )

    @cached_property
    def _gpu(self) -> Gpu | None:
        return gpu()

    @cached_property
    def _history(self) -> dict[str, list[Measured]]:
        return earlier_runs(self.ledger.store)

    def _kept(self, key: str | None) -> int:
        return 0 if key is None else self.ledger.store.kept_segments(key)

    def _findings(self, plan: ShotPlan) -> Iterator[str]:
        """Yield what control and reference have to say, where they are made already."""
        for planned in plan.nodes:
            if planned.node.stage in ("control", "reference"):
                yield from self.ledger.findings(planned.node)
