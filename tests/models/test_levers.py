"""Levers change pixels when they are asked for, and only then."""

from types import SimpleNamespace

import pytest
import torch
from diffusers import AutoencoderKLWan
from diffusers.models.attention_dispatch import _AttentionBackendRegistry as Kernels

from r2s2r.errors import InputError, MissingError
from r2s2r.models import levers
from r2s2r.models.animate.load import load
from r2s2r.models.animate.pipeline import flow_scheduler
from r2s2r.models.animate.transformer import AnimateTransformer
from r2s2r.models.taylorseer import computed_steps
from r2s2r.spec.animate import AnimateSpec
from r2s2r.spec.vace import VaceSpec

STEPS = 12


@pytest.fixture
def toy():
    """Something like a pipeline: three blocks, and a VAE whose tiling can be looked at."""
    torch.manual_seed(0)
    transformer = AnimateTransformer(
        num_attention_heads=2, attention_head_dim=12, ffn_dim=40, num_layers=3, text_dim=16, image_dim=16, freq_dim=32
    )
    return SimpleNamespace(transformer=transformer.eval(), vae=AutoencoderKLWan(base_dim=8))


@torch.no_grad()
def denoised(transformer, steps=STEPS, dtype=torch.float32):
    """Run the denoising loop as the segment loop does, from the same noise each time."""
    drawn = torch.Generator().manual_seed(1)
    latents = torch.randn(1, 16, 4, 8, 12, generator=drawn)
    known = torch.randn(1, 20, 4, 8, 12, generator=drawn)
    given = {
        "encoder_hidden_states": torch.randn(1, 512, 16, generator=drawn).to(dtype),
        "encoder_hidden_states_image": torch.randn(1, 257, 16, generator=drawn).to(dtype),
        "pose_hidden_states": torch.randn(1, 16, 3, 8, 12, generator=drawn).to(dtype),
    }
    scheduler = flow_scheduler(5.0)
    scheduler.set_timesteps(steps)
    for time in scheduler.timesteps:
        seen = torch.cat([latents, known], dim=1).to(dtype)
        with transformer.cache_context("cond"):
            flow = transformer(seen, timestep=time[None], **given)[0]
        latents = scheduler.step(flow, time, latents, return_dict=False)[0]  # type: ignore[arg-type] # as diffusers does
    return latents


def difference(one, other):
    return float((one - other).norm() / other.norm())


def count_calls(module):
    calls = []
    module.register_forward_hook(lambda *_: calls.append(1))
    return calls


def test_nothing_asked_for_changes_nothing(toy):
    before = denoised(toy.transformer)
    levers.apply(toy, AnimateSpec())
    assert torch.equal(denoised(toy.transformer), before)
    assert not toy.vae.use_tiling


@pytest.mark.parametrize("cache", ["taylorseer", "first_block"])
def test_a_step_cache_saves_blocks_and_stays_near_the_result(toy, cache):
    exact = denoised(toy.transformer)
    calls = count_calls(toy.transformer.blocks[2].attn1)
    levers.apply(toy, AnimateSpec(step_cache=cache))
    cached = denoised(toy.transformer)
    assert 0 < difference(cached, exact) < 0.1
    assert len(calls) < STEPS


@pytest.mark.parametrize("steps", [1, 4, 12, 25])
def test_taylorseer_computes_as_many_steps_as_the_estimate_says(toy, steps):
    calls = count_calls(toy.transformer.blocks[0].attn1)
    levers.apply(toy, AnimateSpec(step_cache="taylorseer"))
    denoised(toy.transformer, steps)
    assert len(calls) == computed_steps(steps)


@pytest.mark.parametrize("cache", ["taylorseer", "first_block"])
def test_a_segment_after_a_reset_is_not_told_of_the_one_before(toy, cache):
    levers.apply(toy, AnimateSpec(step_cache=cache))
    first = denoised(toy.transformer)
    levers.reset(toy)
    assert torch.equal(denoised(toy.transformer), first)


def test_without_a_reset_a_segment_would_be(toy):
    levers.apply(toy, AnimateSpec(step_cache="taylorseer"))
    first = denoised(toy.transformer)
    assert difference(denoised(toy.transformer), first) > 0.01


def test_a_reset_without_a_cache_changes_nothing(toy):
    levers.apply(toy, AnimateSpec())
    first = denoised(toy.transformer)
    levers.reset(toy)
    assert difference(denoised(toy.transformer), first) == 0


@pytest.mark.parametrize("wish", [{"spec": AnimateSpec(precision="fp8")}, {"fallbacks": ("fp8",)}])
def test_fp8_keeps_linear_layers_in_8_bit_and_computes_in_bf16(tiny_animate, wish):
    files = {"weights": tiny_animate / "base", "adapter": tiny_animate / "adapter"}
    exact = load(files, AnimateSpec(), device=torch.device("cpu"))
    cast = load(files, AnimateSpec(), device=torch.device("cpu"))
    levers.apply(cast, wish.get("spec", AnimateSpec()), fallbacks=wish.get("fallbacks", ()))
    block = cast.transformer.blocks[0]
    assert block.attn1.to_out[0].weight.dtype == torch.float8_e4m3fn
    assert block.attn1.to_q.base_layer.weight.dtype == torch.float8_e4m3fn
    assert block.attn1.to_q.lora_A["real2sam2real"].weight.dtype == torch.bfloat16
    assert block.scale_shift_table.dtype == torch.float32
    assert cast.transformer.dtype == torch.bfloat16
    results = [denoised(one.transformer, 2, torch.bfloat16) for one in (cast, exact)]
    assert 0 < difference(*results) < 0.1


@pytest.mark.parametrize("wish", [{"spec": AnimateSpec(vae_tiling=True)}, {"fallbacks": ("tiling",)}])
def test_tiling_is_switched_on_by_the_spec_or_as_a_fallback(toy, wish):
    levers.apply(toy, wish.get("spec", AnimateSpec()), fallbacks=wish.get("fallbacks", ()))
    assert toy.vae.use_tiling


@pytest.mark.parametrize("kernel", ["flash", "flash3", "sage"])
def test_a_kernel_that_is_not_installed_is_named_with_what_to_do(toy, kernel):
    with pytest.raises(MissingError, match=rf"attention: {kernel} needs the package \w+, .*(pip install|built from)"):
        levers.apply(toy, AnimateSpec(attention=kernel))


@pytest.mark.parametrize(
    "spec", [AnimateSpec(attention="flash", device="cpu"), VaceSpec(attention="sage", device="cpu")]
)
def test_a_kernel_that_cannot_compute_this_is_refused(toy, spec):
    with pytest.raises(InputError, match=r"attention: .* computes in bf16 on a GPU only"):
        levers.apply(toy, spec)


def test_native_attention_is_set_whatever_ran_in_this_process_before(toy, monkeypatch):
    monkeypatch.setattr(Kernels, "_active_backend", "flash")
    levers.apply(toy, AnimateSpec())
    assert Kernels.get_active_backend()[0].value == "native"


def test_first_block_is_refused_for_a_single_block(toy):
    toy.transformer.blocks = toy.transformer.blocks[:1]
    with pytest.raises(InputError, match="at least 2 blocks"):
        levers.apply(toy, AnimateSpec(step_cache="first_block"))
