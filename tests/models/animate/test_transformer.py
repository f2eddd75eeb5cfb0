from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file
from torch import Tensor

from r2s2r.models.animate.adapter import ADAPTER, load_adapter, places
from r2s2r.models.animate.transformer import AnimateTransformer
from tests.models.animate import fixture
from tests.models.animate.stock import random_inputs, shape, stock_transformer, without_face


def relative(found: Tensor, expected: Tensor) -> float:
    return float((found - expected).norm() / expected.norm())


@torch.no_grad()
def test_the_base_model_is_that_of_the_reference(parity, forward_inputs):
    transformer = fixture.build_transformer(parity)
    found = transformer(timestep=fixture.tensors(parity, "inputs")["t_a"], **forward_inputs).sample
    assert relative(found, fixture.tensors(parity, "expected")["out_base_t_a"]) <= 2e-5


@torch.no_grad()
@pytest.mark.parametrize("timestep", ["t_a", "t_b"])
def test_the_adapted_model_is_that_of_the_reference(parity, forward_inputs, timestep):
    transformer = fixture.build_transformer(parity)
    load_adapter(transformer, parity)
    found = transformer(timestep=fixture.tensors(parity, "inputs")[timestep], **forward_inputs).sample
    assert relative(found, fixture.tensors(parity, "expected")[f"out_adapter_{timestep}"]) <= 2e-5


def test_loss_and_gradients_are_those_of_the_reference(parity: Path, forward_inputs):
    transformer = fixture.build_transformer(parity)
    load_adapter(transformer, parity)
    transformer.pose_patch_embedding.requires_grad_(True)
    given, expected = fixture.tensors(parity, "inputs"), load_file(parity / "train_expected.safetensors")
    sigmas = expected["sigmas"].view(-1, 1, 1, 1, 1)
    noisy = (1 - sigmas) * given["x"] + sigmas * expected["noise"]
    forward_inputs = forward_inputs | {"hidden_states": torch.cat([noisy, given["y"]], dim=1)}
    flow = transformer(timestep=expected["timesteps"], **forward_inputs).sample
    loss = (flow - (expected["noise"] - given["x"])).square().mean()
    loss.backward()

    parameters = dict(transformer.named_parameters())
    in_transformer = {
        written: place.replace(".weight", f".{ADAPTER}.weight") for written, place in places(transformer).items()
    }
    torch.testing.assert_close(loss, expected["loss"][0], rtol=1e-4, atol=0)
    gradients = {name.removeprefix("grad."): value for name, value in expected.items() if name.startswith("grad.")}
    assert len(gradients) == 2 + 2 * 16
    for name, gradient in gradients.items():
        found = parameters[in_transformer.get(name, name)].grad
        assert found is not None
        assert relative(found, gradient) <= 1e-4, name


@torch.no_grad()
@pytest.mark.parametrize("layers", [1, 4, 5, 7])
def test_any_number_of_layers_gives_what_diffusers_gives_without_faces(layers):
    config = shape(layers=layers)
    stock = stock_transformer(config, seed=layers)
    ours = AnimateTransformer(**config)
    ours.load_state_dict({name: value for name, value in stock.state_dict().items() if name in ours.state_dict()})
    given = random_inputs(seed=layers)
    expected = without_face(stock)(face_pixel_values=torch.zeros(1, 3, 2, 16, 16), **given).sample
    assert relative(ours(**given).sample, expected) <= 1e-6


@torch.no_grad()
@pytest.mark.parametrize(("heads", "head_dim", "ffn_dim"), [(1, 24, 16), (3, 18, 64), (4, 6, 8)])
def test_any_width_gives_what_diffusers_gives_without_faces(heads, head_dim, ffn_dim):
    config = shape(heads=heads, head_dim=head_dim, ffn_dim=ffn_dim)
    stock = stock_transformer(config)
    ours = AnimateTransformer(**config)
    ours.load_state_dict({name: value for name, value in stock.state_dict().items() if name in ours.state_dict()})
    given = random_inputs()
    expected = without_face(stock)(face_pixel_values=torch.zeros(1, 3, 2, 16, 16), **given).sample
    assert relative(ours(**given).sample, expected) <= 1e-6


def test_there_is_no_face_branch():
    names = [name for name, _ in AnimateTransformer(**shape()).named_parameters()]
    assert not [name for name in names if "face" in name or "motion" in name]


def test_without_its_own_width_the_pictures_features_have_the_models():
    without, given = (AnimateTransformer(**shape() | {"added_kv_proj_dim": width}) for width in (None, 24))
    assert {name: value.shape for name, value in without.state_dict().items()} == {
        name: value.shape for name, value in given.state_dict().items()
    }


@torch.no_grad()
def test_without_injection_the_control_has_no_effect():
    transformer, given = AnimateTransformer(**shape()).eval(), random_inputs()
    other = given | {"pose_hidden_states": 1 - given["pose_hidden_states"]}
    assert not torch.equal(transformer(**given).sample, transformer(**other).sample)
    one, two = (transformer(**inputs, injection_strength=0.0).sample for inputs in (given, other))
    assert torch.equal(one, two)


def test_checkpointed_gradients_are_the_same():
    given, found = random_inputs(), []
    transformer = AnimateTransformer(**shape()).train()
    for checkpointing in (False, True):
        if checkpointing:
            transformer.enable_gradient_checkpointing()
        transformer.zero_grad()
        transformer(**given).sample.square().mean().backward()
        found.append([parameter.grad.clone() for parameter in transformer.parameters() if parameter.grad is not None])
    for one, two in zip(*found, strict=True):
        torch.testing.assert_close(one, two)


@pytest.mark.parametrize(
    ("part", "given", "says"),
    [
        ("pose_hidden_states", torch.zeros(1, 16, 4, 4, 6), "4 latent frames; must be 3"),
        ("encoder_hidden_states", torch.zeros(1, 77, 16), "77 rows; must be padded to 512"),
    ],
)
def test_inputs_that_do_not_fit_are_refused(part, given, says):
    transformer = AnimateTransformer(**shape())
    with pytest.raises(ValueError, match=says):
        transformer(**random_inputs() | {part: given})
