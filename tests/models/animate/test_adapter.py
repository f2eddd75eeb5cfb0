import json
import shutil
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file
from torch import Tensor

from r2s2r.errors import InputError
from r2s2r.models.animate.adapter import ADAPTER, LORA_FILE, POSE_FILE, load_adapter, places, save_adapter, set_scale
from r2s2r.models.animate.transformer import AnimateTransformer
from tests.models.animate import fixture
from tests.models.animate.stock import random_inputs, shape


def tiny(layers: int = 2) -> Any:
    torch.manual_seed(0)
    return AnimateTransformer(**shape(layers=layers)).eval()


def weights(*, layers: int = 2, rank: int = 4) -> dict[str, Tensor]:
    """Return a LoRA for ``tiny`` under the released names."""
    noise, found = torch.Generator().manual_seed(rank), {}
    for block in range(layers):
        sides = {f"{kind}.{part}": (24, 24) for kind in ("self_attn", "cross_attn") for part in "qkv"}
        for target, (out, into) in (sides | {"ffn.0": (40, 24), "ffn.2": (24, 40)}).items():
            found[f"blocks.{block}.{target}.lora_A.weight"] = torch.randn(rank, into, generator=noise)
            found[f"blocks.{block}.{target}.lora_B.weight"] = torch.randn(out, rank, generator=noise)
    return found


def written(folder: Path, lora: dict[str, Tensor], metadata: dict[str, str] | None = None) -> Path:
    folder.mkdir(exist_ok=True)
    save_file(lora, folder / LORA_FILE, metadata=metadata)
    save_file({"weight": torch.rand(24, 16, 1, 2, 2), "bias": torch.rand(24)}, folder / POSE_FILE)
    return folder


def alpha(transformer: Any) -> Any:
    return transformer.peft_config[ADAPTER].lora_alpha


@torch.no_grad()
def outcome(transformer: Any) -> Any:
    return transformer(**random_inputs()).sample


def test_every_tensor_of_the_released_files_is_consumed(parity):
    transformer = fixture.build_transformer(parity)
    load_adapter(transformer, parity)
    lora, parameters = load_file(parity / LORA_FILE), dict(transformer.named_parameters())
    loaded = [name for name in parameters if f".{ADAPTER}." in name]
    assert len(lora) == len(loaded) == 80
    for name, place in places(transformer).items():
        assert torch.equal(parameters[place.replace(".weight", f".{ADAPTER}.weight")], lora[name].float())


def test_a_model_of_40_blocks_takes_640_tensors():
    with torch.device("meta"):
        transformer = AnimateTransformer(**shape(layers=40))
    assert len(places(transformer)) == 640


def test_the_pose_patch_embedding_replaces_the_bases(parity):
    transformer = fixture.build_transformer(parity)
    base = transformer.pose_patch_embedding.weight.clone()
    load_adapter(transformer, parity)
    released = load_file(parity / POSE_FILE)
    assert not torch.equal(transformer.pose_patch_embedding.weight, base)
    assert torch.equal(transformer.pose_patch_embedding.weight, released["weight"].float())
    assert torch.equal(transformer.pose_patch_embedding.bias, released["bias"].float())


@torch.no_grad()
def test_another_alpha_is_far_from_the_reference(parity, forward_inputs, tmp_path):
    shutil.copy(parity / POSE_FILE, tmp_path)
    save_file(load_file(parity / LORA_FILE), tmp_path / LORA_FILE, metadata={"lora_alpha": "4"})
    transformer = fixture.build_transformer(parity)
    load_adapter(transformer, tmp_path)
    expected = fixture.tensors(parity, "expected")["out_adapter_t_a"]
    found = transformer(timestep=fixture.tensors(parity, "inputs")["t_a"], **forward_inputs).sample
    assert (found - expected).norm() / expected.norm() == pytest.approx(0.26, abs=0.02)


@pytest.mark.parametrize("rank", [1, 3, 8])
def test_the_rank_is_that_of_the_tensors_and_alpha_half_of_it(tmp_path, rank):
    transformer = tiny()
    load_adapter(transformer, written(tmp_path / "adapter", weights(rank=rank)))
    assert transformer.peft_config[ADAPTER].r == rank
    assert alpha(transformer) == rank / 2
    assert transformer.get_submodule("blocks.1.attn2.to_k").scaling[ADAPTER] == 0.5


def test_alpha_is_that_of_the_metadata_where_it_says(tmp_path):
    peft = json.dumps({"transformer.r": 4, "transformer.lora_alpha": 12})
    for number, metadata in enumerate(
        ({"lora_alpha": "12"}, {"ss_network_alpha": "12"}, {"lora_adapter_metadata": peft})
    ):
        transformer = tiny()
        load_adapter(transformer, written(tmp_path / str(number), weights(), metadata))
        assert alpha(transformer) == 12


def test_alpha_is_that_of_the_alpha_tensors_where_there_are(tmp_path):
    alphas = {name.replace("lora_A.weight", "alpha"): torch.tensor(3.0) for name in weights() if "lora_A" in name}
    transformer = tiny()
    load_adapter(transformer, written(tmp_path / "adapter", weights() | alphas))
    assert alpha(transformer) == 3


@pytest.mark.parametrize("metadata", [{"lora_alpha": "much"}, {"lora_alpha": "0"}, {"lora_adapter_metadata": "{"}])
def test_an_alpha_that_is_no_number_is_refused(tmp_path, metadata):
    with pytest.raises(InputError, match="one positive number"):
        load_adapter(tiny(), written(tmp_path / "adapter", weights(), metadata))


