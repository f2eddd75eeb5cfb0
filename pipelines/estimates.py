"""Estimates: how long a node will take, learned from what such nodes took before.

What is asked first: (1) the last time of this very node of this shot; (2) the runs of its stage and backend, those of
nearest size; for video models what they measured for each step; (3) what is assumed, and said to be so. Times go with
the work: frames and pixels, where both are known.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from math import log
from statistics import median

from pipelines.forecast import ELSEWHERE
from pipelines.node import Ledger, Node
from pipelines.past import Past, past_of, sampled
from pipelines.plan import History, ShotPlan
from pipelines.shot import ShotNodes
from pipelines.work import work_of
from r2s2r.models.estimate import estimate
from r2s2r.models.machine import Gpu, gpu
from r2s2r.models.segments import Segments
from r2s2r.models.size import config_of
from r2s2r.spec.animate import AnimateSpec
from r2s2r.spec.vace import VaceSpec

_NEIGHBOURS = 9
_MEGA = 1e6
# Loading the model, encoding and decoding, on top of the denoising; until a whole run has been measured.
_ASSUMED_OVERHEAD = 1.2
_ASSUMED_MODEL_S = 1800.0
_ASSUMED_S: dict[str, tuple[float, float]] = {
    "footage": (4.0, 0.0),
    "mask": (2.0, 0.05),
    "traces": (20.0, 0.0),
    "depth": (10.0, 0.0),
    "camera": (30.0, 0.0),
    "entity": (3.0, 0.0),
    "motion": (20.0, 0.0),
    "plate": (1.0, 0.04),
    "edit": (0.5, 0.0),
    "render": (1.0, 0.2),
    "control": (1.0, 0.05),
    "reference": (1.0, 0.05),
    "diffuse": (1.0, 0.4),
    "encode": (1.0, 0.13),
}
"""Stage -> seconds, and seconds for a million pixels of all frames; about what two cores take. Until measured."""


@dataclass(frozen=True)
class Guess:
    """How long a node is expected to take.

    Attributes:
        seconds: What is left of it.
        basis: What that rests on: ``last time``, ``12 earlier runs``, ``assumed``.
        stride_s: So long after it was asked to stop it does, where it can go on later; 0: only at its end.
    """

    seconds: float
    basis: str
    stride_s: float = 0.0


class Estimator:
    """Estimates the unfinished nodes of one decision; what it learned of the store it learns once.

    Args:
        ledger: Of the store.
        gpu_here: Returns the GPU that models will run on; None: another machine's. Asked when it matters.
    """

    def __init__(self, ledger: Ledger, gpu_here: Callable[[], Gpu | None] = gpu) -> None:
        self._ledger, self._gpu_here = ledger, gpu_here
        self._pasts: dict[str, Past | None] = {}
        self._known: dict[tuple[str, str, float | None], Guess] = {}
        self._models: dict[tuple[AnimateSpec | VaceSpec, int, int, int], float | None] = {}

    def guesses(self, plan: ShotPlan) -> dict[str, Guess]:
        """Return recipe -> guess of a shot's nodes that are not fresh."""
        stale = [one for one in plan.nodes if one.state != "fresh"]
        history = History.read(self._ledger.store, plan.shot) if stale else History({}, {})
        return {one.node.recipe: self._guess(one.node, one.key, plan.shot, history) for one in stale}

    def _guess(self, node: Node, key: str | None, shot: ShotNodes, history: History) -> Guess:
        whole = self._last_time(node, shot, history)
        if not isinstance(node.model, AnimateSpec | VaceSpec):
            return whole or self._like(node, work_of(node, shot, self._ledger))
        whole = whole or self._of_model(node, node.model, shot)
        count = Segments(shot.shot.edit.frames, node.model.segment_frames, node.model.overlap_frames).count
        left = max(0, count - self._kept(key)) / count
        return Guess(whole.seconds * left, whole.basis, stride_s=whole.seconds / count)

    def _last_time(self, node: Node, shot: ShotNodes, history: History) -> Guess | None:
        """Return what the node took when it was last made for this shot; None where that says nothing of it."""
        request = history.requests.get(node.name)
        if request is None or request.backend != node.backend:
            return None
        if node.model is not None and request.parameters.get("diffuse") != node.parameters.get("diffuse"):
            return None  # other steps, another size: the time of a step knows better
        past = self._past(history.keys[node.name])
        if past is None:
            return None
        work = work_of(node, shot, self._ledger)
        return Guess(past.scaled(work), "last time")

    def _past(self, key: str) -> Past | None:
        if key not in self._pasts:  # shots share lifts
            self._pasts[key] = past_of(self._ledger.store, key)
        return self._pasts[key]

    def _like(self, node: Node, work: float | None) -> Guess:
        """Return what nodes of its stage and backend took; by the runs that had about as much to do."""
        asked = (node.stage, node.backend, work)
        if asked not in self._known:
            runs = self._runs.get((node.stage, node.backend), ())
            self._known[asked] = _of_nearest(runs, work) if runs else _assumed(node, work)
        return self._known[asked]

    def _of_model(self, node: Node, spec: AnimateSpec | VaceSpec, shot: ShotNodes) -> Guess:
        """Return what a video model will take: by its steps, and what whole runs took beside them."""
        edit = shot.shot.edit
        asked = (spec, edit.frames, edit.output.height, edit.output.width)
        runs = self._runs.get((node.stage, node.backend), ())
        if asked not in self._models:
            found = estimate(
                spec,
                config_of(self._ledger.folders(node).get("weights")),
                height=edit.output.height,
                width=edit.output.width,
                frames=edit.frames,
                gpu=self._gpu or _gpu_of(runs),
                history=[run.measured for run in runs],
            )
            self._models[asked] = None if found.minutes is None else found.minutes * 60
        denoising_s = self._models[asked]
        if denoising_s is None:
            return self._like(node, work_of(node, shot, self._ledger)) if runs else Guess(_ASSUMED_MODEL_S, "assumed")
        shares = [run.seconds / run.denoising_s for run in runs if run.denoising_s]
        basis = _count(len(shares)) if shares else "assumed"
        return Guess(denoising_s * (median(shares) if shares else _ASSUMED_OVERHEAD), basis)

    def _kept(self, key: str | None) -> int:
        return 0 if key is None else self._ledger.store.kept_segments(key)

    @cached_property
    def _gpu(self) -> Gpu | None:
        return self._gpu_here()

    @cached_property
    def _runs(self) -> dict[tuple[str, str], tuple[Past, ...]]:
        return sampled(self._ledger.store)


def _gpu_of(runs: Sequence[Past]) -> Gpu:
    """Return the GPU that most runs were made on; where none says, one as farms have them."""
    names = Counter(str(run.measured["gpu"]) for run in runs if run.measured.get("gpu"))
    return replace(ELSEWHERE, name=names.most_common(1)[0][0]) if names else ELSEWHERE


def _of_nearest(runs: Sequence[Past], work: float | None) -> Guess:
    if work:
        sized = [run for run in runs if run.work]
        near = sorted(sized, key=lambda run: abs(log((run.work or 1.0) / work)))[:_NEIGHBOURS]
        runs = near or runs
    return Guess(median(run.scaled(work) for run in runs), _count(len(runs)))


def _assumed(node: Node, work: float | None) -> Guess:
    if node.model is not None or node.tools:
        return Guess(_ASSUMED_S[node.stage][0] * 10, "assumed")  # a network is loaded first
    fixed_s, each_s = _ASSUMED_S[node.stage]
    return Guess(fixed_s + each_s * (work or 100 * _MEGA) / _MEGA, "assumed")


def _count(runs: int) -> str:
    return f"{runs} earlier run{'s' if runs > 1 else ''}"
