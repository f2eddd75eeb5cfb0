"""Making frames, segment by segment, with tiny Animate models."""

import gc
import weakref
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from r2s2r.errors import StageError
from r2s2r.models import decode
from r2s2r.models.animate import generate
from r2s2r.models.animate.conditions import condition
from r2s2r.models.animate.generate import Generation
from r2s2r.models.animate.injection import InjectionSchedule
from r2s2r.models.checkpoint import Checkpoints
from r2s2r.models.segments import Segments
from r2s2r.models.watch import Watch
from r2s2r.spec.video_model import InjectionKey
from tests.models.animate import fixture
from tests.models.animate.shots import (
    Timed,
    conditions_for,
    fixture_pipeline,
    generation,
    made,
    pictures,
    pipeline_with,
    relative,
    same_as,
    sampling,
)
from tests.models.animate.stock import in_bf16, shape, stock_transformer, without_face

ONE, THREE = Segments(5, 5, 1), Segments(11, 5, 1)


@pytest.fixture
def videos(monkeypatch):
    """What is decoded, in float; filled as it comes."""
    seen, real = [], decode.decoded

    def spied(vae, latents):
        seen.append(real(vae, latents))
        return seen[-1]

    monkeypatch.setattr(generate, "decoded", spied)
    return seen


@pytest.fixture
def pipeline(tiny_animate):
    return pipeline_with(same_as(stock_transformer(shape())), tiny_animate / "base")


class Kept(Watch):
    """Keeps the latents of every step."""

    def __init__(self, *given, **named):
        super().__init__(*given, **named)
        self.latents = {}

    def step(self, segment, step, latents):
        self.latents[segment, step] = latents
        super().step(segment, step, latents)


def joined(videos, segments):
    """Return the shot [N, 3, H, W], 0 to 1, of its decoded segments."""
    fresh = [video if not number else video[:, :, segments.overlap :] for number, video in enumerate(videos)]
    return torch.cat(fresh, dim=2)[0, :, : segments.frames].permute(1, 0, 2, 3) * 0.5 + 0.5


def spied_on(monkeypatch, owner, name):
    """Let a method do its work; return a list that fills with the named arguments of its calls."""
    calls, real = [], getattr(owner, name)

    def spied(*given, **named):
        calls.append(named)
        return real(*given, **named)

    monkeypatch.setattr(owner, name, spied)
    return calls


def watched(segments, *, steps=2, progress=lambda done, total: None):
    return Watch(progress, segments=segments.count, steps=steps)


def test_latents_and_video_are_the_reference_s(parity, tmp_path, videos):
    given, expected = fixture.tensors(parity, "pipe_inputs"), fixture.tensors(parity, "pipe_expected")
    told, control = fixture.read(parity, "pipe_config.json"), given["control_frames_u8"].numpy()
    pipeline, segments = fixture_pipeline(parity), Segments(13, 9, 1)
    picture = given["ref_letterboxed_u8"].numpy()
    conditions = condition(pipeline, told["prompt"], told["negative_prompt"], picture)
    watch = Kept(lambda done, total: None, segments=2, steps=5)
    drawn = sampling(segments, height=64, width=96, steps=5, seed=42)
    shot = Generation(pipeline, conditions, drawn, lambda wanted: control[list(wanted)], watch)
    frames = made(shot, tmp_path)
    for segment in (0, 1):
        for step, name in ((0, "step0"), (4, "final")):
            known = expected[f"latents_seg{segment + 1}_{name}"]
            assert relative(watch.latents[segment, step], known) <= 1e-4
    video = expected["video"][0].permute(1, 0, 2, 3).float()
    assert (joined(videos, segments) - video).abs().max() <= 1e-3
    rounded = video.permute(0, 2, 3, 1).numpy() * 255
    assert np.abs(frames - rounded).max() <= 0.5 + 0.255


@pytest.mark.parametrize("segment", [1, 2])
def test_the_noise_is_the_reference_s(parity, segment):
    noise = torch.Generator("cpu").manual_seed(42)
    pipeline = fixture_pipeline(parity)
    for _ in range(segment):
        found = pipeline.prepare_latents(
            1, height=64, width=96, num_frames=9, dtype=torch.float32, device=torch.device("cpu"), generator=noise
        )
    expected = fixture.tensors(parity, "pipe_expected")[f"noise_seg{segment}"]
    torch.testing.assert_close(found, expected, rtol=0, atol=0)


