"""Textures beside the layers."""

import numpy as np

from r2s2r.media.images import read_rgb, write_rgb
from r2s2r.media.usd_textures import Textures


def _noise(seed, shape=(6, 8, 3)):
    return np.random.default_rng(seed).integers(0, 256, shape, np.uint8)


def test_each_entity_has_a_file_of_its_own(tmp_path):
    textures = Textures(tmp_path)
    paths = [textures.write(name, _noise(seed)) for name, seed in (("one", 1), ("two", 2), ("copy", 1))]
    assert paths == ["textures/one.png", "textures/two.png", "textures/copy.png"]
    for path, seed in zip(paths, (1, 2, 1), strict=True):
        np.testing.assert_array_equal(read_rgb(tmp_path / path), _noise(seed))


def test_equal_bytes_of_another_shape_are_another_picture(tmp_path):
    textures = Textures(tmp_path)
    texture = _noise(1)
    textures.write("wide", texture)
    assert read_rgb(tmp_path / textures.write("tall", texture.reshape(8, 6, 3))).shape == (8, 6, 3)


def test_equal_ones_are_coded_once(tmp_path, monkeypatch):
    coded: list[str] = []

    def written(path, texture):
        coded.append(path.name)
        write_rgb(path, texture)

    monkeypatch.setattr("r2s2r.media.usd_textures.write_rgb", written)
    textures = Textures(tmp_path)
    for index in range(5):
        textures.write(f"stone_{index}", _noise(3))
    assert coded == ["stone_0.png"]
