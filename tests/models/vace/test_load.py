"""Loading VACE: strictly, from local folders, from safetensors."""

import json
import shutil

import pytest
import torch

from r2s2r.errors import InputError
from r2s2r.models.vace.load import load
from tests.models.vace.tiny import rewrite, spec_of

WEIGHTS = "transformer/diffusion_pytorch_model.safetensors"


def test_every_part_gets_its_precision(model):
    pipeline = load(model, spec_of(precision="bf16", decode="bf16"))
    assert pipeline.transformer.dtype == torch.bfloat16
    assert pipeline.transformer.scale_shift_table.dtype == torch.float32
    assert pipeline.text_encoder.dtype == torch.bfloat16
    assert pipeline.vae.dtype == pipeline.vae.encoder.conv_in.weight.dtype == torch.float32
    assert pipeline.vae.decoder.conv_in.weight.dtype == pipeline.vae.post_quant_conv.weight.dtype == torch.bfloat16


def test_decoding_may_be_in_full_precision_by_itself(model):
    pipeline = load(model, spec_of(precision="bf16", decode="fp32"))
    assert pipeline.transformer.dtype == torch.bfloat16
    assert pipeline.vae.decoder.conv_in.weight.dtype == torch.float32


def test_the_schedule_is_upstream_s_with_the_spec_s_shift(model):
    few, many = (load(model, spec_of(shift=shift)).scheduler for shift in (3.0, 16.0))
    for scheduler in (few, many):
        scheduler.set_timesteps(4)
    assert type(few).__name__ == "UniPCMultistepScheduler"
    sigmas = torch.linspace(1, 1 / 1000, 5)[:-1]
    torch.testing.assert_close(few.sigmas[:-1], 3 * sigmas / (1 + 2 * sigmas), atol=2e-3, rtol=0)
    assert (many.sigmas[1:-1] > few.sigmas[1:-1]).all()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda tensors: tensors.pop("vace_blocks.0.proj_out.weight"), "vace_blocks.0.proj_out.weight"),
        (lambda tensors: tensors.update(extra=torch.zeros(1)), "extra"),
        (lambda tensors: tensors.update({"proj_out.bias": torch.zeros(3)}), "proj_out.bias"),
    ],
)
def test_weights_that_do_not_match_are_refused_by_name(copy, change, said):
    rewrite(copy / WEIGHTS, change)
    with pytest.raises(InputError, match=said):
        load(copy, spec_of())


def test_weights_may_lie_in_shards(copy):
    whole = load(copy, spec_of()).transformer
    shutil.rmtree(copy / "transformer")
    whole.save_pretrained(copy / "transformer", max_shard_size="40KB")
    assert len(list((copy / "transformer").glob("*.safetensors"))) > 1
    again = load(copy, spec_of()).transformer.state_dict()
    for name, tensor in whole.state_dict().items():
        torch.testing.assert_close(tensor, again[name], atol=0, rtol=0)


def test_truncated_weights_are_refused(copy):
    whole = (copy / WEIGHTS).read_bytes()
    (copy / WEIGHTS).write_bytes(whole[: len(whole) // 2])
    with pytest.raises(InputError, match="truncated"):
        load(copy, spec_of())


def test_pickles_are_refused_with_the_reason(copy):
    (copy / WEIGHTS).rename(copy / "transformer" / "diffusion_pytorch_model.bin")
    with pytest.raises(InputError, match="pickle"):
        load(copy, spec_of())


@pytest.mark.parametrize("name", ["transformer", "vae", "text_encoder", "tokenizer"])
def test_a_missing_part_is_named(copy, name):
    shutil.rmtree(copy / name)
    with pytest.raises(InputError, match=name):
        load(copy, spec_of())


def test_another_model_s_transformer_is_refused(copy):
    config = copy / "transformer" / "config.json"
    config.write_text(json.dumps({**json.loads(config.read_text()), "_class_name": "WanTransformer3DModel"}))
    with pytest.raises(InputError, match=r"WanTransformer3DModel.*WanVACETransformer3DModel is needed"):
        load(copy, spec_of())


def test_another_model_s_vae_is_refused_before_anything_is_read(copy):
    config = copy / "vae" / "config.json"
    config.write_text(json.dumps({**json.loads(config.read_text()), "z_dim": 48}))
    with pytest.raises(InputError, match="different models"):
        load(copy, spec_of())


def test_a_model_of_two_transformers_is_refused(copy):
    (copy / "transformer_2").mkdir()
    with pytest.raises(InputError, match="two transformers"):
        load(copy, spec_of())
