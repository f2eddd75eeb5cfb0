import pytest
import torch
from safetensors.torch import load_file
from transformers import UMT5EncoderModel

from r2s2r.errors import InputError
from r2s2r.models.animate import convert
from r2s2r.models.animate.pipeline import as_tensor
from r2s2r.models.weights import TensorInfo, read_header
from tests.models.animate import fixture
from tests.models.animate.stock import shape


def relative(found: torch.Tensor, expected: torch.Tensor) -> float:
    return float((found - expected).norm() / expected.norm())


def renamed(parity) -> dict[str, TensorInfo]:
    found = read_header(parity / "base_original.safetensors")
    return {place: found[name] for name, place in convert.transformer_names(found).items()}


def test_the_configuration_is_read_off_the_shapes(parity):
    config = convert.transformer_config(renamed(parity), heads=2)
    assert config["num_layers"] == 5
    assert {key: config[key] for key in shape(layers=5)} == shape(layers=5)
    assert (config["patch_size"], config["in_channels"], config["latent_channels"]) == ([1, 2, 2], 36, 16)
    assert config["out_channels"] == 16


def test_heads_are_as_wide_as_the_published_ones_unless_said_otherwise():
    wide = {
        "patch_embedding.weight": (5120, 36, 1, 2, 2),
        "pose_patch_embedding.weight": (5120, 16, 1, 2, 2),
        "blocks.0.ffn.net.0.proj.weight": (13824, 5120),
        "condition_embedder.image_embedder.norm1.weight": (1280,),
        "condition_embedder.text_embedder.linear_1.weight": (5120, 4096),
        "condition_embedder.time_embedder.linear_1.weight": (5120, 256),
        "proj_out.weight": (64, 5120),
    }
    config = convert.transformer_config({name: TensorInfo("BF16", size) for name, size in wide.items()}, heads=None)
    assert (config["num_attention_heads"], config["attention_head_dim"]) == (40, 128)


def test_a_width_that_cannot_be_divided_into_heads_is_refused(parity):
    for heads in (None, 5):
        with pytest.raises(InputError, match="a width of 24 cannot be divided"):
            convert.transformer_config(renamed(parity), heads=heads)


def test_weights_of_another_model_are_refused(parity):
    without_pose = {name: info for name, info in renamed(parity).items() if "pose" not in name}
    with pytest.raises(InputError, match=r"not the weights of Wan2\.2-Animate.*pose_patch_embedding"):
        convert.transformer_config(without_pose, heads=2)


@pytest.mark.parametrize("prefix", ["", "model.diffusion_model."])
def test_the_face_branch_is_left_out_and_the_rest_renamed(prefix):
    names = ["face_adapter.fuser_blocks.0.linear1_kv.weight", "motion_encoder.dec.direction.weight", "head.modulation"]
    found = convert.transformer_names([prefix + name for name in names])
    assert found == {f"{prefix}head.modulation": "scale_shift_table"}


def test_names_tell_the_naming(parity):
    original = load_file(parity / "base_original.safetensors")
    assert convert.is_original(original)
    assert not convert.is_original(convert.transformer_names(original).values())


@torch.no_grad()
def test_the_converted_text_encoder_is_that_of_the_reference(parity):
    encoder: UMT5EncoderModel = fixture.build_text_encoder(parity)
    given, expected = fixture.tensors(parity, "pipe_inputs"), fixture.tensors(parity, "pipe_expected")
    for kind in ("prompt", "negative"):
        ids = torch.zeros(1, 512, dtype=torch.long)
        length = given[f"{kind}_ids"].shape[1]
        ids[:, :length] = given[f"{kind}_ids"]
        mask = (torch.arange(512) < length)[None].long()
        found = encoder(ids, mask).last_hidden_state[0, :length]
        assert relative(found, expected[f"{kind}_embeds"]) <= 2e-6


@torch.no_grad()
def test_the_converted_vae_is_that_of_the_reference(parity):
    vae, expected = fixture.build_vae(parity), fixture.tensors(parity, "pipe_expected")
    picture = fixture.tensors(parity, "pipe_inputs")["ref_letterboxed_u8"].numpy()
    latents = vae.encode(as_tensor(picture[None])).latent_dist.mode()
    mean, std = (
        torch.tensor(value).view(1, 16, 1, 1, 1) for value in (vae.config.latents_mean, vae.config.latents_std)
    )
    assert relative((latents - mean) / std, expected["ref_latents"]) <= 2e-6


@torch.no_grad()
def test_the_converted_image_encoder_is_that_of_the_reference(parity):
    encoder, expected = fixture.build_image_encoder(parity), fixture.tensors(parity, "pipe_expected")
    picture = fixture.tensors(parity, "pipe_inputs")["ref_letterboxed_u8"].permute(2, 0, 1)[None] / 255
    square = torch.nn.functional.interpolate(picture * 2 - 1, size=(224, 224), mode="bicubic", align_corners=False)
    mean = torch.tensor([0.48145466, 0.4578275, 0.40821073]).view(1, 3, 1, 1)
    std = torch.tensor([0.26862954, 0.26130258, 0.27577711]).view(1, 3, 1, 1)
    pixels = (square * 0.5 + 0.5 - mean) / std
    found = encoder(pixels, output_hidden_states=True).hidden_states[-2]
    assert relative(found, expected["clip_embeds"]) <= 2e-6