def test_alphas_that_contradict_each_other_are_refused(tmp_path):
    alphas = {"blocks.0.ffn.0.alpha": torch.tensor(3.0)}
    with pytest.raises(InputError, match=r"alphas \[2.0, 3.0\]"):
        load_adapter(tiny(), written(tmp_path / "adapter", weights() | alphas, {"lora_alpha": "2"}))


def test_the_scale_scales_the_lora_alone(tmp_path):
    base, adapted = tiny(), tiny()
    load_adapter(adapted, written(tmp_path / "adapter", weights()))
    full = outcome(adapted)
    set_scale(adapted, 0.0)
    base.pose_patch_embedding.load_state_dict(load_file(tmp_path / "adapter" / POSE_FILE))
    torch.testing.assert_close(outcome(adapted), outcome(base), rtol=1e-5, atol=1e-6)
    set_scale(adapted, 1.0)
    assert torch.equal(outcome(adapted), full)


def test_loading_draws_nothing_from_the_global_generator(tmp_path):
    transformer, folder = tiny(), written(tmp_path / "adapter", weights())
    before = torch.get_rng_state()
    load_adapter(transformer, folder)
    assert torch.equal(torch.get_rng_state(), before)


def test_saving_gives_the_released_names_and_tensors_back(parity, tmp_path):
    transformer = fixture.build_transformer(parity)
    load_adapter(transformer, parity)
    save_adapter(transformer, tmp_path, dtype=torch.bfloat16)
    assert sorted(file.name for file in tmp_path.iterdir()) == [LORA_FILE, POSE_FILE]
    for name in (LORA_FILE, POSE_FILE):
        released, saved = load_file(parity / name), load_file(tmp_path / name)
        assert released.keys() == saved.keys()
        for key, value in released.items():
            assert saved[key].dtype == value.dtype
            assert torch.equal(saved[key].view(torch.int16), value.view(torch.int16))


def test_a_saved_adapter_keeps_its_alpha(tmp_path):
    first, second = tiny(), tiny()
    load_adapter(first, written(tmp_path / "adapter", weights(), {"lora_alpha": "7"}))
    save_adapter(first, tmp_path, dtype=torch.float32)
    load_adapter(second, tmp_path)
    assert alpha(second) == 7
    assert torch.equal(outcome(first), outcome(second))


def _without(name: str) -> dict[str, Tensor]:
    return {key: value for key, value in weights().items() if key != name}


@pytest.mark.parametrize(
    ("lora", "says"),
    [
        (weights(layers=3), r"tensors left over: blocks\.2\."),
        (weights(layers=1), r"tensors missing: blocks\.1\..*\(16 in all\)"),
        (_without("blocks.0.self_attn.q.lora_A.weight"), r"tensors missing: blocks\.0\.self_attn\.q\.lora_A"),
        ({f"transformer.{key}": value for key, value in weights().items()}, "tensors left over"),
        (
            weights() | {"blocks.0.self_attn.o.lora_A.weight": torch.rand(4, 24)},
            r"tensors left over: .*self_attn\.o\.lora_A",
        ),
        (
            weights() | {"blocks.1.ffn.0.lora_A.weight": torch.rand(5, 24)},
            r"blocks\.1\.ffn\.0\.lora_A\.weight has shape \(5, 24\), expected \(4, 24\)",
        ),
        (
            weights() | {"blocks.1.ffn.0.lora_B.weight": torch.rand(41, 4)},
            r"blocks\.1\.ffn\.0\.lora_B\.weight has shape \(41, 4\), expected \(40, 4\)",
        ),
    ],
    ids=["more blocks", "fewer blocks", "one side", "other names", "other layer", "mixed ranks", "other width"],
)
def test_a_lora_that_does_not_fit_wholly_is_refused_and_nothing_is_loaded(tmp_path, lora, says):
    transformer = tiny()
    before = outcome(transformer)
    with pytest.raises(InputError, match=says) as refused:
        load_adapter(transformer, written(tmp_path / "adapter", lora))
    assert LORA_FILE in str(refused.value)
    assert torch.equal(outcome(transformer), before)


@pytest.mark.parametrize(
    ("pose", "says"),
    [
        ({"weight": torch.rand(24, 16, 1, 2, 2)}, "tensors missing: bias"),
        ({"weight": torch.rand(24, 8, 1, 2, 2), "bias": torch.rand(24)}, r"\(24, 8, 1, 2, 2\), expected \(24, 16, 1"),
        ({"a.weight": torch.rand(1), "weight": torch.rand(1), "bias": torch.rand(1)}, "tensors left over: a.weight"),
    ],
)
def test_a_pose_patch_embedding_that_does_not_fit_is_refused_and_nothing_is_loaded(tmp_path, pose, says):
    folder = written(tmp_path / "adapter", weights())
    save_file(pose, folder / POSE_FILE)
    transformer = tiny()
    with pytest.raises(InputError, match=says):
        load_adapter(transformer, folder)
    assert not hasattr(transformer, "peft_config")


def test_a_missing_file_is_named_and_a_pickle_in_its_place_refused(tmp_path):
    folder = written(tmp_path / "adapter", weights())
    (folder / POSE_FILE).rename(folder / "pose_patch_embedding.pth")
    with pytest.raises(InputError, match=f"lacks {POSE_FILE}; pose_patch_embedding.pth is a pickle"):
        load_adapter(tiny(), folder)
