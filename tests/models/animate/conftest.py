"""The parity fixture, and the inputs of one forward."""

from pathlib import Path

import pytest
import torch
from torch import Tensor

from tests.models.animate import fixture


@pytest.fixture(scope="session")
def parity(shared: Path) -> Path:
    """Folder of the tiny model with reference outputs."""
    return shared / "fixtures" / "animate_parity"


@pytest.fixture(scope="session")
def forward_inputs(parity: Path) -> dict[str, Tensor]:
    """Everything the transformer is given but the timestep."""
    given = fixture.tensors(parity, "inputs")
    text = torch.zeros(2, 512, given["context_0"].shape[1])
    for row, context in enumerate((given["context_0"], given["context_1"])):
        text[row, : len(context)] = context
    return {
        "hidden_states": torch.cat([given["x"], given["y"]], dim=1),
        "encoder_hidden_states": text,
        "encoder_hidden_states_image": given["clip_fea"],
        "pose_hidden_states": given["pose_latents"],
    }
