"""Textures seen smaller than they are: a photograph must stay the photograph."""

import numpy as np
import pytest
from PIL import Image
from skimage import data

from r2s2r.stages.render.textures import mip_chains
from tests.render.conftest import drawn, scene_mesh
from tests.render.shapes import noise, placed, sheet, view_of


def psnr_db(a, b) -> float:
    return float(10 * np.log10(255**2 / np.mean((a.astype(float) - b) ** 2)))


@pytest.mark.parametrize("scale", [0.45, 0.52, 0.58, 0.65, 0.72, 0.9])
def test_a_minified_photograph_equals_a_proper_resize(scale):
    photograph = data.astronaut()
    side = round(512 * scale)
    view = view_of(placed(z=-1.0), height=side, width=side, fov_deg=2 * np.degrees(np.arctan(0.5)))
    layers = drawn(scene_mesh(sheet(0.5, 0.5, photograph)), view)
    resized = np.asarray(Image.fromarray(photograph).resize((side, side), Image.Resampling.BICUBIC))
    inner = np.s_[8:-8, 8:-8]
    assert psnr_db(layers.rgb[inner], resized[inner]) >= (39 if scale > 0.5 else 36)


def test_a_texture_at_its_own_scale_is_reproduced_exactly():
    texture = noise(5, 64, 64)
    view = view_of(placed(z=-1.0), height=64, width=64, fov_deg=2 * np.degrees(np.arctan(0.5)))
    assert np.array_equal(drawn(scene_mesh(sheet(0.5, 0.5, texture)), view).rgb, texture)


def test_a_texture_far_away_turns_into_its_mean_and_does_not_flicker():
    texture = noise(0, 256, 256)
    colours = []
    for step in range(5):
        view = view_of(placed(x=0.01 * step, z=-60.0), height=64, width=64, fov_deg=10.0)
        layers = drawn(scene_mesh(sheet(0.5, 0.5, texture)), view)
        colours.append(layers.rgb[layers.ids > 0].mean(axis=0))
        assert layers.rgb[layers.ids > 0].std(axis=0).max() < 12
    assert np.array(colours) == pytest.approx(np.broadcast_to(texture.mean(axis=(0, 1)), (5, 3)), abs=6)


def test_a_chain_halves_the_area_from_level_to_level_down_to_one_texel():
    textures = mip_chains([noise(0, 64, 96), noise(1, 3, 1)])
    heights, widths = textures.levels[0, :, 1], textures.levels[0, :, 2]
    assert heights[:5].tolist() == [64, 45, 32, 23, 16]
    assert (heights[-1], widths[-1]) == (1, 1)
    assert textures.levels[1, -1].tolist()[1:] == [1, 1]
    assert textures.levels[1, 0].tolist() == [len(textures.texels) - (3 + 2 + 2 + 1), 3, 1]


def test_no_textures_are_no_texels():
    assert len(mip_chains([]).texels) == 0
