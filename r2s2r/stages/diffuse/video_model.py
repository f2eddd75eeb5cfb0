"""What all video models have in common as frame generators: attempts, checkpoints, colours, what is to be known."""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import replace
from functools import partial
from importlib import metadata
from typing import Any

import numpy as np
import torch
from diffusers.pipelines.pipeline_utils import DiffusionPipeline
from numpy.typing import NDArray

from r2s2r.artifacts.action import Measured
from r2s2r.artifacts.fingerprint import digest_value
from r2s2r.artifacts.progress import Progress
from r2s2r.models import levers
from r2s2r.models.checkpoint import Checkpoints
from r2s2r.models.fallback import in_first_that_fits, with_fallbacks
from r2s2r.models.gpu_fault import gpu_faults_explained
from r2s2r.models.kept import anew, settings_of_loading
from r2s2r.models.machine import gpu
from r2s2r.models.placement import Placement, choose, device_for, from_fastest, place
from r2s2r.models.prompt import cut_finding
from r2s2r.models.segment_loop import Sampling, SegmentedGeneration
from r2s2r.models.segments import Segments
from r2s2r.models.size import config_of
from r2s2r.models.watch import Watch
from r2s2r.models.workload import Workload
from r2s2r.spec.animate import AnimateSpec
from r2s2r.spec.vace import VaceSpec
from r2s2r.spec.video_model import Fallback
from r2s2r.stages.diffuse.conditioning import check_conditioning, rate_finding
from r2s2r.stages.diffuse.generator import Outcome
from r2s2r.stages.diffuse.inputs import ModelInputs
from r2s2r.stages.diffuse.segment_colours import SegmentColours


