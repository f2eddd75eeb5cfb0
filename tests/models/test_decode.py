"""From latents to pictures."""

from typing import Any

import numpy as np
import pytest
import torch

from r2s2r.errors import StageError
from r2s2r.models.components import load_vae
from r2s2r.models.decode import as_pictures, decoded, upcast_decoder


@pytest.fixture
def latents():
    return torch.randn(1, 16, 2, 4, 6, generator=torch.Generator().manual_seed(0))


def test_levels_are_rounded_and_clipped():
    levels = torch.tensor([-1.0, 1.0, 0.0, 100.4 / 127.5 - 1, 100.6 / 127.5 - 1, -2.0, 3.0])
    video = levels.view(1, 1, 1, 1, -1).expand(1, 3, 2, 1, -1)
    found = as_pictures(video, range(1, 2))
    assert found.dtype == np.uint8
    np.testing.assert_array_equal(found[0, 0, :, 0], [0, 255, 128, 100, 101, 0, 255])


def test_only_the_frames_asked_for_are_returned():
    video = torch.arange(4.0).view(1, 1, 4, 1, 1).expand(1, 3, 4, 2, 2) / 127.5 - 1
    np.testing.assert_array_equal(as_pictures(video, [3, 1])[:, 0, 0, 0], [3, 1])


def test_an_upcast_decoder_decodes_in_float32_and_the_encoder_stays(tiny_animate, latents):
    vae: Any = load_vae(tiny_animate / "base", dtype=torch.bfloat16)
    rounded: Any = load_vae(tiny_animate / "base", dtype=torch.bfloat16)
    plain = decoded(vae, latents)
    upcast_decoder(vae)
    video = decoded(vae, latents)
    assert (plain.dtype, video.dtype) == (torch.bfloat16, torch.float32)
    assert vae.dtype == next(vae.encoder.parameters()).dtype == torch.bfloat16
    torch.testing.assert_close(video, decoded(rounded.float(), latents), rtol=0, atol=0)


def test_pictures_that_are_not_finite_stop_instead_of_being_black(tiny_animate, latents):
    vae: Any = load_vae(tiny_animate / "base", dtype=torch.float32)
    with torch.no_grad():
        vae.decoder.conv_out.bias[0] = float("nan")
    with pytest.raises(StageError, match="the VAE's pictures are not finite"):
        decoded(vae, latents)
