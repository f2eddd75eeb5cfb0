"""What all video models have in common as frame generators: attempts, checkpoints, colours, what is to be known."""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from typing import Any, Protocol

import numpy as np
import torch
from diffusers.pipelines.pipeline_utils import DiffusionPipeline
from numpy.typing import NDArray

from r2s2r.artifacts.action import Measured
from r2s2r.artifacts.progress import Progress
from r2s2r.models import levers
from r2s2r.models.checkpoint import Checkpoints
from r2s2r.models.fallback import with_fallbacks
from r2s2r.models.machine import gpu
from r2s2r.models.needs import Load
from r2s2r.models.placement import choose, device_for, place
from r2s2r.models.prompt import cut_finding
from r2s2r.models.segments import Segments
from r2s2r.models.watch import Watch
from r2s2r.spec.animate import AnimateSpec
from r2s2r.spec.vace import VaceSpec
from r2s2r.spec.video_model import Fallback
from r2s2r.stages.diffuse.finish import Finish
from r2s2r.stages.diffuse.generator import Outcome
from r2s2r.stages.diffuse.inputs import ModelInputs
from r2s2r.stages.diffuse.model_guides import check_guides, rate_finding


class Making(Protocol):
    """A shot in the making, whatever the model."""

    def run(self, checkpoints: Checkpoints, note: Mapping[str, Any]) -> Iterator[NDArray[np.uint8]]:
        """Yield the new frames [n, H, W, 3] of each segment and keep each as a checkpoint, with a note."""


class VideoModel(ABC):
    """Generates frames from a control and a reference picture; see ``FrameGenerator``.

    Attributes:
        inputs: What the frames are made from.
        segments: How the shot is cut.
    """

    def __init__(self, spec: AnimateSpec | VaceSpec, inputs: ModelInputs, *, steps: int, guidance: float) -> None:
        self.inputs = inputs
        self.segments = Segments(inputs.control.facts.frames, spec.segment_frames, spec.overlap_frames)
        self._settings, self._steps = spec, steps
        self._negative_prompt = spec.negative_prompt if guidance > 1 else None
        self._checkpoints = Checkpoints(inputs.checkpoints)
        self._outcome = Outcome()
        self._measured: Measured = {}

    @abstractmethod
    def load(self) -> DiffusionPipeline:
        """Load the weights into the host's memory."""

    @abstractmethod
    def making(self, pipeline: Any, negative_prompt: str | None, watch: Watch) -> Making:  # noqa: ANN401 - what ``load`` gave
        """Get the shot ready; there is no negative prompt where there is no guidance."""

    def generate(self, progress: Progress) -> Iterator[NDArray[np.uint8]]:
        """Make all segments, then yield the frames [H, W, 3] from disk: so a new attempt never takes any back.

        Raises:
            InputError: Control, reference or weights cannot be used.
            MissingError: There is no GPU, and ``device: cpu`` was not asked for.
            StageError: Memory ran out, or the numbers are not finite.
        """
        check_guides(self.inputs)
        device = device_for(self._settings)

        def make(fallbacks: tuple[Fallback, ...]) -> None:
            self._make(fallbacks, device, progress)

        noted, void = self.inputs.checkpoints / "fallbacks.json", self._checkpoints.clear
        with_fallbacks(make, self._settings, noted=noted, void=void, situation=_situation(device))
        yield from self._finished()

    def outcome(self) -> Outcome:
        """Return what is to be known, after the last frame was taken."""
        return self._outcome

    def _make(self, fallbacks: tuple[Fallback, ...], device: torch.device, progress: Progress) -> None:
        """Bring all segments that are not there yet to disk."""
        if len(self._checkpoints.resume()) == self.segments.count:
            return  # killed after the last one
        pipeline = self._placed(fallbacks, device)
        note = {"fallbacks": fallbacks, "findings": self._cut_findings(pipeline)}
        watch = Watch(progress, segments=self.segments.count, steps=self._steps)
        for _ in self.making(pipeline, self._negative_prompt, watch).run(self._checkpoints, note):
            pass
        facts, precision = self.inputs.control.facts, "fp8" if "fp8" in fallbacks else self._settings.precision
        self._measured = watch.measured(
            height=facts.height,
            width=facts.width,
            forwards_per_step=1 if self._negative_prompt is None else 2,
            precision=precision,
            step_cache=self._settings.step_cache,
            attention=self._settings.attention,
            forward_flops=self._load_of(pipeline).forward_flops,
        ) | {"fallbacks": list(fallbacks)}

    def _placed(self, fallbacks: tuple[Fallback, ...], device: torch.device) -> Any:  # noqa: ANN401 - diffusers types no parts
        pipeline = self.load()
        levers.apply(pipeline, self._settings, fallbacks=fallbacks)
        here = gpu() if device.type == "cuda" else None
        place(pipeline, choose(self._load_of(pipeline).needs(fallbacks), here), device=device)
        return pipeline

    def _load_of(self, pipeline: Any) -> Load:  # noqa: ANN401 - diffusers types no parts
        facts = self.inputs.control.facts
        return Load.of(self._settings, dict(pipeline.transformer.config), height=facts.height, width=facts.width)

    def _cut_findings(self, pipeline: Any) -> tuple[str, ...]:  # noqa: ANN401 - diffusers types no parts
        found = cut_finding(pipeline.tokenizer, self.inputs.prompt, field="prompt")
        if self._negative_prompt is not None:
            found += cut_finding(pipeline.tokenizer, self._negative_prompt, field="negative_prompt")
        return found

    def _finished(self) -> Iterator[NDArray[np.uint8]]:
        """Yield the frames in their final colours, and note the outcome."""
        match = self._settings.colour_match == "reference"
        finish = Finish(match=self.inputs.reference.picture() if match else None)
        segments = self._checkpoints.resume()
        yield from finish.frames(segments)
        note: Any = segments[-1].note
        fallen_back = _fallback_findings(self._settings.precision, note["fallbacks"])
        findings = (*rate_finding(self.inputs), *note["findings"], *fallen_back)
        self._outcome = Outcome(findings, tuple(finish.drift_delta_e), self._measured)


def _fallback_findings(precision: str, fallbacks: list[Fallback]) -> tuple[str, ...]:
    instead = {"fp8": precision, "tiling": "whole frames"}
    return tuple(f"made with {name}: {instead[name]} did not fit in memory" for name in fallbacks)


def _situation(device: torch.device) -> str:
    """Say how much memory the GPU has; nothing on the CPU."""
    here = gpu() if device.type == "cuda" else None
    if here is None:
        return ""
    return f"{here.name} has {here.memory_bytes / 1e9:.0f} GB, of which {here.free_bytes / 1e9:.0f} GB were free"
