"""Cryptomatte: mattes by name, as the published specification says."""

import json
import struct
from collections import Counter

import numpy as np
import pytest

from r2s2r.stages.render.cryptomatte import Cryptomatte, name_hash

RANDOM = np.random.default_rng(0)


def pixel_value(name):
    """Of a name's id: the float with the same bits, as the specification's manifest is decoded."""
    return struct.unpack("=f", struct.pack("=I", name_hash(name)))[0]


def scene(entities, side):
    """Cryptomatte of entities with one face each, so that a face's index is its entity's."""
    names = [f"entity_{index}" for index in range(entities)]
    return names, Cryptomatte(names, np.arange(entities, dtype=np.int32), side)


def ranks(channels):
    """Ids and shares [H, W, ranks]."""
    arrays = [channels[name] for name in sorted(channels, key=lambda name: (name[:-1], "rgba".index(name[-1])))]
    return np.stack(arrays[0::2], axis=-1), np.stack(arrays[1::2], axis=-1)


@pytest.mark.parametrize(
    ("name", "published"), [("bunny", 0x13851A76), ("default", 0x42C9679F), ("bunny_porcelain_mat", 0xB24B26D4)]
)
def test_names_have_the_ids_that_the_specification_gives_them(name, published):
    assert name_hash(name) == published


def test_every_id_is_an_ordinary_float():
    values = np.array([pixel_value(f"entity_{index}") for index in range(5000)], np.float32)
    assert np.isfinite(values).all()
    assert (np.abs(values) >= np.finfo(np.float32).tiny).all()


def test_the_header_says_how_ids_were_made_and_whose_they_are():
    words = Cryptomatte(["bunny", "hase.ä"], np.zeros(0, np.int32), 1).words
    (key,) = {name.split("/")[1] for name in words}
    assert len(key) == 7
    assert all(len(name) <= 31 for name in words)  # longer ones make files that old readers refuse
    said = {name.rpartition("/")[2]: value for name, value in words.items()}
    assert (said["name"], said["hash"], said["conversion"]) == ("CryptoObject", "MurmurHash3_32", "uint32_to_float32")
    manifest = json.loads(said["manifest"])
    assert manifest == {"bunny": "13851a76", "hase.ä": f"{name_hash('hase.ä'):08x}"}


@pytest.mark.parametrize("side", [1, 2, 4])
def test_each_pixel_lists_its_entities_the_largest_first(side):
    names, mattes = scene(9, side)
    samples = RANDOM.integers(-1, 9, (5 * side, 8 * side)).astype(np.int32)
    samples[: 2 * side] = samples[0, 0]  # also pixels of one entity alone
    ids, shares = ranks(mattes.channels(samples))
    for y in range(5):
        for x in range(8):
            seen = Counter(samples[y * side : (y + 1) * side, x * side : (x + 1) * side].ravel().tolist())
            seen.pop(-1, None)
            ranked = sorted(seen.items(), key=lambda item: (-item[1], item[0]))[: ids.shape[-1]]
            assert ids[y, x].tolist()[: len(ranked)] == [pixel_value(names[entity]) for entity, _ in ranked]
            assert shares[y, x].tolist()[: len(ranked)] == [count / side**2 for _, count in ranked]
            assert not ids[y, x, len(ranked) :].any()
            assert not shares[y, x, len(ranked) :].any()


def test_a_matte_is_the_sum_of_the_shares_under_its_id():
    names, mattes = scene(3, 4)
    samples = RANDOM.integers(-1, 3, (24, 32)).astype(np.int32)
    ids, shares = ranks(mattes.channels(samples))
    for entity, name in enumerate(names):
        matte = np.where(ids == np.float32(pixel_value(name)), shares, 0).sum(axis=-1)
        assert np.array_equal(matte, (samples == entity).reshape(6, 4, 8, 4).mean(axis=(1, 3)))


@pytest.mark.parametrize(
    ("entities", "side", "layers"), [(9, 1, 1), (9, 2, 2), (9, 4, 3), (2, 4, 1), (3, 4, 2), (0, 2, 1)]
)
def test_the_layers_suffice_and_are_the_same_for_all_frames(entities, side, layers):
    _, mattes = scene(entities, side)
    channels = mattes.channels(np.full((2 * side, 2 * side), -1, np.int32))
    assert list(channels) == [f"CryptoObject{layer:02d}.{letter}" for layer in range(layers) for letter in "rgba"]
    assert not any(channel.any() for channel in channels.values())
