"""Shots for a tiny Animate model: the pipeline put together, random controls, and what it makes of them."""

import time
from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn.functional import pad

from r2s2r.models.animate.adapter import load_adapter
from r2s2r.models.animate.conditions import Conditions, condition
from r2s2r.models.animate.generate import Generation
from r2s2r.models.animate.injection import InjectionSchedule
from r2s2r.models.animate.pipeline import AnimatePipeline, flow_scheduler
from r2s2r.models.animate.transformer import AnimateTransformer
from r2s2r.models.checkpoint import Checkpoints
from r2s2r.models.components import load_image_encoder, load_text_encoder, load_tokenizer, load_vae
from r2s2r.models.segment_loop import Sampling
from r2s2r.models.segments import Segments
from r2s2r.models.watch import Watch
from tests.models.animate import fixture
from tests.models.animate.stock import shape

Frames = NDArray[np.uint8]
HEIGHT, WIDTH = 32, 48


class GivenTokens:
    """Stands for the fixture's tokenizer, of which only the results are known."""

    def __init__(self, folder: Path) -> None:
        given, config = fixture.tensors(folder, "pipe_inputs"), fixture.read(folder, "pipe_config.json")
        self.ids = {config["prompt"]: given["prompt_ids"], config["negative_prompt"]: given["negative_ids"]}

    def __call__(self, texts: Sequence[str], *, max_length: int, **_: object) -> SimpleNamespace:
        (text,) = texts
        ids, free = self.ids[text], max_length - self.ids[text].shape[1]
        return SimpleNamespace(input_ids=pad(ids, (0, free)), attention_mask=pad(torch.ones_like(ids), (0, free)))


def fixture_pipeline(folder: Path) -> AnimatePipeline:
    """Return the reference's pipeline, adapter and all."""
    transformer = fixture.build_transformer(folder)
    load_adapter(transformer, folder)
    return _pipeline(
        tokenizer=GivenTokens(folder),
        text_encoder=fixture.build_text_encoder(folder),
        image_encoder=fixture.build_image_encoder(folder),
        vae=fixture.build_vae(folder),
        transformer=transformer,
    )


def pipeline_with(transformer: Any, model: Path, *, dtype: torch.dtype = torch.float32) -> AnimatePipeline:
    """Return a pipeline of a transformer and a tiny model's other parts."""
    return _pipeline(
        tokenizer=load_tokenizer(model),
        text_encoder=load_text_encoder(model, dtype=dtype),
        image_encoder=load_image_encoder(model, dtype=dtype),
        vae=load_vae(model, dtype=dtype),
        transformer=transformer,
    )


def _pipeline(**parts: Any) -> AnimatePipeline:
    pipeline: Any = AnimatePipeline(scheduler=flow_scheduler(), image_processor=None, **parts)  # type: ignore[arg-type]
    pipeline.set_progress_bar_config(disable=True)
    made: AnimatePipeline = pipeline
    return made


def same_as(stock: Any, **sizes: int) -> AnimateTransformer:
    """Return our transformer with the weights of diffusers'."""
    ours: AnimateTransformer = AnimateTransformer(**shape(**sizes))
    kept = {name: value for name, value in stock.state_dict().items() if name in ours.state_dict()}
    ours.load_state_dict(kept)
    ours.eval()
    return ours


def pictures(frames: int, *, height: int = HEIGHT, width: int = WIDTH, seed: int = 0) -> Frames:
    """Return coarse random frames [N, H, W, 3]."""
    coarse = np.random.default_rng(seed).integers(0, 256, (frames, height // 8, width // 8, 3), dtype=np.uint8)
    return coarse.repeat(8, axis=1).repeat(8, axis=2)


def sampling(segments: Segments, **changes: Any) -> Sampling:
    """Return how to draw a small shot."""
    settings: dict[str, Any] = {
        "height": HEIGHT,
        "width": WIDTH,
        "steps": 2,
        "guidance": 4.5,
        "seed": 0,
    }
    return Sampling(segments, **settings | changes)


def conditions_for(pipeline: AnimatePipeline, drawn: Sampling) -> Conditions:
    """Run the encoders on a prompt and a picture of the shot's size."""
    reference = pictures(1, height=drawn.height, width=drawn.width, seed=9)[0]
    return condition(pipeline, "a red box", "bad detailed" if drawn.guidance > 1 else None, reference)


def generation(
    pipeline: AnimatePipeline,
    drawn: Sampling,
    *,
    conditions: Conditions | None = None,
    watch: Watch | None = None,
    injection: InjectionSchedule = InjectionSchedule(),  # noqa: B008  # it is frozen
) -> Generation:
    """Get a shot with a random control ready."""
    control = pictures(drawn.segments.frames, height=drawn.height, width=drawn.width)
    return Generation(
        pipeline,
        conditions or conditions_for(pipeline, drawn),
        drawn,
        lambda wanted: control[list(wanted)],
        watch or Watch(lambda done, total: None, segments=drawn.segments.count, steps=drawn.steps),
        injection,
    )


def made(shot: Generation, checkpoints: Path) -> Frames:
    """Return all frames of a shot [N, H, W, 3]."""
    return np.concatenate(list(shot.run(Checkpoints(checkpoints), {})))


def relative(found: Tensor, expected: Tensor) -> float:
    """Return the relative error."""
    return float((found - expected).norm() / expected.norm())


class Timed:
    """Stands before a callable and adds up the seconds spent in it."""

    def __init__(self, inner: Any) -> None:
        self.inner, self.seconds = inner, 0.0

    def __call__(self, *given: Any, **named: Any) -> Any:
        start = time.perf_counter()
        result = self.inner(*given, **named)
        self.seconds += time.perf_counter() - start
        return result

    def __getattr__(self, name: str) -> Any:
        return getattr(self.inner, name)
