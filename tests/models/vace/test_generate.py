"""Making frames with a tiny VACE model."""

from typing import Any

import numpy as np
import pytest
import torch
from diffusers import AutoencoderKLWan, UniPCMultistepScheduler, WanVACETransformer3DModel
from diffusers.pipelines.wan.pipeline_wan_vace import WanVACEPipeline
from PIL import Image
from transformers import AutoTokenizer, UMT5EncoderModel

from r2s2r.models.checkpoint import Checkpoints
from r2s2r.models.segments import Segments
from r2s2r.models.vace.guide import shown
from r2s2r.models.vace.load import load
from tests.models.vace.tiny import (
    HEIGHT,
    STEPS,
    WIDTH,
    generation,
    guide_of,
    left_half,
    made,
    pictures,
    spec_of,
)

ONE = Segments(frames=9, length=9, overlap=5)
TWO = Segments(frames=12, length=9, overlap=5)
THREE = Segments(frames=16, length=9, overlap=5)


def stock(model, frames, masks, reference, **settings):
    """Return the frames of diffusers' own pipeline, as its documentation calls it: with pictures."""
    parts: dict[str, Any] = {
        "tokenizer": AutoTokenizer.from_pretrained(model / "tokenizer"),
        "text_encoder": UMT5EncoderModel.from_pretrained(model / "text_encoder"),
        "vae": AutoencoderKLWan.from_pretrained(model / "vae"),
        "transformer": WanVACETransformer3DModel.from_pretrained(model / "transformer"),
        "scheduler": UniPCMultistepScheduler.from_pretrained(model / "scheduler", flow_shift=3.0),
    }
    pipeline = WanVACEPipeline(**parts)
    pipeline.set_progress_bar_config(disable=True)
    made = pipeline(
        video=[Image.fromarray(frame) for frame in frames],
        mask=[Image.fromarray(mask) for mask in masks],
        reference_images=[Image.fromarray(reference)],
        prompt="a red box",
        negative_prompt="bad detailed",
        height=HEIGHT,
        width=WIDTH,
        num_frames=len(frames),
        num_inference_steps=STEPS,
        generator=torch.Generator("cpu").manual_seed(0),
        **settings,
    )
    return np.rint(made.frames[0] * 255).astype(np.uint8)


@pytest.mark.parametrize("masked", [False, True])
def test_one_segment_is_what_diffusers_own_pipeline_makes(model, tmp_path, masked):
    frames, masks = pictures(9), left_half(9) if masked else np.full((9, HEIGHT, WIDTH), 255, np.uint8)
    frames = np.where(left_half(9)[..., None] > 0, 128, frames).astype(np.uint8) if masked else frames
    expected = stock(model, frames, masks, pictures(1, seed=9)[0])
    ours = made(model, guide_of(frames, masks if masked else None), ONE, tmp_path)
    # Pictures cannot say one half; see ``shown``.
    np.testing.assert_allclose(ours.astype(int), expected, atol=2 if masked else 0)


@pytest.mark.parametrize(
    "shape", [{"num_layers": 5, "vace_layers": [0, 2, 4]}, {"num_attention_heads": 3, "num_layers": 1, "ffn_dim": 24}]
)
def test_models_of_other_shapes_are_run_as_diffusers_runs_them(copy, tmp_path, shape):
    config = {"num_attention_heads": 2, "attention_head_dim": 12, "ffn_dim": 40, "text_dim": 16, "freq_dim": 32}
    whole: dict[str, Any] = {**config, "num_layers": 2, "vace_layers": [0], **shape}
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(3)
        transformer: Any = WanVACETransformer3DModel(**whole)
    transformer.save_pretrained(copy / "transformer")
    masks = np.full((9, HEIGHT, WIDTH), 255, np.uint8)
    expected = stock(copy, pictures(9), masks, pictures(1, seed=9)[0], conditioning_scale=0.7)
    ours = made(copy, guide_of(pictures(9)), ONE, tmp_path / "made", conditioning_scale=0.7)
    np.testing.assert_array_equal(ours, expected)


