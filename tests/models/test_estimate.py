"""Estimates follow from the model's config, agree with what torch counts, and learn from earlier runs."""

import dataclasses

import pytest
import torch
from diffusers import WanVACETransformer3DModel
from diffusers.models.autoencoders.autoencoder_kl_wan import AutoencoderKLWan
from torch._subclasses.fake_tensor import FakeTensorMode
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.utils.flop_counter import FlopCounterMode

from r2s2r.models.animate.transformer import AnimateTransformer
from r2s2r.models.chips import bf16_flops
from r2s2r.models.estimate import describe, estimate
from r2s2r.models.machine import Gpu
from r2s2r.models.size import ANIMATE_14B, VACE_1_3B, VACE_14B, Transformer, config_of, decode_bytes
from r2s2r.models.workload import Workload
from r2s2r.spec.animate import AnimateSpec
from r2s2r.spec.vace import VaceSpec
from r2s2r.spec.video_model import DistillationSpec
from tests.models.live_bytes import LiveBytes

GIB = 1024**3
H100 = Gpu("NVIDIA H100 80GB HBM3", 80 * GIB, 80 * GIB)
RTX_4090 = Gpu("NVIDIA GeForce RTX 4090", 24 * GIB, 24 * GIB)
RUN = {
    "seconds_per_step": 30.0,
    "gpu": H100.name,
    "height": 704,
    "width": 1280,
    "precision": "bf16",
    "forwards_per_step": 2,
    "peak_gpu_bytes": 51 * 10**9,
}
TINY = {
    "num_attention_heads": 2, "attention_head_dim": 12, "ffn_dim": 40, "num_layers": 3, "text_dim": 16, "freq_dim": 32,
}  # fmt: skip
BROAD = {**ANIMATE_14B, "num_attention_heads": 12, "ffn_dim": 8960, "added_kv_proj_dim": 1536}


def cost(spec=None, config=None, *, height=704, width=1280, frames=77, gpu=H100, history=()):
    spec = spec or AnimateSpec()
    return estimate(spec, config, height=height, width=width, frames=frames, gpu=gpu, history=history)


def test_the_published_model_has_the_published_numbers():
    load = Workload.of(AnimateSpec(), None, height=704, width=1280)
    assert load.tokens == 73_920
    assert load.forward_flops == pytest.approx(6.3e15, rel=0.01)
    needs = load.needs()
    assert needs.transformer == pytest.approx(32.8e9 + 0.51e9, rel=0.005)  # with the adapter
    assert needs.text_encoder == pytest.approx(11.4e9, rel=0.005)
    assert load.weight_bytes == pytest.approx(47.4e9, rel=0.01)


@pytest.mark.parametrize(
    ("config", "kind"), [(ANIMATE_14B, AnimateTransformer), (VACE_1_3B, WanVACETransformer3DModel)]
)
def test_parameters_are_those_of_the_model(config, kind):
    with torch.device("meta"):
        model = kind(**config, **({"vace_in_channels": 96} if "vace_layers" in config else {}))
    counted = sum(parameter.numel() for parameter in model.parameters())
    assert Transformer.from_config(config).parameters == pytest.approx(counted, rel=0.002)


def test_vace_14b_is_known_by_its_name():
    load = Workload.of(VaceSpec(weights="Wan-AI/Wan2.1-VACE-14B-diffusers"), None, height=480, width=832)
    assert load.transformer == Transformer.from_config(VACE_14B)
    assert load.transformer.parameters == pytest.approx(17.3e9, rel=0.01)


def forward(model, *, rows, columns, dtype=torch.float32):
    """Run a transformer on a segment of 9 frames, in latent pixels."""
    noisy, control = (
        torch.zeros(1, 36, 4, rows, columns, dtype=dtype),
        torch.zeros(1, 16, 3, rows, columns, dtype=dtype),
    )
    text = torch.zeros(1, 512, model.config.text_dim, dtype=dtype)
    picture = torch.zeros(1, 257, model.config.image_dim, dtype=dtype)
    with torch.no_grad():
        model(noisy, torch.zeros(1), text, picture, control)


def test_operations_are_those_torch_counts():
    config = {**TINY, "image_dim": 16}
    # Without a fused kernel, whose operations are not counted on a CPU.
    with FlopCounterMode(display=False) as counter, sdpa_kernel(SDPBackend.MATH):
        forward(AnimateTransformer(**config), rows=32, columns=48)
    size = Transformer.from_config(config)
    tokens = size.tokens(height=256, width=384, frames=9)
    assert tokens == 4 * 16 * 24
    assert size.forward_flops(tokens) == pytest.approx(counter.get_total_flops(), rel=0.05)


