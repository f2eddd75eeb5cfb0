"""Interlaced clips come out progressive, progressive ones untouched."""

import numpy as np
import pytest

from r2s2r.media.clip import read_clip
from tests.media.clips import ffmpeg, numbered_picture, numbers_in, write_clip

HEIGHT, WIDTH, SPEED_PX = 96, 128, 4


def _moment(time):
    """A soft-edged bar that moves right by SPEED_PX pixels a field."""
    columns = np.arange(WIDTH)[None, :, None]
    bar = np.clip(24 - np.abs(columns - (20 + SPEED_PX * time)), 0, 8) / 8
    return np.rint(np.broadcast_to(40 + 180 * bar, (HEIGHT, WIDTH, 3))).astype(np.uint8)


def _combing(picture):
    """How much neighbouring rows differ, against rows of the same field."""
    rows = picture[4:-4, :, 1].astype(float)
    return np.abs(np.diff(rows, axis=0)).mean() - np.abs(rows[2:] - rows[:-2]).mean()


@pytest.fixture(scope="module", params=["tff", "bff"])
def interlaced(request, tmp_path_factory):
    """Twelve interlaced frames of twenty-four moments; the first field is the upper or the lower one."""
    folder = tmp_path_factory.mktemp("clips")
    write_clip(folder / "moments.mkv", [_moment(time) for time in range(24)], codec="ffv1", pix_fmt="yuv444p", rate=50)
    scan = f"interlace=scan={request.param}:lowpass=off"
    x264 = ["-c:v", "libx264", "-qp", "2", "-x264-params", f"{request.param}=1"]
    ffmpeg("-i", folder / "moments.mkv", "-vf", scan, *x264, "-pix_fmt", "yuv420p", folder / "interlaced.mp4")
    return folder / "interlaced.mp4"


def test_interlaced_frames_are_combed_no_more_and_show_their_first_field(interlaced):
    pictures = list(read_clip(interlaced).pictures(0, 11))
    assert len(pictures) == 12
    for number, picture in enumerate(pictures[1:-1], start=1):
        assert _combing(picture) < 0.2
        error = picture[4:-4].astype(float) - _moment(2 * number)[4:-4]
        assert np.sqrt((error**2).mean()) < 4


def test_a_window_is_the_same_wherever_it_begins(interlaced):
    whole = list(read_clip(interlaced).pictures(0, 11))
    assert np.array_equal(list(read_clip(interlaced).pictures(4, 6)), whole[4:7])


def test_a_single_interlaced_frame_comes_through(interlaced, tmp_path):
    ffmpeg("-i", interlaced, "-frames:v", "1", "-c", "copy", tmp_path / "one.mp4")
    assert len(list(read_clip(tmp_path / "one.mp4").pictures(0, 0))) == 1


def test_progressive_frames_keep_their_comb_like_detail(tmp_path):
    stripes = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
    stripes[::2] = 200
    path = write_clip(tmp_path / "stripes.mkv", [stripes] * 3, codec="ffv1", pix_fmt="bgr0")
    assert np.array_equal(list(read_clip(path).pictures(0, 2)), [stripes] * 3)


def test_numbers_survive_deinterlacing(tmp_path):
    pictures = [numbered_picture(number) for number in range(20)]
    write_clip(tmp_path / "clip.mkv", pictures, codec="ffv1", pix_fmt="yuv444p")
    x264 = ["-c:v", "libx264", "-x264-params", "tff=1:keyint=5", "-pix_fmt", "yuv420p"]
    ffmpeg("-i", tmp_path / "clip.mkv", *x264, tmp_path / "interlaced.mp4")
    assert numbers_in(read_clip(tmp_path / "interlaced.mp4").pictures(11, 19)) == list(range(11, 20))
