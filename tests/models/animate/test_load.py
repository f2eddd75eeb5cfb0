import functools
import json
import shutil
from pathlib import Path
from typing import Any

import pytest
import torch
from diffusers import WanTransformer3DModel
from safetensors.torch import load_file, save_file
from tokenizers import Tokenizer
from torch import Tensor

from r2s2r.errors import InputError
from r2s2r.models.animate.adapter import ADAPTER, LORA_FILE
from r2s2r.models.animate.base import load_transformer
from r2s2r.models.animate.distillation import DISTILLATION
from r2s2r.models.animate.load import load
from r2s2r.models.animate.pipeline import AnimatePipeline
from r2s2r.models.animate.transformer import AnimateTransformer
from r2s2r.models.components import load_tokenizer
from r2s2r.models.weights import files
from r2s2r.spec.animate import AnimateSpec
from r2s2r.spec.video_model import DistillationSpec
from scenes.tiny_model import write_tiny_model
from tests.models.animate import fixture
from tests.models.animate.stock import random_inputs, shape, stock_transformer

CPU = torch.device("cpu")
LAYERS = 3


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny model in the published form: ``base`` with its face branch, and ``adapter``."""
    folder = tmp_path_factory.mktemp("model")
    write_tiny_model(folder, layers=LAYERS)
    return folder


@pytest.fixture
def model(published, tmp_path: Path) -> Path:
    """One to break."""
    shutil.copytree(published, tmp_path, dirs_exist_ok=True)
    return tmp_path


def loaded(model: Path, **settings: Any) -> AnimatePipeline:
    roles = {"weights": model / "base", "adapter": model / "adapter"}
    if "distillation" in settings:
        roles["distillation"] = model / "distillation"
    return load(roles, AnimateSpec(**settings), device=CPU)


def stock_folder(folder: Path, *, shard: str = "10GB", **config: int) -> Any:
    stock = stock_transformer(shape(**config))
    stock.save_pretrained(folder, max_shard_size=shard)
    return stock


def changed(folder: Path, change: dict[str, Tensor | None]) -> None:
    """Write a folder's one file again, with tensors added, replaced, or (None) left out."""
    (file,) = files(folder)
    tensors: dict[str, Any] = load_file(file) | change
    save_file({name: value for name, value in tensors.items() if value is not None}, file)


def test_a_published_model_loads_whole(published):
    pipeline = loaded(published, precision="fp32")
    assert not [name for name, value in pipeline.transformer.named_parameters() if value.is_meta]
    assert pipeline.transformer.peft_config.keys() == {ADAPTER}
    assert pipeline.scheduler.config["shift"] == 5.0
    assert not pipeline.transformer.training


@pytest.mark.parametrize(
    ("settings", "dtype", "decoder"),
    [
        ({"precision": "fp32"}, torch.float32, torch.float32),
        ({"precision": "bf16"}, torch.bfloat16, torch.bfloat16),
        ({"precision": "fp8"}, torch.bfloat16, torch.bfloat16),
        ({"precision": "bf16", "decode": "fp32"}, torch.bfloat16, torch.float32),
    ],
)
def test_the_precision_is_what_the_spec_says(published, settings, dtype, decoder):
    pipeline = loaded(published, **settings)
    for part in (pipeline.transformer, pipeline.text_encoder):
        assert part.dtype == dtype
    assert pipeline.image_encoder.dtype == torch.float32, "as in the release"
    assert next(pipeline.vae.encoder.parameters()).dtype == dtype
    assert next(pipeline.vae.decoder.parameters()).dtype == decoder


def test_what_diffusers_keeps_in_float32_stays_so(tmp_path):
    stock_folder(tmp_path)
    ours = load_transformer(tmp_path, dtype=torch.bfloat16)
    theirs = type(stock_transformer(shape())).from_pretrained(tmp_path, torch_dtype=torch.bfloat16)
    expected = {name: value.dtype for name, value in theirs.named_parameters()}
    assert {name: value.dtype for name, value in ours.named_parameters()} == {
        name: expected[name] for name, _ in ours.named_parameters()
    }
    assert ours.rope.freqs_cos.dtype == torch.float32