class VideoModel(ABC):
    """Generates frames from a control and a reference picture; see ``FrameGenerator``.

    Attributes:
        inputs: What the frames are made from.
        sampling: How they are drawn.
    """

    def __init__(self, spec: AnimateSpec | VaceSpec, inputs: ModelInputs, *, steps: int, guidance: float) -> None:
        self.inputs = inputs
        facts = inputs.control.facts
        segments = Segments(facts.frames, spec.segment_frames, spec.overlap_frames)
        self.sampling = Sampling(segments, facts.height, facts.width, steps, guidance, inputs.seed)
        self._settings = spec
        self._negative_prompt = spec.negative_prompt if guidance > 1 else None
        self._checkpoints = Checkpoints(inputs.checkpoints)
        self._outcome = Outcome()
        self._measured: Measured = {}

    @abstractmethod
    def load(self) -> DiffusionPipeline:
        """Load the weights into the host's memory."""

    @abstractmethod
    def generation(
        self,
        pipeline: Any,  # noqa: ANN401 - what ``load`` gave
        negative_prompt: str | None,
        watch: Watch,
    ) -> SegmentedGeneration:
        """Get the shot ready; there is no negative prompt where there is no guidance."""

    def generate(self, progress: Progress) -> Iterator[NDArray[np.uint8]]:
        """Make all segments, then yield the frames [H, W, 3] from disk: so a new attempt never takes any back.

        Raises:
            InputError: Control, reference or weights cannot be used.
            MissingError: There is no GPU, and ``device: cpu`` was not asked for; or it failed under way.
            StageError: Memory ran out, or the numbers are not finite.
            StoppedError: It was asked to stop, between segments.
        """
        check_conditioning(self.inputs)
        device = device_for(self._settings)

        def make(fallbacks: tuple[Fallback, ...]) -> None:
            placements = self._placements(fallbacks, device)
            in_first_that_fits(lambda one: self._make(fallbacks, one, device, progress), placements)

        # What did not fit on one GPU may fit on another.
        noted = self.inputs.checkpoints / f"fallbacks-{digest_value(_made_with(device))[:8]}.json"
        discard = self._checkpoints.clear
        with gpu_faults_explained():
            with_fallbacks(make, self._settings, noted=noted, discard=discard, memory=_memory_now(device))
        yield from self._finished()

    def outcome(self) -> Outcome:
        """Return what is to be known, after the last frame was taken."""
        return self._outcome

    def _placements(self, fallbacks: tuple[Fallback, ...], device: torch.device) -> tuple[Placement, ...]:
        """Return the placements to try: from the fastest that should fit into what is free of the GPU now."""
        here = gpu() if device.type == "cuda" else None
        if here is None:
            return ("resident",)
        config = config_of(self.inputs.files.get("weights"))
        needs = self._workload(config).needs(fallbacks)
        ours = here.free_bytes + torch.cuda.memory_reserved()  # what a model kept from the last shot lies in
        return from_fastest(choose(needs, replace(here, memory_bytes=ours)))

    def _make(
        self, fallbacks: tuple[Fallback, ...], placement: Placement, device: torch.device, progress: Progress
    ) -> None:
        """Bring all segments that are not there yet to disk."""
        made_with, done = _made_with(device), self._checkpoints.resume()
        if done and done[0].note.get("made_with") != made_with:
            self._checkpoints.clear()  # another GPU or library computes otherwise: one shot, one kind of pictures
        elif len(done) == self.sampling.segments.count:
            return  # killed after the last one
        with self._model(fallbacks, placement, device) as pipeline:
            note = {"fallbacks": fallbacks, "findings": self._cut_findings(pipeline), "made_with": made_with}
            watch = Watch(progress, segments=self.sampling.segments.count, steps=self.sampling.steps)
            generation = self.generation(pipeline, self._negative_prompt, watch)
            for _ in generation.run(self._checkpoints, note, self.inputs.stop):
                pass
            forward_flops = self._workload(dict(pipeline.transformer.config)).forward_flops
        facts, precision = self.inputs.control.facts, "fp8" if "fp8" in fallbacks else self._settings.precision
        self._measured = watch.measured(
            height=facts.height,
            width=facts.width,
            forwards_per_step=1 if self._negative_prompt is None else 2,
            precision=precision,
            step_cache=self._settings.step_cache,
            attention=self._settings.attention,
            placement=placement,
            forward_flops=forward_flops,
        ) | {"fallbacks": list(fallbacks)}

    def _model(
        self, fallbacks: tuple[Fallback, ...], placement: Placement, device: torch.device
    ) -> AbstractContextManager[Any]:
        """Give the model for the length of a block: loaded for this shot, or kept from the one before."""
        load = partial(self._placed, fallbacks, placement, device)
        if self.inputs.kept is None:
            return anew(load)
        files = {role: str(path) for role, path in self.inputs.files.items()}
        loaded = [type(self).__name__, settings_of_loading(self._settings), files, dict(self.inputs.digests)]
        name = digest_value([loaded, fallbacks, placement, str(device)])
        return self.inputs.kept.use(name, load)

    def _placed(self, fallbacks: tuple[Fallback, ...], placement: Placement, device: torch.device) -> Any:  # noqa: ANN401 - diffusers types no parts
        pipeline = self.load()
        pipeline.keeps_encoders = self.inputs.kept is not None
        levers.apply(pipeline, self._settings, fallbacks=fallbacks)
        place(pipeline, placement, device=device)
        return pipeline

    def _workload(self, config: Mapping[str, Any] | None) -> Workload:
        facts = self.inputs.control.facts
        return Workload.of(self._settings, config, height=facts.height, width=facts.width)

    def _cut_findings(self, pipeline: Any) -> tuple[str, ...]:  # noqa: ANN401 - diffusers types no parts
        found = cut_finding(pipeline.tokenizer, self.inputs.prompt, field="prompt")
        if self._negative_prompt is not None:
            found += cut_finding(pipeline.tokenizer, self._negative_prompt, field="negative_prompt")
        return found

    def _finished(self) -> Iterator[NDArray[np.uint8]]:
        """Yield the frames in their final colours, and note the outcome."""
        match = self._settings.colour_match == "reference"
        colours = SegmentColours(match=self.inputs.reference.picture() if match else None)
        segments = self._checkpoints.resume()
        yield from colours.frames(segments)
        note: Any = segments[-1].note
        fallen_back = _fallback_findings(self._settings.precision, note["fallbacks"])
        findings = (*rate_finding(self.inputs), *note["findings"], *fallen_back)
        self._outcome = Outcome(findings, tuple(colours.drift_delta_e), self._measured)


def _made_with(device: torch.device) -> dict[str, str]:
    chip = torch.cuda.get_device_name(device) if device.type == "cuda" else device.type
    return {"torch": torch.__version__, "diffusers": metadata.version("diffusers"), "on": chip}


def _fallback_findings(precision: str, fallbacks: list[Fallback]) -> tuple[str, ...]:
    instead = {"fp8": precision, "tiling": "whole frames"}
    return tuple(f"made with {name}: {instead[name]} did not fit in memory" for name in fallbacks)


def _memory_now(device: torch.device) -> str:
    """Say how much memory the GPU has; nothing on the CPU."""
    here = gpu() if device.type == "cuda" else None
    if here is None:
        return ""
    return f"{here.name} has {here.memory_bytes / 1e9:.0f} GB, of which {here.free_bytes / 1e9:.0f} GB were free"
