from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import save_file
from torch import Tensor

from r2s2r.errors import InputError
from r2s2r.models.animate.distillation import load_distillation
from r2s2r.models.animate.transformer import AnimateTransformer
from tests.models.animate.stock import random_inputs, shape

ORIGINAL = {
    "blocks.0.self_attn.q": "blocks.0.attn1.to_q",
    "blocks.1.self_attn.o": "blocks.1.attn1.to_out.0",
    "blocks.1.cross_attn.k_img": "blocks.1.attn2.add_k_proj",
    "blocks.0.ffn.2": "blocks.0.ffn.net.2",
    "text_embedding.0": "condition_embedder.text_embedder.linear_1",
    "head.head": "proj_out",
    "patch_embedding": "patch_embedding",
}
DIFFERENCES = {
    "blocks.0.self_attn.norm_k.diff": "blocks.0.attn1.norm_k.weight",
    "blocks.0.norm3.diff_b": "blocks.0.norm2.bias",
    "blocks.1.self_attn.o.diff_b": "blocks.1.attn1.to_out.0.bias",
}


def tiny() -> Any:
    torch.manual_seed(0)
    return AnimateTransformer(**shape()).eval()


def pairs(rank: int = 4) -> dict[str, tuple[Tensor, Tensor]]:
    """Return down and up of each layer in ``ORIGINAL``."""
    torch.manual_seed(1)
    transformer, found = tiny(), {}
    for name, module in ORIGINAL.items():
        weight = transformer.get_submodule(module).weight
        ones = [1] * (weight.ndim - 2)
        found[name] = torch.randn(rank, *weight.shape[1:]), torch.randn(weight.shape[0], rank, *ones)
    return found


def lightx2v() -> dict[str, Tensor]:
    """Return a file's tensors under the names that lightx2v publishes."""
    found = {}
    for name, (down, up) in pairs().items():
        found[f"diffusion_model.{name}.lora_down.weight"] = down
        found[f"diffusion_model.{name}.lora_up.weight"] = up
    parameters = dict(tiny().named_parameters())
    for name, place in DIFFERENCES.items():
        found[f"diffusion_model.{name}"] = torch.randn(parameters[place].shape)
    return found


def written(folder: Path, tensors: dict[str, Tensor]) -> Path:
    folder.mkdir(exist_ok=True)
    save_file(tensors, folder / "any_name.safetensors")
    return folder


@torch.no_grad()
def outcome(transformer: Any) -> Any:
    return transformer(**random_inputs()).sample


@torch.no_grad()
def merged(scale: float, tensors: dict[str, Tensor]) -> Any:
    """Return the transformer with everything added into its weights, by hand."""
    transformer = tiny()
    for name, (down, up) in pairs().items():
        weight = transformer.get_submodule(ORIGINAL[name]).weight
        weight.add_(scale * (up.flatten(1) @ down.flatten(1)).view_as(weight))
    for name, place in DIFFERENCES.items():
        transformer.get_parameter(place).add_(scale * tensors.get(f"diffusion_model.{name}", torch.zeros(())))
    return transformer


@pytest.mark.parametrize("scale", [1.0, 0.5])
def test_it_is_as_if_added_into_the_weights(tmp_path, scale):
    transformer, tensors = tiny(), lightx2v()
    load_distillation(transformer, written(tmp_path, tensors), scale=scale)
    torch.testing.assert_close(outcome(transformer), outcome(merged(scale, tensors)), rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("prefix", ["", "transformer.", "base_model.model."])
def test_peft_names_load_too(tmp_path, prefix):
    tensors = {}
    for name, (down, up) in pairs().items():
        tensors[f"{prefix}{ORIGINAL[name]}.lora_A.weight"] = down
        tensors[f"{prefix}{ORIGINAL[name]}.lora_B.weight"] = up
    transformer = tiny()
    load_distillation(transformer, written(tmp_path, tensors), scale=1.0)
    torch.testing.assert_close(outcome(transformer), outcome(merged(1.0, tensors)), rtol=1e-4, atol=1e-4)


def test_alpha_tensors_scale_it(tmp_path):
    tensors = lightx2v()
    alphas = {f"diffusion_model.{name}.alpha": torch.tensor(2.0) for name in ORIGINAL}
    differences = [f"diffusion_model.{name}" for name in DIFFERENCES]
    low_rank = {name: value for name, value in tensors.items() if name not in differences}
    transformer = tiny()
    load_distillation(transformer, written(tmp_path, low_rank | alphas), scale=1.0)
    torch.testing.assert_close(outcome(transformer), outcome(merged(0.5, {})), rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"diffusion_model.blocks.0.self_attn.q.hada_w1": torch.rand(1)}, "tensors left over.*hada_w1"),
        ({"diffusion_model.blocks.9.self_attn.q.diff_b": torch.rand(24)}, r"blocks\.9.*does not have"),
        ({"diffusion_model.blocks.0.norm3.diff_b": torch.rand(25)}, r"shape \(25,\), expected \(24,\)"),
        ({"diffusion_model.blocks.1.ffn.0.lora_up.weight": torch.rand(40, 4)}, "tensors missing.*lora_A"),
        ({"diffusion_model.blocks.0.ffn.2.lora_up.weight": torch.rand(24, 8)}, r"\(24, 8\), expected \(24, 4\)"),
    ],
    ids=["unknown kind", "other block", "other width", "one side", "mixed ranks"],
)
def test_what_does_not_fit_wholly_is_refused_and_nothing_is_loaded(tmp_path, changed, says):
    transformer = tiny()
    before = outcome(transformer)
    with pytest.raises(InputError, match=says):
        load_distillation(transformer, written(tmp_path, lightx2v() | changed), scale=1.0)
    assert torch.equal(outcome(transformer), before)


def test_a_file_without_low_rank_weights_is_refused(tmp_path):
    with pytest.raises(InputError, match="no low-rank weights"):
        load_distillation(tiny(), written(tmp_path, {"blocks.0.self_attn.q.diff_b": torch.rand(24)}), scale=1.0)