@torch.no_grad()
def test_a_bf16_model_is_near_the_fp32_one(tmp_path):
    stock_folder(tmp_path)
    precise, coarse = (load_transformer(tmp_path, dtype=dtype) for dtype in (torch.float32, torch.bfloat16))
    given = random_inputs()
    rough = {name: value.bfloat16() if value.ndim > 1 else value for name, value in given.items()}
    expected = precise(**given).sample
    assert (coarse(**rough).sample.float() - expected).norm() / expected.norm() < 0.05


def test_strengths_are_what_the_spec_says(published):
    pipeline = loaded(published, precision="fp32", adapter_scale=0.5)
    assert pipeline.transformer.get_submodule("blocks.0.attn1.to_q").scaling[ADAPTER] == 0.25


def test_a_distillation_goes_on_top_of_the_adapter(model):
    (model / "distillation").mkdir()
    lora = {
        "diffusion_model.blocks.0.self_attn.q.lora_down.weight": torch.rand(2, 24),
        "diffusion_model.blocks.0.self_attn.q.lora_up.weight": torch.rand(24, 2),
    }
    save_file(lora, model / "distillation" / "lora.safetensors")
    distillation = DistillationSpec(weights="./distillation", scale=0.5)
    pipeline = loaded(model, precision="fp32", distillation=distillation, adapter_scale=2.0)
    layer = pipeline.transformer.get_submodule("blocks.0.attn1.to_q")
    assert set(layer.active_adapters) == {ADAPTER, DISTILLATION}
    assert layer.scaling == {ADAPTER: 1.0, DISTILLATION: 0.5}


@pytest.mark.parametrize("shard", ["10GB", "20KB"])
def test_a_stock_folder_gives_its_very_weights(tmp_path, shard):
    stock = stock_folder(tmp_path, shard=shard, layers=4)
    assert (len(files(tmp_path)) > 1) == (shard == "20KB")
    ours = load_transformer(tmp_path, dtype=torch.float32)
    for name, value in stock.state_dict().items():
        if name in ours.state_dict():
            assert torch.equal(ours.get_parameter(name), value)


def test_a_folder_we_saved_loads_again(tmp_path):
    transformer = AnimateTransformer(**shape())
    transformer.save_pretrained(tmp_path)
    again = load_transformer(tmp_path, dtype=torch.float32)
    for name, value in transformer.state_dict().items():
        assert torch.equal(again.get_parameter(name), value)


@torch.no_grad()
@pytest.mark.parametrize("shards", [1, 3])
def test_original_weights_load_in_one_file_or_in_shards(parity, forward_inputs, tmp_path, shards):
    tensors = load_file(parity / "base_original.safetensors")
    tensors["face_encoder.out_proj.weight"] = torch.rand(2, 2)
    names = sorted(tensors)
    for number in range(shards):
        part = {name: tensors[name] for name in names[number::shards]}
        save_file(part, tmp_path / f"model-{number}.safetensors")
    if shards > 1:
        weight_map = {name: f"model-{number}.safetensors" for number in range(shards) for name in names[number::shards]}
        (tmp_path / "model.safetensors.index.json").write_text(json.dumps({"weight_map": weight_map}))
    (tmp_path / "config.json").write_text(json.dumps({"_class_name": "WanAnimateModel", "num_heads": 2}))
    transformer = load_transformer(tmp_path, dtype=torch.float32)
    found = transformer(timestep=fixture.tensors(parity, "inputs")["t_a"], **forward_inputs).sample
    expected = fixture.tensors(parity, "expected")["out_base_t_a"]
    assert (found - expected).norm() / expected.norm() <= 2e-5