@pytest.fixture
def in_bf16():
    """Makes new tensors bf16, and without memory behind them."""
    torch.set_default_dtype(torch.bfloat16)
    with FakeTensorMode():
        yield
    torch.set_default_dtype(torch.float32)


@pytest.mark.parametrize(("config", "rows"), [(ANIMATE_14B, 88), (ANIMATE_14B, 60), (BROAD, 88)])
def test_a_forward_pass_keeps_what_the_formula_says(in_bf16, config, rows):
    model = AnimateTransformer(**{**config, "num_layers": 2})
    with LiveBytes(model) as live:
        forward(model, rows=rows, columns=160, dtype=torch.bfloat16)
    size = Transformer.from_config(config)
    formula = size.activation_bytes(size.tokens(height=8 * rows, width=1280, frames=9))
    # The formula has a LoRA's results in it, which are not here.
    assert 1.0 < formula / live.peak < 1.45


@pytest.mark.parametrize(("height", "width", "tiled"), [(480, 832, False), (704, 1280, False), (480, 832, True)])
def test_decoding_keeps_what_the_formula_says(in_bf16, height, width, tiled):
    vae = AutoencoderKLWan()
    if tiled:
        vae.enable_tiling()
    latents = torch.zeros(1, 16, 3, height // 8, width // 8)
    with LiveBytes(vae) as live, torch.no_grad():
        vae.decode(latents)
    assert decode_bytes(height=height, width=width, frames=9, tiled=tiled) == pytest.approx(live.peak, rel=0.15)


@pytest.mark.parametrize("tiled", [False, True])
def test_memory_grows_with_the_picture(tiled):
    sizes = [(480, 832), (576, 1024), (704, 1280), (1088, 1920)]
    peaks = [cost(AnimateSpec(vae_tiling=tiled), height=height, width=width).gpu_bytes for height, width in sizes]
    assert peaks == sorted(set(peaks))


def test_memory_shrinks_with_fp8_and_tiling_and_fallbacks_do_the_same():
    plain, fp8 = cost(), cost(AnimateSpec(precision="fp8"))
    assert plain.gpu_bytes - fp8.gpu_bytes == pytest.approx(16.1e9, rel=0.01)
    assert fp8.host_bytes == plain.host_bytes  # it is loaded in bf16
    load = Workload.of(AnimateSpec(), None, height=704, width=1280)
    assert load.needs(("fp8",)) == Workload.of(AnimateSpec(precision="fp8"), None, height=704, width=1280).needs()
    assert (
        load.needs(("tiling",)).decode
        == Workload.of(AnimateSpec(vae_tiling=True), None, height=704, width=1280).needs().decode
    )


def test_a_segment_takes_about_as_long_as_was_measured_on_an_h100():
    found = cost()
    assert found.minutes == pytest.approx(25 * 24.46 / 60, rel=0.05)  # seconds a step with random weights
    assert found.placement == "resident"
    assert describe(found) == "about 11 min on NVIDIA H100 80GB HBM3 (assumed 50 % of its peak), 57 GB GPU"


def test_time_goes_with_segments_steps_and_passes():
    once = cost().minutes
    assert once is not None
    assert cost(frames=81).minutes == pytest.approx(2 * once)
    assert cost(AnimateSpec(steps=50)).minutes == pytest.approx(2 * once)
    assert cost(AnimateSpec(guidance=1.0)).minutes == pytest.approx(once / 2)
    assert cost(AnimateSpec(distillation=DistillationSpec(weights="./lora"))).minutes == pytest.approx(once * 2 / 25)
    assert cost(AnimateSpec(step_cache="taylorseer")).minutes == pytest.approx(once * 8 / 25)


def test_a_small_gpu_streams_and_pins():
    found = cost(gpu=RTX_4090)
    assert found.placement == "streamed"
    assert found.fits
    assert 40e9 < found.pinned_bytes < 50e9
    assert found.host_bytes > found.pinned_bytes


def test_streaming_is_no_faster_than_the_weights_arrive():
    tiny_picture = cost(gpu=RTX_4090, height=64, width=64, frames=5)
    assert tiny_picture.minutes == pytest.approx(25 * 2 * 33e9 / 20e9 / 60, rel=0.05)


def test_a_gpu_that_is_too_small_is_said_to_be():
    assert describe(cost(gpu=dataclasses.replace(RTX_4090, memory_bytes=8 * GIB))).endswith("more than the GPU has")


@pytest.mark.parametrize("gpu", [None, Gpu("NVIDIA TITAN X", 12 * GIB, 12 * GIB)])
def test_of_an_unknown_gpu_no_time_is_told(gpu):
    found = cost(gpu=gpu)
    assert found.minutes is None
    assert describe(found).startswith("time not known (")
    assert (gpu.name if gpu else "no GPU here") in found.basis


def test_earlier_runs_on_the_same_gpu_count_more_than_assumptions():
    found = cost(
        history=[RUN, {**RUN, "seconds_per_step": 34.0}, {**RUN, "gpu": "NVIDIA L40S", "seconds_per_step": 99.0}]
    )
    assert found.minutes == pytest.approx(25 * 32 / 60)
    assert found.basis == "NVIDIA H100 80GB HBM3 (from 2 earlier runs)"
    assert found.gpu_bytes == 51 * 10**9


def test_a_run_at_another_size_is_scaled_by_the_operations():
    wide, small = (
        Workload.of(AnimateSpec(), None, height=h, width=w).forward_flops for h, w in ((704, 1280), (480, 832))
    )
    found = cost(height=480, width=832, history=[RUN])
    assert found.minutes == pytest.approx(25 * 30 * small / wide / 60)
    assert found.gpu_bytes != RUN["peak_gpu_bytes"]
    assert cost(AnimateSpec(guidance=1.0), history=[RUN]).minutes == pytest.approx(25 * 15 / 60)


def test_a_run_of_another_model_is_scaled_by_what_it_computed():
    flops = Workload.of(AnimateSpec(), None, height=704, width=1280).forward_flops
    found = cost(history=[{**RUN, "forward_flops": flops / 4}])
    assert found.minutes == pytest.approx(25 * 4 * 30 / 60)
    assert found.gpu_bytes != RUN["peak_gpu_bytes"]
    assert cost(history=[{**RUN, "forward_flops": flops}]).gpu_bytes == RUN["peak_gpu_bytes"]


@pytest.mark.parametrize("other", [{"precision": "fp32"}, {"step_cache": "taylorseer"}, {"attention": "sage"}])
def test_a_run_of_other_arithmetic_says_nothing(other):
    assert "assumed" in cost(history=[{**RUN, **other}]).basis


def test_a_run_that_resumed_whole_says_nothing():
    assert "assumed" in cost(history=[{key: RUN[key] for key in RUN if key != "seconds_per_step"}]).basis


def test_on_the_cpu_only_earlier_runs_tell_the_time():
    spec = AnimateSpec(device="cpu", precision="fp32")
    first = cost(spec, TINY, height=64, width=96)
    assert (first.gpu_bytes, first.minutes, first.basis) == (0, None, "no earlier run on this CPU")
    run = {"seconds_per_step": 0.6, "height": 64, "width": 96, "precision": "fp32", "forwards_per_step": 2}
    later = cost(spec, TINY, height=64, width=96, history=[run, RUN])
    assert later.minutes == pytest.approx(25 * 0.6 / 60)
    assert later.basis == "this CPU (from 1 earlier run)"


def test_a_tiny_model_costs_little():
    assert cost(AnimateSpec(), TINY, height=64, width=96).gpu_bytes < 1e9


@pytest.mark.parametrize(
    ("name", "tera"),
    [
        ("NVIDIA H100 80GB HBM3", 989),
        ("NVIDIA H100 PCIe", 756),
        ("NVIDIA H100 NVL", 835),
        ("NVIDIA H200", 989),
        ("NVIDIA H20", 148),
        ("NVIDIA A100-SXM4-80GB", 312),
        ("NVIDIA A100 80GB PCIe", 312),
        ("NVIDIA A10G", 70),
        ("NVIDIA L4", 121),
        ("NVIDIA L40S", 362),
        ("NVIDIA RTX A6000", 155),
        ("NVIDIA RTX 6000 Ada Generation", 364),
        ("NVIDIA GeForce RTX 4090", 165),
        ("NVIDIA GeForce RTX 4090 Laptop GPU", None),
        ("NVIDIA GeForce RTX 3090 Ti", None),
        ("NVIDIA A100-SXM4-80GB MIG 1g.10gb", None),
        ("Tesla V100-SXM2-16GB", None),
    ],
)
def test_chips_are_told_apart_by_name(name, tera):
    assert bf16_flops(name) == (tera and tera * 1e12)


def test_a_config_is_read_where_there_is_one(tiny_animate, tmp_path):
    config = config_of(tiny_animate / "base")
    assert config is not None
    assert Transformer.from_config(config).layers == 2
    assert config_of(None) is None
    assert config_of(tmp_path) is None
    (tmp_path / "transformer").mkdir()
    for written in ("[]", "{", '{"num_layers": "many"}', '{"patch_size": 3}', '{"num_layers": -4}'):
        (tmp_path / "transformer" / "config.json").write_text(written, encoding="utf-8")
        assert config_of(tmp_path) is None
