"""Where weights lie is chosen by the GPU's size and changes no number."""

import pytest
import torch
from diffusers.hooks.hooks import HookRegistry

from r2s2r.errors import MissingError
from r2s2r.models import levers
from r2s2r.models.animate.load import load
from r2s2r.models.machine import Gpu
from r2s2r.models.placement import choose, device_for, fits, place
from r2s2r.models.workload import Workload
from r2s2r.spec.animate import AnimateSpec
from r2s2r.spec.vace import VaceSpec

GIB = 1024**3
CPU = torch.device("cpu")


def gpu_of(gib):
    return Gpu("GPU", gib * GIB, gib * GIB)


@pytest.mark.parametrize(
    ("gib", "placement"), [(80, "resident"), (48, "components"), (40, "streamed"), (24, "streamed"), (16, "streamed")]
)
def test_the_published_model_is_placed_by_the_size_of_the_gpu(gib, placement):
    needs = Workload.of(AnimateSpec(), None, height=704, width=1280).needs()
    assert choose(needs, gpu_of(gib)) == placement
    assert fits(needs, gpu_of(gib))


def test_a_gpu_too_small_for_anything_is_said_to_be():
    needs = Workload.of(AnimateSpec(), None, height=704, width=1280).needs()
    assert choose(needs, gpu_of(8)) == "streamed"
    assert not fits(needs, gpu_of(8))


def test_without_a_gpu_everything_stays():
    needs = Workload.of(VaceSpec(), None, height=480, width=832).needs()
    assert choose(needs, None) == "resident"
    assert fits(needs, None)


def test_each_placement_needs_less_than_the_one_before():
    needs = Workload.of(AnimateSpec(), None, height=704, width=1280).needs()
    assert needs.peak("resident") > needs.peak("components") > needs.peak("streamed")


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a GPU here")
def test_no_gpu_is_said_before_anything_is_loaded():
    assert device_for(AnimateSpec(device="cpu")) == CPU
    with pytest.raises(MissingError, match="device: auto needs a GPU"):
        device_for(AnimateSpec())


@torch.no_grad()
def results(pipeline):
    """Return what all components say in the order they are used, over two segments."""
    drawn, dtype = torch.Generator().manual_seed(1), pipeline.transformer.dtype
    prompt, picture = torch.arange(8)[None], torch.randn(1, 3, 224, 224, generator=drawn)
    said = [pipeline.text_encoder(prompt).last_hidden_state, pipeline.image_encoder(picture).last_hidden_state]
    video = torch.randn(1, 3, 5, 32, 32, generator=drawn).to(pipeline.vae.dtype)
    given = {
        "hidden_states": torch.randn(1, 36, 3, 4, 4, generator=drawn).to(dtype),
        "encoder_hidden_states": torch.randn(1, 512, 16, generator=drawn).to(dtype),
        "encoder_hidden_states_image": torch.randn(1, 257, 16, generator=drawn).to(dtype),
        "pose_hidden_states": torch.randn(1, 16, 2, 4, 4, generator=drawn).to(dtype),
    }
    for _ in range(2):
        levers.reset(pipeline)
        latents = pipeline.vae.encode(video).latent_dist.mode()
        for time in (900.0, 500.0, 200.0, 20.0):
            with pipeline.transformer.cache_context("cond"):
                said.append(pipeline.transformer(timestep=torch.tensor([time]), **given)[0])
        said += [latents, pipeline.vae.decode(latents)[0]]
    return said


@pytest.mark.parametrize(
    "spec",
    [
        AnimateSpec(precision="fp32"),
        AnimateSpec(precision="fp8", vae_tiling=True),
        AnimateSpec(precision="fp32", step_cache="taylorseer"),
        AnimateSpec(precision="fp32", step_cache="first_block"),
    ],
    ids=["fp32", "fp8", "taylorseer", "first_block"],
)
def test_results_are_equal_wherever_the_weights_lie(tiny_animate, spec):
    said = {}
    for placement in ("resident", "components", "streamed"):
        files = {"weights": tiny_animate / "base", "adapter": tiny_animate / "adapter"}
        pipeline = load(files, spec, device=CPU)
        levers.apply(pipeline, spec)
        place(pipeline, placement, device=CPU)
        assert pipeline._execution_device == CPU
        said[placement] = results(pipeline)
    for placement in ("components", "streamed"):
        assert all(torch.equal(one, other) for one, other in zip(said["resident"], said[placement], strict=True))


def test_streaming_takes_every_block_by_itself(tiny_animate):
    files = {"weights": tiny_animate / "base", "adapter": tiny_animate / "adapter"}
    pipeline = load(files, AnimateSpec(), device=CPU)
    place(pipeline, "streamed", device=CPU)
    groups = [
        getattr(HookRegistry.check_if_exists_or_initialize(block).get_hook("group_offloading"), "group", None)
        for block in pipeline.transformer.blocks
    ]
    assert [group.modules for group in groups if group] == [[block] for block in pipeline.transformer.blocks]
    assert pipeline.vae._hf_hook.execution_device == CPU