def test_nothing_random_is_drawn_and_no_parameter_made_before_its_weights(tmp_path, monkeypatch):
    stock_folder(tmp_path)
    made: list[str] = []
    init = AnimateTransformer.__init__

    @functools.wraps(init)
    def watched(self, **config):
        init(self, **config)
        made.extend(value.device.type for value in self.parameters())

    monkeypatch.setattr(AnimateTransformer, "__init__", watched)
    before = torch.get_rng_state()
    load_transformer(tmp_path, dtype=torch.float32)
    assert set(made) == {"meta"}
    assert torch.equal(torch.get_rng_state(), before)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"blocks.0.attn1.to_q.weight": None}, r"tensors missing: blocks\.0\.attn1\.to_q\.weight"),
        ({"blocks.7.attn1.to_q.weight": torch.rand(1)}, r"tensors left over.*blocks\.7"),
        ({"vace_blocks.0.proj_in.weight": torch.rand(1)}, "tensors left over.*vace_blocks"),
        ({"proj_out.bias": torch.rand(63)}, r"safetensors: proj_out\.bias has shape \(63,\), expected \(64,\)"),
    ],
)
def test_weights_that_fit_half_are_refused(tmp_path, change, says):
    stock_folder(tmp_path)
    changed(tmp_path, change)
    with pytest.raises(InputError, match=says) as refused:
        load_transformer(tmp_path, dtype=torch.float32)
    assert str(tmp_path) in str(refused.value)


def test_what_is_left_of_a_face_branch_is_ignored(tmp_path):
    stock_folder(tmp_path)
    whole = load_transformer(tmp_path, dtype=torch.float32).state_dict()
    changed(tmp_path, {"face_encoder.out_proj.weight": None, "motion_encoder.new": torch.rand(1)})
    rest = load_transformer(tmp_path, dtype=torch.float32).state_dict()
    assert rest.keys() == whole.keys()


def test_the_tokenizer_is_read_as_it_was_published(published, tmp_path):
    folder = shutil.copytree(published / "base" / "tokenizer", tmp_path / "tokenizer")
    config = json.loads((folder / "tokenizer_config.json").read_bytes())
    (folder / "tokenizer_config.json").write_text(json.dumps({**config, "tokenizer_class": "T5TokenizerFast"}))
    text = "A red box, twice:  a \u00bd-size one \U0001f407"
    told = load_tokenizer(tmp_path)(text)["input_ids"]
    assert told == Tokenizer.from_file(str(folder / "tokenizer.json")).encode(text).ids


def test_the_weights_of_plain_wan_are_refused(tmp_path):
    config = {key: value for key, value in shape().items() if key not in ("image_dim", "added_kv_proj_dim")}
    plain: Any = WanTransformer3DModel(**config)
    plain.save_pretrained(tmp_path)
    with pytest.raises(InputError, match="has the weights of WanTransformer3DModel, but"):
        load_transformer(tmp_path, dtype=torch.float32)


def test_a_configuration_of_other_sizes_is_refused(tmp_path):
    stock_folder(tmp_path)
    config = json.loads((tmp_path / "config.json").read_text())
    (tmp_path / "config.json").write_text(json.dumps(config | {"num_layers": 1}))
    with pytest.raises(InputError, match=r"tensors left over: blocks\.1"):
        load_transformer(tmp_path, dtype=torch.float32)


@pytest.mark.parametrize("text", ["", "[]", '{"_class_name": "AnimateTransformer", "num_layers": "many"}'])
def test_a_configuration_that_is_none_is_refused(tmp_path, text):
    stock_folder(tmp_path)
    (tmp_path / "config.json").write_text(text)
    with pytest.raises(InputError, match=r"config\.json"):
        load_transformer(tmp_path, dtype=torch.float32)


@pytest.mark.parametrize("part", ["tokenizer", "text_encoder", "image_encoder", "vae", "transformer"])
def test_a_missing_part_is_named(model, part):
    shutil.rmtree(model / "base" / part)
    with pytest.raises(InputError, match=f"has no folder {part}"):
        loaded(model)


@pytest.mark.parametrize("part", ["text_encoder", "image_encoder", "vae", "transformer"])
def test_a_truncated_part_is_refused(model, part):
    (file,) = files(model / "base" / part)
    file.write_bytes(file.read_bytes()[:-100])
    with pytest.raises(InputError, match=f"{part}/.*is truncated: 100 of"):
        loaded(model)


@pytest.mark.parametrize("part", ["text_encoder", "image_encoder", "vae", "transformer"])
def test_a_pickled_part_is_refused_with_the_reason(model, part):
    (file,) = files(model / "base" / part)
    file.rename(file.with_suffix(".bin"))
    with pytest.raises(InputError, match=f"{part}: has no safetensors file; .* is a pickle, which runs whatever code"):
        loaded(model)


