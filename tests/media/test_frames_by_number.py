"""A clip's n-th frame is the n-th that is presented, whatever the file."""

from fractions import Fraction

import numpy as np
import pytest

from r2s2r.media.clip import read_clip
from tests.media.clips import b_frames, ffmpeg, numbered_picture, numbers_in, write_clip


@pytest.fixture(scope="module")
def reordered(tmp_path_factory):
    """Forty frames with B-frames and open groups of pictures, as MP4."""
    return b_frames(tmp_path_factory.mktemp("clips") / "reordered.mp4")


@pytest.mark.parametrize("name", ["clip.mp4", "clip.mkv", "clip.ts", "clip.avi", "clip.h264", "clip.flv"])
def test_frames_come_in_the_order_they_are_presented(reordered, tmp_path, name):
    ffmpeg("-i", reordered, "-c", "copy", tmp_path / name)
    clip = read_clip(tmp_path / name)
    assert len(clip.timeline.times_s) == 40
    assert numbers_in(clip.pictures(0, 39)) == list(range(40))
    assert clip.timeline.times_s == pytest.approx(np.arange(40) / 25, abs=1e-3)


@pytest.mark.parametrize("name", ["clip.mp4", "clip.mkv", "clip.ts", "clip.avi", "clip.h264"])
@pytest.mark.parametrize("frame", [0, 1, 11, 12, 30, 39])
def test_a_window_holds_exactly_its_frames(reordered, tmp_path, name, frame):
    ffmpeg("-i", reordered, "-c", "copy", tmp_path / name)
    first, last = max(0, frame - 2), min(39, frame + 2)
    assert numbers_in(read_clip(tmp_path / name).pictures(first, last)) == list(range(first, last + 1))


@pytest.mark.parametrize("codec", ["libvpx", "libvpx-vp9", "mpeg4", "mpeg2video", "mjpeg"])
def test_other_codecs_count_alike(tmp_path, codec):
    pixels = "yuvj420p" if codec == "mjpeg" else "yuv420p"
    path = write_clip(tmp_path / "clip.mkv", map(numbered_picture, range(40)), codec=codec, pix_fmt=pixels)
    assert numbers_in(read_clip(path).pictures(17, 23)) == list(range(17, 24))


def test_decoding_enters_at_a_keyframe_and_gives_the_same_pictures(tmp_path):
    clip = read_clip(b_frames(tmp_path / "long.mp4", 200))
    entry, pts = clip.timeline.entry(190), clip.timeline.pts
    assert entry is not None
    assert pts is not None
    assert pts[150] < entry < pts[180]
    entered = list(clip.pictures(188, 192))
    from_the_start = list(clip.pictures(0, 192))[188:]
    assert numbers_in(entered) == list(range(188, 193))
    assert np.array_equal(entered, from_the_start)


def test_a_file_whose_index_misleads_is_read_from_the_start(tmp_path):
    """A live-recorded Matroska file has no cues to seek by."""
    b_frames(tmp_path / "source.mp4", 200)
    ffmpeg("-i", tmp_path / "source.mp4", "-c", "copy", "-live", "1", tmp_path / "live.mkv")
    assert numbers_in(read_clip(tmp_path / "live.mkv").pictures(188, 192)) == list(range(188, 193))


def test_frames_cut_away_by_an_edit_list_are_not_counted(reordered, tmp_path):
    ffmpeg("-ss", "0.52", "-i", reordered, "-c", "copy", tmp_path / "trimmed.mp4")
    clip = read_clip(tmp_path / "trimmed.mp4")
    assert clip.timeline.whole
    assert numbers_in(clip.pictures(0, len(clip.timeline.times_s) - 1)) == list(range(13, 40))
    assert clip.timeline.times_s[0] == 0


def test_a_clip_trimmed_at_its_end_is_not_taken_for_cut_off(reordered, tmp_path):
    ffmpeg("-t", "1", "-i", reordered, "-c", "copy", tmp_path / "trimmed.mp4")
    assert read_clip(tmp_path / "trimmed.mp4").timeline.whole


def test_times_count_from_the_first_frame(reordered, tmp_path):
    ffmpeg("-itsoffset", "7.5", "-i", reordered, "-c", "copy", tmp_path / "late.mkv")
    timeline = read_clip(tmp_path / "late.mkv").timeline
    assert timeline.pts is not None
    assert timeline.pts[0] >= 7500
    assert timeline.times_s == pytest.approx(np.arange(40) / 25, abs=1e-3)


@pytest.mark.parametrize("name", ["clip.mp4", "clip.mkv"])
def test_variable_rate_keeps_each_frames_own_time(tmp_path, name):
    times_ms = [0, 33, 50, 400, 410, 1000, 1017, 2000]
    path = tmp_path / name
    write_clip(path, map(numbered_picture, range(8)), pts=times_ms, time_base=Fraction(1, 1000))
    clip = read_clip(path)
    assert clip.timeline.times_s == pytest.approx(np.array(times_ms) / 1000, abs=1e-3)
    assert numbers_in(clip.pictures(2, 6)) == [2, 3, 4, 5, 6]
    assert float(clip.timeline.rate) == pytest.approx(7 / 2, rel=1e-3)


@pytest.mark.parametrize("rate", [Fraction(24000, 1001), Fraction(25), Fraction(60000, 1001)])
def test_the_rate_is_the_exact_fraction(tmp_path, rate):
    for name in ("clip.mp4", "clip.mkv"):
        path = write_clip(tmp_path / name, map(numbered_picture, range(30)), rate=rate)
        assert read_clip(path).timeline.rate == rate


def test_a_cover_picture_is_not_the_clip(reordered, tmp_path):
    write_clip(tmp_path / "cover.mkv", [numbered_picture(99)], codec="png", pix_fmt="rgb24", format="image2")
    ffmpeg(
        *("-i", tmp_path / "cover.mkv", "-i", reordered, "-map", "0", "-map", "1", "-c", "copy"),
        *("-disposition:v:0", "attached_pic", tmp_path / "clip.mp4"),
    )
    assert numbers_in(read_clip(tmp_path / "clip.mp4").pictures(3, 5)) == [3, 4, 5]
