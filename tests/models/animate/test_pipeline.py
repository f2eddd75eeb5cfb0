"""What the pipeline makes of prompt, picture and control, and its noise schedule."""

import gc
import weakref

import numpy as np
import pytest
import torch

from r2s2r.models.animate.conditions import condition
from r2s2r.models.animate.pipeline import as_tensor, flow_scheduler
from r2s2r.models.segments import Segments
from tests.models.animate import fixture
from tests.models.animate.shots import conditions_for, fixture_pipeline, pictures, pipeline_with, same_as, sampling
from tests.models.animate.stock import shape, stock_transformer

PROMPTS = ("a chair turns around in a room", "bad detailed")


@pytest.fixture
def conditions(parity):
    picture = fixture.tensors(parity, "pipe_inputs")["ref_letterboxed_u8"].numpy()
    return condition(fixture_pipeline(parity), *PROMPTS, picture)


@pytest.fixture(scope="session")
def expected(parity):
    return fixture.tensors(parity, "pipe_expected")


@pytest.mark.parametrize(("steps", "names"), [(5, ("timesteps", "sigmas")), (25, ("timesteps_25", "sigmas_25"))])
def test_the_noise_schedule_is_the_reference_s(expected, steps, names):
    scheduler = flow_scheduler()
    scheduler.set_timesteps(steps)
    torch.testing.assert_close(scheduler.timesteps, expected[names[0]], rtol=0, atol=0)
    torch.testing.assert_close(scheduler.sigmas, expected[names[1]], rtol=0, atol=0)


def test_the_shift_can_be_chosen():
    half = flow_scheduler(3.0).sigmas[500]  # where it would be one half without a shift
    assert half == pytest.approx(3 * 0.5 / (1 + (3 - 1) * 0.5))


def test_prompt_embeddings_are_the_reference_s_and_end_in_zeros(conditions, expected):
    for found, name in ((conditions.prompt, "prompt_embeds"), (conditions.negative, "negative_embeds")):
        rows = len(expected[name])
        assert found.shape[:2] == (1, 512)
        torch.testing.assert_close(found[0, :rows], expected[name], rtol=0, atol=1e-5)
        assert not found[0, rows:].any()


def test_picture_features_and_reference_latents_are_the_reference_s(conditions, expected):
    torch.testing.assert_close(conditions.picture, expected["clip_embeds"], rtol=0, atol=1e-5)
    torch.testing.assert_close(conditions.reference[:, 4:], expected["ref_latents"], rtol=0, atol=1e-5)
    assert (conditions.reference[:, :4] == 1).all()


@torch.no_grad()
def test_control_latents_are_the_reference_s(parity, expected):
    pipeline, control = fixture_pipeline(parity), fixture.tensors(parity, "pipe_inputs")["control_frames_u8"].numpy()
    segments = Segments(13, 9, 1)
    for segment in range(segments.count):
        found = pipeline.prepare_pose_latents(as_tensor(control[segments.sources(segment)]))
        torch.testing.assert_close(found, expected[f"pose_latents_seg{segment + 1}"], rtol=0, atol=1e-5)


def test_frames_become_what_diffusers_makes_of_them(parity):
    frames = pictures(2)
    processor = fixture_pipeline(parity).video_processor
    video = processor.preprocess_video(list(frames.astype(np.float32) / 255))
    torch.testing.assert_close(as_tensor(frames), video, rtol=0, atol=0)


def test_without_guidance_there_is_no_negative_prompt(tiny_animate):
    stock = stock_transformer(shape())
    drawn = sampling(Segments(5, 5, 1), guidance=1.0)
    assert conditions_for(pipeline_with(same_as(stock), tiny_animate / "base"), drawn).negative is None


def test_the_encoders_are_unloaded_once_they_have_run(tiny_animate):
    pipeline = pipeline_with(same_as(stock_transformer(shape())), tiny_animate / "base")
    encoders = [weakref.ref(pipeline.text_encoder), weakref.ref(pipeline.image_encoder)]
    conditions_for(pipeline, sampling(Segments(5, 5, 1)))
    gc.collect()
    assert [encoder() for encoder in encoders] == [None, None]
    assert pipeline.text_encoder is None
    assert pipeline.image_encoder is None


def test_encoders_that_take_turns_with_others_are_unloaded_too(tiny_animate):
    accelerate = pytest.importorskip("accelerate")
    pipeline = pipeline_with(same_as(stock_transformer(shape())), tiny_animate / "base")
    before = None
    for name in ("text_encoder", "image_encoder", "transformer", "vae"):
        _, before = accelerate.cpu_offload_with_hook(getattr(pipeline, name), "cpu", prev_module_hook=before)
    encoder = weakref.ref(pipeline.text_encoder)
    conditions_for(pipeline, sampling(Segments(5, 5, 1)))
    gc.collect()
    assert encoder() is None