@pytest.mark.parametrize("content", ["", "{}", "no json", '{"model": {"type": "Unknown"}}'])
def test_a_broken_tokenizer_is_refused(model, content):
    (model / "base" / "tokenizer" / "tokenizer.json").write_text(content)
    with pytest.raises(InputError, match="cannot be loaded as a tokenizer"):
        loaded(model)


@pytest.mark.parametrize(
    ("part", "tensor"),
    [
        ("text_encoder", "encoder.final_layer_norm.weight"),
        ("image_encoder", "post_layernorm.bias"),
        ("vae", "quant_conv.bias"),
    ],
)
def test_a_part_that_lacks_a_tensor_is_refused(model, part, tensor):
    (file,) = files(model / "base" / part)
    found = next(name for name in load_file(file) if name.endswith(tensor))
    changed(model / "base" / part, {found: None})
    with pytest.raises(InputError, match=f"{part}: its weights .* do not fit .*missing keys"):
        loaded(model)


@pytest.mark.parametrize("part", ["text_encoder", "image_encoder", "vae"])
def test_a_part_with_a_tensor_too_many_or_of_another_shape_is_refused(model, part):
    (file,) = files(model / "base" / part)
    whole = file.read_bytes()
    changed(model / "base" / part, {"stranger.weight": torch.rand(2)})
    with pytest.raises(InputError, match=f"{part}: .*stranger"):
        loaded(model)
    file.write_bytes(whole)
    name = next(name for name, value in load_file(file).items() if value.ndim == 1)
    changed(model / "base" / part, {name: torch.rand(7)})
    with pytest.raises(InputError, match=f"{part}: "):
        loaded(model)


def test_another_models_adapter_is_refused(model):
    changed_file = model / "adapter" / LORA_FILE
    lora = load_file(changed_file)
    save_file({name: value for name, value in lora.items() if "blocks.2" not in name}, changed_file)
    with pytest.raises(InputError, match=f"{LORA_FILE}: does not fit this model; tensors missing: .*16 in all"):
        loaded(model)


@pytest.mark.parametrize(
    ("part", "settings"),
    [
        ("text_encoder", {"num_layers": "two"}),
        ("text_encoder", {"feed_forward_proj": "a-b-c"}),
        ("text_encoder", {"quantization_config": {"quant_method": "bitsandbytes", "load_in_8bit": True}}),
        ("image_encoder", {"num_attention_heads": 0}),
        ("vae", {"dim_mult": []}),
    ],
)
def test_a_configuration_that_a_library_stumbles_over_is_refused(model, part, settings):
    config = model / "base" / part / "config.json"
    config.write_text(json.dumps(json.loads(config.read_text()) | settings))
    with pytest.raises(InputError, match=f"{part}: cannot be loaded as "):
        loaded(model, precision="fp32")  # bf16 would stay the default in this process: transformers sets it


def test_code_that_a_tokenizer_brings_is_never_run_nor_asked_about(model, monkeypatch):
    folder = model / "base" / "tokenizer"
    config = json.loads((folder / "tokenizer_config.json").read_text())
    code = {"auto_map": {"AutoTokenizer": ["own.Tokenizer", None]}, "tokenizer_class": "Tokenizer"}
    (folder / "tokenizer_config.json").write_text(json.dumps(config | code))
    (folder / "own.py").write_text("raise SystemExit('it ran')\n")
    monkeypatch.setattr("builtins.input", lambda prompt: "y")
    load_tokenizer(model / "base")
    (folder / "tokenizer.json").unlink()
    with pytest.raises(InputError, match="cannot be loaded as a tokenizer"):
        load_tokenizer(model / "base")


def test_an_encoder_that_leads_to_weights_elsewhere_is_refused(model):
    adapter = {"base_model_name_or_path": str(model), "peft_type": "LORA"}
    (model / "base" / "text_encoder" / "adapter_config.json").write_text(json.dumps(adapter))
    with pytest.raises(InputError, match=r"text_encoder: has an adapter_config\.json"):
        loaded(model)