def test_without_guidance_the_negative_prompt_is_not_read(model):
    assert generation(model, guide_of(pictures(9)), ONE, guidance=1.0).conditions.negative is None
    assert generation(model, guide_of(pictures(9)), ONE, guidance=2.0).conditions.negative is not None


@pytest.mark.parametrize(("precision", "decode"), [("bf16", "bf16"), ("bf16", "fp32")])
def test_it_runs_in_half_precision(model, tmp_path, precision, decode):
    settings = {"precision": precision, "decode": decode}
    first, again = (made(model, guide_of(pictures(9)), ONE, tmp_path / str(run), **settings) for run in range(2))
    np.testing.assert_array_equal(first, again)


@pytest.mark.parametrize("settings", [{}, {"precision": "fp8", "decode": "bf16"}])
def test_it_does_not_matter_where_the_weights_lie(model, tmp_path, settings):
    guide = guide_of(pictures(12))
    here = made(model, guide, TWO, tmp_path / "here", **settings)
    for placement in ("components", "streamed"):
        there = made(model, guide, TWO, tmp_path / placement, placement=placement, **settings)
        np.testing.assert_array_equal(here, there)


def test_a_later_segment_is_shown_what_the_one_before_ended_with(model, tmp_path, monkeypatch):
    seen = []

    def spied(*arguments):
        seen.append(shown(*arguments))
        return seen[-1]

    monkeypatch.setattr("r2s2r.models.vace.generate.shown", spied)
    frames = made(model, guide_of(pictures(16)), THREE, tmp_path)
    second = seen[1].video[0, :5].permute(0, 2, 3, 1).numpy()
    np.testing.assert_allclose(second * 255, frames[4:9], atol=0.51)
    assert (seen[1].mask[0, :5] == 0).all()


def test_kept_pixels_come_from_the_model_and_are_not_pasted_back(model, tmp_path):
    """Seams are the model's affair: what it keeps has been through the VAE, as what it makes has."""
    frames = made(model, guide_of(pictures(9), left_half(9)), ONE, tmp_path)
    assert (frames[:, :, WIDTH // 2 :] != pictures(9)[:, :, WIDTH // 2 :]).mean() > 0.9


def test_the_control_and_its_strength_matter(model, tmp_path):
    one, other = (made(model, guide_of(pictures(9, seed=seed)), ONE, tmp_path / str(seed)) for seed in (0, 1))
    assert (one != other).mean() > 0.01
    one, other = (
        made(model, guide_of(pictures(9, seed=seed)), ONE, tmp_path / f"off{seed}", conditioning_scale=0.0)
        for seed in (0, 1)
    )
    np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("settings", [{}, {"step_cache": "taylorseer"}])
def test_a_killed_run_goes_on_at_its_segment_with_equal_results(model, tmp_path, settings):
    """So a segment knows nothing of the steps of those before, which a resumed run has not seen."""
    guide, told = guide_of(pictures(16)), []
    whole = made(model, guide, THREE, tmp_path / "whole", **settings)
    run = generation(model, guide, THREE, **settings).run(Checkpoints(tmp_path / "killed"), {})
    next(run)
    next(run)
    del run

    def tell(done, total):
        told.append((done, total))

    again = made(model, guide, THREE, tmp_path / "killed", progress=tell, **settings)
    np.testing.assert_array_equal(whole, again)
    assert told == [(5, 6), (6, 6)]


def test_a_cancel_stops_it_at_once_without_decoding(model, tmp_path, monkeypatch):
    def cancel(done: int, total: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("r2s2r.models.vace.generate.decoded", lambda *_: pytest.fail("decoded"))
    with pytest.raises(KeyboardInterrupt):
        made(model, guide_of(pictures(9)), ONE, tmp_path, progress=cancel)


def test_the_text_encoder_is_unloaded_before_the_first_step(model):
    assert generation(model, guide_of(pictures(9)), ONE).pipeline.text_encoder is None
    assert load(model, spec_of()).text_encoder is not None
