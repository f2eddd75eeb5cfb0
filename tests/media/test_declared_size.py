"""Files tell how long they are."""

import pytest

from r2s2r.media.clip import read_clip
from r2s2r.media.declared_size import declared_bytes
from tests.media.clips import b_frames, ffmpeg, numbered_picture, numbers_in, write_clip


@pytest.mark.parametrize("name", ["clip.mkv", "clip.webm", "clip.avi"])
def test_a_finished_file_declares_its_length(tmp_path, name):
    codec = "libvpx" if name.endswith("webm") else "mpeg4"
    path = write_clip(tmp_path / name, map(numbered_picture, range(30)), codec=codec)
    assert declared_bytes(path) == path.stat().st_size


def test_a_live_recording_and_an_mp4_declare_none(tmp_path):
    b_frames(tmp_path / "clip.mp4")
    ffmpeg("-i", tmp_path / "clip.mp4", "-c", "copy", "-live", "1", tmp_path / "live.mkv")
    assert declared_bytes(tmp_path / "clip.mp4") is None
    assert declared_bytes(tmp_path / "live.mkv") is None


@pytest.mark.parametrize("content", [b"", b"\x1a\x45", b"\x1a\x45\xdf\xa3", b"\x1a\x45\xdf\xa3\x84abcd", b"text" * 9])
def test_other_content_declares_none(tmp_path, content):
    (tmp_path / "file").write_bytes(content)
    assert declared_bytes(tmp_path / "file") is None


def test_a_cut_avi_is_noticed(tmp_path):
    whole = write_clip(tmp_path / "whole.avi", map(numbered_picture, range(60)), codec="mpeg4", options={"g": "5"})
    (tmp_path / "cut.avi").write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
    clip = read_clip(tmp_path / "cut.avi")
    assert not clip.timeline.whole
    count = len(clip.timeline.times_s)
    assert 5 < count < 60
    assert numbers_in(clip.pictures(0, count - 2)) == list(range(count - 1))
