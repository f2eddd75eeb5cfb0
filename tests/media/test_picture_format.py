"""Known colours, pixel shapes and orientations come out as they were meant."""

import itertools
from fractions import Fraction

import av
import numpy as np
import pytest
from PIL import Image

from r2s2r.media.clip import read_clip
from tests.media.clips import ffmpeg, write_clip, yuv_frame

# Kr and Kb of each matrix (H.273), with its code.
MATRICES = {"bt601": (0.299, 0.114, 6), "bt709": (0.2126, 0.0722, 1), "bt2020": (0.2627, 0.0593, 9)}
LIMITED, FULL = 1, 2


def _colours(height=96, width=128):
    """Patches of 16 pixels in 48 colours that no matrix maps alike."""
    levels = np.array([20, 128, 235], np.uint8)
    cube = np.array(list(itertools.product(levels, levels, levels)) + [(200, 30, 90)] * 21, np.uint8)
    return np.kron(cube.reshape(6, 8, 3), np.ones((height // 6, width // 8, 1), np.uint8))


def _yuv(rgb, matrix, *, full, bits=8):
    """Return Y, U, V [H, W] by the formulas of H.273, written here independently of swscale."""
    kr, kb, _ = MATRICES[matrix]
    red, green, blue = np.moveaxis(rgb / 255, -1, 0)
    luma = kr * red + (1 - kr - kb) * green + kb * blue
    chroma = [(blue - luma) / (2 - 2 * kb), (red - luma) / (2 - 2 * kr)]
    step, top = 2 ** (bits - 8), 2**bits - 1
    if full:
        planes = [luma * top, *(part * top + 128 * step for part in chroma)]
    else:
        planes = [(16 + 219 * luma) * step, *((128 + 224 * part) * step for part in chroma)]
    return [np.clip(np.rint(plane), 0, top).astype(np.uint16 if bits > 8 else np.uint8) for plane in planes]


def _halved(planes):
    return [planes[0], *(plane[::2, ::2] for plane in planes[1:])]


def _patches(picture):
    """Return the colour in the middle of each patch."""
    return picture[8::16, 8::16].astype(int)


def _only_picture(path):
    (picture,) = read_clip(path).pictures(0, 0)
    return picture


@pytest.mark.parametrize("matrix", MATRICES)
@pytest.mark.parametrize("full", [False, True])
@pytest.mark.parametrize(("pixels", "bits"), [("yuv420p", 8), ("yuv444p", 8), ("yuv420p10le", 10)])
def test_tagged_colours_are_exact(tmp_path, matrix, full, pixels, bits):
    rgb = _colours()
    planes = _yuv(rgb, matrix, full=full, bits=bits)
    frame = yuv_frame(planes if "444" in pixels else _halved(planes), pixels)
    tags = {"colorspace": MATRICES[matrix][2], "color_range": FULL if full else LIMITED}
    path = write_clip(tmp_path / "clip.mkv", [frame], codec="ffv1", pix_fmt=pixels, **tags)
    assert np.abs(_patches(_only_picture(path)) - _patches(rgb)).max() <= 2


@pytest.mark.parametrize(
    ("height", "width", "matrix"), [(96, 128, "bt601"), (576, 768, "bt601"), (720, 1280, "bt709"), (1280, 720, "bt709")]
)
def test_untagged_colours_are_guessed_by_size_as_players_do(tmp_path, height, width, matrix):
    rgb = np.full((height, width, 3), (200, 30, 90), np.uint8)
    frame = yuv_frame(_halved(_yuv(rgb, matrix, full=False)), "yuv420p")
    path = write_clip(tmp_path / "clip.mkv", [frame], codec="ffv1")
    assert np.abs(_only_picture(path).astype(int) - rgb).max() <= 2


def test_motion_jpeg_is_full_range(tmp_path):
    rgb = _colours()
    frame = yuv_frame(_yuv(rgb, "bt601", full=True), "yuvj444p")
    path = write_clip(tmp_path / "clip.avi", [frame], codec="mjpeg", pix_fmt="yuvj444p", options={"q:v": "1"})
    assert np.abs(_patches(_only_picture(path)) - _patches(rgb)).max() <= 4


@pytest.mark.parametrize("pixels", ["bgr0", "gbrp10le"])
def test_rgb_clips_stay_as_they_are(tmp_path, pixels):
    frame = av.VideoFrame.from_ndarray(_colours()).reformat(format=pixels)
    path = write_clip(tmp_path / "clip.mkv", [frame], codec="ffv1", pix_fmt=pixels)
    assert np.abs(_only_picture(path).astype(int) - _colours()).max() <= 1


def test_alpha_is_dropped(tmp_path):
    alpha = np.tile(np.arange(128, dtype=np.uint8) * 2, (96, 1))
    frame = yuv_frame([*_halved(_yuv(_colours(), "bt601", full=False)), alpha], "yuva420p")
    path = write_clip(tmp_path / "clip.mkv", [frame], codec="ffv1", pix_fmt="yuva420p")
    assert np.abs(_patches(_only_picture(path)) - _patches(_colours())).max() <= 2


def test_odd_sizes_are_kept(tmp_path):
    path = write_clip(tmp_path / "clip.mkv", [np.full((35, 53, 3), 99, np.uint8)], codec="ffv1", pix_fmt="yuv444p")
    assert _only_picture(path).shape == (35, 53, 3)


@pytest.mark.parametrize(("curve", "name"), [(16, "PQ"), (18, "HLG")])
def test_hdr_is_reported_and_not_tone_mapped(tmp_path, curve, name):
    frame = yuv_frame(_halved(_yuv(_colours(), "bt2020", full=False, bits=10)), "yuv420p10le")
    tags = {"colorspace": 9, "color_primaries": 9, "color_trc": curve, "color_range": LIMITED}
    path = write_clip(tmp_path / "clip.mkv", [frame], codec="ffv1", pix_fmt="yuv420p10le", **tags)
    assert f"HDR ({name})" in read_clip(path).findings[0]
    assert np.abs(_patches(_only_picture(path)) - _patches(_colours())).max() <= 2


def test_wide_gamut_without_hdr_is_reported(tmp_path):
    frame = yuv_frame(_halved(_yuv(_colours(), "bt2020", full=False)), "yuv420p")
    path = write_clip(tmp_path / "clip.mkv", [frame], codec="ffv1", colorspace=9, color_primaries=9, color_trc=14)
    assert "BT.2020" in read_clip(path).findings[0]


@pytest.mark.parametrize("shape", [Fraction(4, 3), Fraction(8, 9)])
def test_pixels_become_square_at_the_same_height(tmp_path, shape):
    rgb = np.full((96, 144, 3), 20, np.uint8)
    rgb[:, 72:] = 220
    path = write_clip(tmp_path / "clip.mkv", [rgb], options={"qp": "0"}, pix_fmt="yuv444p", sample_aspect_ratio=shape)
    picture = _only_picture(path)
    width = round(144 * shape)
    assert picture.shape == (96, width, 3)
    assert (picture[:, : width // 2 - 4] < 24).all()
    assert (picture[:, width // 2 + 4 :] > 216).all()


@pytest.fixture(scope="module")
def corner_clip(tmp_path_factory):
    """A clip whose four corners differ, so that all eight orientations do."""
    rgb = np.array(Image.fromarray(np.arange(12, dtype=np.uint8).reshape(2, 2, 3) * 20).resize((48, 32)))
    return write_clip(tmp_path_factory.mktemp("clips") / "corners.mp4", [rgb], options={"qp": "0"}, pix_fmt="yuv444p")


@pytest.mark.parametrize("angle", [0, 90, 180, 270])
@pytest.mark.parametrize("flip", [[], ["-display_hflip"], ["-display_vflip"]])
def test_the_display_matrix_is_followed_as_ffmpeg_does(corner_clip, tmp_path, angle, flip):
    ffmpeg("-display_rotation", angle, *flip, "-i", corner_clip, "-c", "copy", tmp_path / "turned.mp4")
    ffmpeg("-i", tmp_path / "turned.mp4", "-pix_fmt", "rgb24", tmp_path / "seen.png")
    seen = np.asarray(Image.open(tmp_path / "seen.png")).astype(int)
    picture = _only_picture(tmp_path / "turned.mp4")
    assert picture.shape == ((48, 32, 3) if angle in (90, 270) else (32, 48, 3))
    assert np.abs(picture - seen).max() <= 2


def test_a_rotation_between_quarter_turns_is_reported(corner_clip, tmp_path):
    ffmpeg("-display_rotation", 37, "-i", corner_clip, "-c", "copy", tmp_path / "turned.mp4")
    assert "quarter turn" in read_clip(tmp_path / "turned.mp4").findings[0]


def test_square_pixels_come_before_the_turn(tmp_path):
    settings = {"options": {"qp": "0"}, "sample_aspect_ratio": Fraction(2)}
    write_clip(tmp_path / "wide.mp4", [np.full((32, 48, 3), 99, np.uint8)], **settings)
    ffmpeg("-display_rotation", 90, "-i", tmp_path / "wide.mp4", "-c", "copy", tmp_path / "turned.mp4")
    clip = read_clip(tmp_path / "turned.mp4")
    assert (clip.height, clip.width) == (96, 32)
