"""A still picture is a clip of one frame."""

import numpy as np
import pytest
from PIL import Image

from r2s2r.errors import MediaError
from r2s2r.media.clip import read_clip
from tests.media.clips import numbered_picture, numbers_in

PICTURE = np.arange(40 * 64 * 3, dtype=np.uint32).reshape(40, 64, 3).astype(np.uint8)


def _only_picture(path):
    clip = read_clip(path)
    assert clip.timeline.times_s == (0.0,)
    (picture,) = clip.pictures(0, 0)
    assert picture.shape == (clip.height, clip.width, 3)
    return picture


@pytest.mark.parametrize("name", ["still.png", "still.bmp", "still.tif", "still.webp"])
def test_lossless_pictures_are_exact(tmp_path, name):
    Image.fromarray(PICTURE).save(tmp_path / name, lossless=True)  # only WebP has to be asked
    assert np.array_equal(_only_picture(tmp_path / name), PICTURE)


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("name", ["still.png", "still.jpg"])
def test_exif_orientation_is_followed(tmp_path, name, orientation):
    exif = Image.Exif()
    exif[0x0112] = orientation
    smooth = np.array(Image.fromarray(PICTURE[::39, ::63]).resize((64, 40)))
    Image.fromarray(smooth).save(tmp_path / name, exif=exif, quality=100, subsampling=0)
    # EXIF 2.3, tag 0x0112: where row 0 and column 0 of the stored picture are to be seen.
    turned = smooth.transpose(1, 0, 2) if orientation >= 5 else smooth
    seen = turned[:, ::-1] if orientation in (2, 3, 6, 7) else turned
    seen = seen[::-1] if orientation in (3, 4, 7, 8) else seen
    assert np.abs(_only_picture(tmp_path / name).astype(int) - seen).max() <= 6


def test_alpha_is_dropped(tmp_path):
    alpha = np.tile(np.arange(64, dtype=np.uint8), (40, 1))[..., None]
    Image.fromarray(np.concatenate([PICTURE, alpha], axis=2)).save(tmp_path / "still.png")
    assert np.array_equal(_only_picture(tmp_path / "still.png"), PICTURE)


def test_sixteen_bits_are_scaled_and_not_clipped(tmp_path):
    grey = np.linspace(0, 65535, 40 * 64).reshape(40, 64).astype(np.uint16)
    Image.fromarray(grey).save(tmp_path / "still.png")
    assert np.array_equal(_only_picture(tmp_path / "still.png")[..., 1], (grey >> 8).astype(np.uint8))


def test_an_animated_picture_is_a_video(tmp_path):
    frames = [Image.fromarray(numbered_picture(number)) for number in range(6)]
    frames[0].save(tmp_path / "moving.gif", save_all=True, append_images=frames[1:], duration=100)
    clip = read_clip(tmp_path / "moving.gif")
    assert numbers_in(clip.pictures(0, 5)) == list(range(6))


@pytest.mark.parametrize("name", ["still.png", "still.jpg"])
def test_a_truncated_picture_is_refused(tmp_path, name):
    noise = np.random.default_rng(0).integers(0, 256, (64, 64, 3), dtype=np.uint8)
    Image.fromarray(noise).save(tmp_path / name)
    content = (tmp_path / name).read_bytes()
    (tmp_path / name).write_bytes(content[: len(content) // 2])
    with pytest.raises(MediaError, match="the picture is cut off or damaged"):
        read_clip(tmp_path / name)


def test_a_bomb_is_refused_unread(tmp_path):
    Image.new("1", (12000, 12000)).save(tmp_path / "bomb.png")
    with pytest.raises(MediaError, match="the picture is too large"):
        read_clip(tmp_path / "bomb.png")


def test_a_tiny_picture_is_refused(tmp_path):
    Image.new("RGB", (1, 1)).save(tmp_path / "dot.png")
    with pytest.raises(MediaError, match=r"1x1 .* 16 to 8192"):
        read_clip(tmp_path / "dot.png")
