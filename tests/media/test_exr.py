"""EXR files: what is written comes back, by our reader and by FFmpeg's."""

import errno
from pathlib import Path

import numpy as np
import pytest

from r2s2r.errors import MediaError
from r2s2r.media.exr import read_depth_exr, read_exr, write_depth_exr, write_exr
from tests.media.second_reader import ffmpeg_channels

RANDOM = np.random.default_rng(0)


def noise(*shape):
    return RANDOM.normal(size=shape).astype(np.float32)


def test_every_channel_comes_back_to_the_bit_in_its_own_type(tmp_path):
    channels = {"Z": noise(7, 13), "N.X": noise(7, 13), "R": noise(7, 13).astype(np.float16)}
    write_exr(tmp_path / "a.exr", channels)
    read = read_exr(tmp_path / "a.exr")
    assert read.keys() == channels.keys()
    for name, channel in channels.items():
        assert read[name].dtype == channel.dtype
        assert np.array_equal(read[name], channel)


def test_channels_that_are_parts_of_one_array_are_written_by_their_places_in_it(tmp_path):
    moves, upside_down = noise(6, 9, 2), noise(6, 9)[::-1]
    write_exr(tmp_path / "a.exr", {"u": moves[..., 0], "v": moves[..., 1], "z": upside_down})
    read = read_exr(tmp_path / "a.exr")
    assert np.array_equal(np.stack([read["u"], read["v"]], axis=-1), moves)
    assert np.array_equal(read["z"], upside_down)


def test_another_programs_reader_sees_the_same_numbers(tmp_path):
    normals = noise(32, 48, 3)
    channels = {f"N.{axis}": normals[..., index] for index, axis in enumerate("XYZ")}
    write_exr(tmp_path / "a.exr", {**channels, "Z": noise(32, 48)}, {"note": "N is read, Z is skipped"})
    read = ffmpeg_channels(tmp_path / "a.exr", "N")
    assert np.array_equal(np.stack([read[name] for name in "rgb"], axis=-1), normals)


def test_equal_pictures_are_equal_files(tmp_path):
    depth = noise(20, 30)
    for name in ("a.exr", "b.exr"):
        write_depth_exr(tmp_path / name, depth)
    assert (tmp_path / "a.exr").read_bytes() == (tmp_path / "b.exr").read_bytes()
    assert np.array_equal(read_depth_exr(tmp_path / "a.exr"), depth)


@pytest.mark.parametrize("length", [0, 30, 200])
def test_a_file_that_was_cut_off_is_named(tmp_path, length):
    write_depth_exr(tmp_path / "a.exr", noise(20, 30))
    (tmp_path / "a.exr").write_bytes((tmp_path / "a.exr").read_bytes()[:length])
    with pytest.raises(MediaError, match=r"a\.exr: not an OpenEXR file that can be read"):
        read_depth_exr(tmp_path / "a.exr")


def test_a_file_without_depth_is_named(tmp_path):
    write_exr(tmp_path / "a.exr", {"R": noise(4, 4)})
    with pytest.raises(MediaError, match=r"a\.exr: has no channel Z"):
        read_depth_exr(tmp_path / "a.exr")


def test_a_full_disk_is_an_error_of_the_system():
    with pytest.raises(OSError, match="No space left") as raised:
        write_exr(Path("/dev/full"), {"Z": noise(400, 400)})
    assert raised.value.errno == errno.ENOSPC