def stock_video(pipeline, drawn):
    """Return what diffusers' own pipeline makes [N, 3, H, W], 0 to 1, of the shot that ``generation`` makes."""
    frames, size = drawn.segments.frames, {"height": drawn.height, "width": drawn.width}
    return pipeline(
        image=Image.fromarray(pictures(1, **size, seed=9)[0]),
        pose_video=[Image.fromarray(frame) for frame in pictures(frames, **size)],
        face_video=[Image.new("RGB", (16, 16))] * 2,
        prompt="a red box",
        negative_prompt="bad detailed",
        **size,
        segment_frame_length=drawn.segments.length,
        num_inference_steps=drawn.steps,
        guidance_scale=drawn.guidance,
        generator=torch.Generator("cpu").manual_seed(drawn.seed),
        output_type="pt",
    ).frames[0]


@pytest.mark.parametrize(
    ("frames", "changes", "sizes"),
    [
        (5, {}, {}),
        (2, {"seed": 7}, {"layers": 1}),
        (6, {"seed": 1, "guidance": 1.0}, {"layers": 3}),
        (11, {"seed": 2**40, "guidance": 2.0, "steps": 3}, {"heads": 3}),
        (13, {"height": 48, "width": 32, "steps": 1, "guidance": 0.0}, {"head_dim": 16}),
    ],
)
def test_it_makes_what_diffusers_own_pipeline_makes(tiny_animate, tmp_path, videos, frames, changes, sizes):
    stock, segments = stock_transformer(shape(**sizes)), Segments(frames, 5, 1)
    drawn = sampling(segments, **changes)
    shot = generation(pipeline_with(same_as(stock, **sizes), tiny_animate / "base"), drawn)
    made(shot, tmp_path)
    expected = stock_video(pipeline_with(without_face(stock), tiny_animate / "base"), drawn)
    torch.testing.assert_close(joined(videos, segments), expected, rtol=0, atol=1e-5)


def test_in_bf16_it_is_to_the_bit_what_diffusers_own_pipeline_makes(tiny_animate, tmp_path, videos):
    stock, drawn, folder = stock_transformer(shape()), sampling(Segments(9, 5, 1)), tiny_animate / "base"
    ours, theirs = (
        pipeline_with(in_bf16(one), folder, dtype=torch.bfloat16) for one in (same_as(stock), without_face(stock))
    )
    made(generation(ours, drawn), tmp_path)
    torch.testing.assert_close(joined(videos, drawn.segments), stock_video(theirs, drawn), rtol=0, atol=0)


@pytest.mark.parametrize(("guidance", "forwards"), [(4.5, 2), (1.0, 1)])
def test_without_guidance_each_step_is_one_forward(pipeline, tmp_path, guidance, forwards):
    calls = []
    pipeline.transformer.register_forward_hook(lambda *_: calls.append(1))
    made(generation(pipeline, sampling(THREE, guidance=guidance)), tmp_path)
    assert len(calls) == 2 * 3 * forwards


def test_the_injection_follows_its_schedule(pipeline, tmp_path, monkeypatch):
    seen = spied_on(monkeypatch, pipeline.transformer, "forward")
    keys = (InjectionKey(at=0, strength=1), InjectionKey(at=1, strength=0))
    made(generation(pipeline, sampling(ONE, steps=3, guidance=1.0), injection=InjectionSchedule(2.0, keys)), tmp_path)
    assert [call["injection_strength"] for call in seen] == [2.0, 1.0, 0.0]


def test_a_shot_without_control_is_another(pipeline, tmp_path):
    conditions = conditions_for(pipeline, sampling(ONE))
    with_control, without = (
        made(
            generation(pipeline, sampling(ONE), conditions=conditions, injection=InjectionSchedule(scale)),
            tmp_path / str(scale),
        )
        for scale in (1.0, 0.0)
    )
    assert (with_control != without).mean() > 0.1


def test_a_segment_begins_with_the_float_frame_the_one_before_ended_with(pipeline, tmp_path, videos, monkeypatch):
    given, real = [], pipeline.prepare_prev_segment_cond_latents

    def spied(last, **named):
        given.append(last)
        return real(last, **named)

    monkeypatch.setattr(pipeline, "prepare_prev_segment_cond_latents", spied)
    made(generation(pipeline, sampling(THREE)), tmp_path)
    assert given[0] is None
    for last, video in zip(given[1:], videos[:-1], strict=True):
        torch.testing.assert_close(last, video[:, :, -1:], rtol=0, atol=0)


