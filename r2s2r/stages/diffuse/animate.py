"""The backend ``animate``: Wan2.2-Animate with Real2SAM2Real's soft injection."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from r2s2r.artifacts.action import Measured
from r2s2r.artifacts.progress import Progress
from r2s2r.models import levers
from r2s2r.models.animate.conditions import condition
from r2s2r.models.animate.generate import Generation, Sampling
from r2s2r.models.animate.injection import InjectionSchedule
from r2s2r.models.animate.load import load
from r2s2r.models.animate.pipeline import AnimatePipeline
from r2s2r.models.checkpoint import Checkpoints
from r2s2r.models.fallback import attempts
from r2s2r.models.machine import gpu
from r2s2r.models.needs import Load
from r2s2r.models.placement import choose, device_for, place
from r2s2r.models.prompt import cut_finding
from r2s2r.models.segments import Segments
from r2s2r.models.watch import Watch
from r2s2r.spec.animate import AnimateSpec
from r2s2r.spec.video_model import Fallback
from r2s2r.stages.diffuse.finish import Finish
from r2s2r.stages.diffuse.frames_at import frames_at
from r2s2r.stages.diffuse.generator import Outcome
from r2s2r.stages.diffuse.inputs import ModelInputs
from r2s2r.stages.diffuse.model_guides import check_guides, rate_finding


class Animate:
    """Generates frames from a control of normals and a reference picture; see ``FrameGenerator``.

    Attributes:
        spec: The model's settings.
        inputs: What the frames are made from.
    """

    def __init__(self, spec: AnimateSpec, inputs: ModelInputs) -> None:
        self.spec, self.inputs = spec, inputs
        self._segments = Segments(inputs.control.facts.frames, spec.segment_frames, spec.overlap_frames)
        self._checkpoints = Checkpoints(inputs.checkpoints)
        self._outcome = Outcome()
        self._measured: Measured = {}

    def generate(self, progress: Progress) -> Iterator[NDArray[np.uint8]]:
        """Make all segments, then yield the frames [H, W, 3] from disk: so a new attempt never takes any back.

        Raises:
            InputError: Control, reference or weights cannot be used.
            MissingError: There is no GPU, and ``device: cpu`` was not asked for.
            StageError: Memory ran out, or the numbers are not finite.
        """
        check_guides(self.inputs)
        device = device_for(self.spec)

        def make(fallbacks: tuple[Fallback, ...]) -> Iterator[None]:
            self._make(fallbacks, device, progress)
            return iter(())

        noted = self.inputs.checkpoints / "fallbacks.json"
        for _ in attempts(make, self.spec, noted=noted, void=self._checkpoints.clear, situation=_situation(device)):
            pass
        yield from self._finished()

    def outcome(self) -> Outcome:
        """Return what is to be known, after the last frame was taken."""
        return self._outcome

    def _make(self, fallbacks: tuple[Fallback, ...], device: torch.device, progress: Progress) -> None:
        """Bring all segments that are not there yet to disk."""
        if len(self._checkpoints.resume()) == self._segments.count:
            return  # killed after the last one
        pipeline = self._pipeline(fallbacks, device)
        note = {"fallbacks": fallbacks, "findings": self._cut_findings(pipeline)}
        watch = Watch(progress, segments=self._segments.count, steps=self.spec.chosen_steps)
        generation = self._generation(pipeline, watch)
        for _ in generation.run(self._checkpoints, note):
            pass
        facts, precision = self.inputs.control.facts, "fp8" if "fp8" in fallbacks else self.spec.precision
        self._measured = watch.measured(
            height=facts.height,
            width=facts.width,
            forwards_per_step=2 if self._guided else 1,
            precision=precision,
            step_cache=self.spec.step_cache,
            attention=self.spec.attention,
        ) | {"fallbacks": list(fallbacks)}

    @property
    def _guided(self) -> bool:
        return self.spec.chosen_guidance > 1

    def _pipeline(self, fallbacks: tuple[Fallback, ...], device: torch.device) -> AnimatePipeline:
        facts = self.inputs.control.facts
        pipeline = load(self.inputs.files, self.spec, device=torch.device("cpu"))
        levers.apply(pipeline, self.spec, fallbacks=fallbacks)
        work = Load.of(self.spec, dict(pipeline.transformer.config), height=facts.height, width=facts.width)
        here = gpu() if device.type == "cuda" else None
        place(pipeline, choose(work.needs(fallbacks), here), device=device)
        return pipeline

    def _generation(self, pipeline: AnimatePipeline, watch: Watch) -> Generation:
        spec, facts = self.spec, self.inputs.control.facts
        negative = spec.negative_prompt if self._guided else None
        sampling = Sampling(
            segments=self._segments,
            height=facts.height,
            width=facts.width,
            steps=spec.chosen_steps,
            guidance=spec.chosen_guidance,
            injection=InjectionSchedule.from_spec(spec),
            seed=self.inputs.seed,
        )
        conditions = condition(pipeline, self.inputs.prompt, negative, self.inputs.reference.picture())
        return Generation(pipeline, conditions, sampling, frames_at(self.inputs.control.frames), watch)

    def _cut_findings(self, pipeline: AnimatePipeline) -> tuple[str, ...]:
        found = cut_finding(pipeline.tokenizer, self.inputs.prompt, field="prompt")
        if self._guided:
            found += cut_finding(pipeline.tokenizer, self.spec.negative_prompt, field="negative_prompt")
        return found

    def _finished(self) -> Iterator[NDArray[np.uint8]]:
        """Yield the frames in their final colours, and note the outcome."""
        finish = Finish(match=self.inputs.reference.picture() if self.spec.colour_match == "reference" else None)
        segments = self._checkpoints.resume()
        yield from finish.frames(segments)
        note: Any = segments[-1].note
        findings = (*rate_finding(self.inputs), *note["findings"], *_fallback_findings(self.spec, note["fallbacks"]))
        self._outcome = Outcome(findings, tuple(finish.drift_delta_e), self._measured)


def _fallback_findings(spec: AnimateSpec, fallbacks: list[Fallback]) -> tuple[str, ...]:
    instead = {"fp8": spec.precision, "tiling": "whole frames"}
    return tuple(f"made with {name}: {instead[name]} did not fit in memory" for name in fallbacks)


def _situation(device: torch.device) -> str:
    """Say how much memory the GPU has; nothing on the CPU."""
    here = gpu() if device.type == "cuda" else None
    if here is None:
        return ""
    return f"{here.name} has {here.memory_bytes / 1e9:.0f} GB, of which {here.free_bytes / 1e9:.0f} GB were free"