def test_no_segment_is_kept_in_memory(pipeline, tmp_path, monkeypatch):
    kept: list[weakref.ref[Any]] = []
    alive, real = [], decode.decoded

    def spied(vae, latents):
        gc.collect()
        alive.append(sum(ref() is not None for ref in kept))
        video = real(vae, latents)
        kept.append(weakref.ref(video))
        return video

    monkeypatch.setattr(generate, "decoded", spied)
    segments = Segments(33, 5, 1)
    for frames in generation(pipeline, sampling(segments, steps=1)).run(Checkpoints(tmp_path), {}):
        kept.append(weakref.ref(frames))
        del frames
    assert alive == [0] * 8


def test_a_broken_run_goes_on_at_its_segment_with_equal_bytes(pipeline, tmp_path):
    conditions, calls = conditions_for(pipeline, sampling(THREE)), []
    whole = made(generation(pipeline, sampling(THREE), conditions=conditions), tmp_path / "whole")

    def broken(done, total):
        if done == 3:
            raise OSError("power cut")

    failing = generation(pipeline, sampling(THREE), conditions=conditions, watch=watched(THREE, progress=broken))
    with pytest.raises(OSError, match="power cut"):
        made(failing, tmp_path / "broken")
    pipeline.transformer.register_forward_hook(lambda *_: calls.append(1))
    again = made(generation(pipeline, sampling(THREE), conditions=conditions), tmp_path / "broken")
    assert len(calls) == 2 * 2 * 2, "of three segments the first was there"
    np.testing.assert_array_equal(whole, again)


@pytest.mark.parametrize(("segment", "step"), [(0, 0), (1, 1)])
def test_numbers_that_are_not_finite_stop_it_at_once_without_decoding(pipeline, tmp_path, monkeypatch, segment, step):
    steps, real = [], pipeline.scheduler.step

    def spoilt(flow, *given, **named):
        steps.append(1)
        flow = flow.clone()
        flow[0, 0, 0, 0, 0] = float("nan") if len(steps) == 2 * segment + step + 1 else 0
        return real(flow, *given, **named)

    monkeypatch.setattr(pipeline.scheduler, "step", spoilt)
    decodings = spied_on(monkeypatch, pipeline.vae, "decode")
    with pytest.raises(StageError, match=f"step {step + 1} of 2 in segment {segment + 1} of 3"):
        made(generation(pipeline, sampling(THREE)), tmp_path)
    assert len(steps) == 2 * segment + step + 1
    assert len(decodings) == segment


def test_a_cancel_stops_it_at_once_without_decoding(pipeline, tmp_path, monkeypatch):
    def cancel(done, total):
        raise KeyboardInterrupt

    monkeypatch.setattr(pipeline.vae, "decode", lambda *_, **__: pytest.fail("decoded"))
    with pytest.raises(KeyboardInterrupt):
        made(generation(pipeline, sampling(ONE), watch=watched(ONE, progress=cancel)), tmp_path)
    assert Checkpoints(tmp_path).resume() == []


def test_our_code_costs_a_hundredth_of_twenty_steps(parity):
    """One run within the bound shows it: others may use this machine at the same time."""
    given, pipeline = fixture.tensors(parity, "pipe_inputs"), fixture_pipeline(parity)
    control, segments = given["control_frames_u8"].numpy(), Segments(9, 9, 1)
    told = fixture.read(parity, "pipe_config.json")
    conditions = condition(pipeline, told["prompt"], told["negative_prompt"], given["ref_letterboxed_u8"].numpy())
    pipeline.transformer, pipeline.scheduler.step = Timed(pipeline.transformer), Timed(pipeline.scheduler.step)
    drawn = sampling(segments, height=64, width=96, steps=20)
    shot = Generation(pipeline, conditions, drawn, lambda wanted: control[list(wanted)], watched(segments, steps=20))
    assert any(_share_of_ours(shot) <= 0.01 for _ in range(40))


@torch.no_grad()
def _share_of_ours(shot):
    """Return which share of the denoising is spent outside the transformer and the scheduler's steps."""
    parts = (shot.pipeline.transformer, shot.pipeline.scheduler.step)
    for part in parts:
        part.seconds = 0.0
    whole = Timed(shot._denoised)
    whole(0, shot._inputs(0, None, torch.Generator().manual_seed(0)))
    return 1 - sum(part.seconds for part in parts) / whole.seconds
