"""H.264 by way of ffmpeg: exact rate, true colours and tags, the same bytes, and a clean end whatever happens."""

import os
import signal
import sys
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from r2s2r.errors import MissingError, StageError
from r2s2r.media import ffmpeg
from r2s2r.media.clip import read_clip
from r2s2r.media.h264 import H264Writer
from tests.media.clips import numbered_picture, numbers_in


def _write(path, frames, *, fps=Fraction(16), crf=16, size=None, matrix="bt709"):
    height, width = size or frames[0].shape[:2]
    with H264Writer(path, height=height, width=width, fps=fps, crf=crf, matrix=matrix) as writer:
        for frame in frames:
            writer.write(frame)
    return path


def _gradient(height=120, width=160):
    rows, columns = np.mgrid[0:height, 0:width]
    return np.stack([columns * 255 // width, rows * 255 // height, 255 - columns * 255 // width], -1).astype(np.uint8)


@pytest.fixture(scope="module")
def numbered(tmp_path_factory):
    path = tmp_path_factory.mktemp("h264") / "numbered.mp4"
    return _write(path, [numbered_picture(number) for number in range(40)], fps=Fraction(30000, 1001))


def test_every_frame_is_there_at_the_exact_rate(numbered):
    clip = read_clip(numbered)
    assert numbers_in(clip.pictures(0, 39)) == list(range(40))
    assert clip.timeline.rate == Fraction(30000, 1001)
    with av.open(numbered) as container:
        assert container.streams.video[0].average_rate == Fraction(30000, 1001)
        assert container.streams.video[0].frames == 40


def test_it_is_tagged_as_limited_range_bt709_yuv420p(numbered):
    with av.open(numbered) as container:
        codec = container.streams.video[0].codec_context
        assert codec.pix_fmt == "yuv420p"
        assert (codec.colorspace, codec.color_primaries, codec.color_trc, codec.color_range) == (1, 1, 1, 1)


def test_players_can_start_before_the_file_is_there(numbered):
    content = numbered.read_bytes()
    assert content.index(b"moov") < content.index(b"mdat")


def test_no_program_and_no_time_is_written_into_it(numbered):
    content = numbered.read_bytes()
    assert b"x264 - core" not in content
    assert b"Lavf" not in content


# Of red, by the standards' numbers; and the number by which the bitstream names the matrix.
_RED_YUV = {"bt709": [63, 102, 240], "bt601": [81, 90, 240]}
_COLORSPACE = {"bt709": 1, "bt601": 6}


@pytest.mark.parametrize("matrix", ["bt709", "bt601"])
def test_colours_are_converted_with_the_matrix_they_are_tagged_with(tmp_path, matrix):
    colours = [(255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255), (0, 0, 0), (200, 30, 90), (40, 180, 220)]
    frames = [np.full((64, 64, 3), colour, np.uint8) for colour in colours]
    path = _write(tmp_path / "colours.mp4", frames, crf=0, matrix=matrix)
    shown = [picture[32, 32].astype(int) for picture in read_clip(path).pictures(0, len(colours) - 1)]
    assert np.abs(np.array(shown) - colours).max() <= 2
    with av.open(path) as container:
        assert container.streams.video[0].codec_context.colorspace == _COLORSPACE[matrix]
        red = next(container.decode(video=0))
        assert [bytes(plane)[0] for plane in red.planes] == pytest.approx(_RED_YUV[matrix], abs=1)


def test_pictures_come_close_to_the_source(tmp_path):
    frames = [_gradient() // 2 + 10 * number for number in range(8)]
    shown = read_clip(_write(tmp_path / "clip.mp4", frames)).pictures(0, 7)
    for picture, frame in zip(shown, frames, strict=True):
        assert 10 * np.log10(255**2 / ((picture.astype(float) - frame) ** 2).mean()) > 38


def test_a_smaller_crf_makes_a_larger_file(tmp_path):
    noise = np.random.default_rng(0).integers(0, 256, (64, 64, 3), dtype=np.uint8)
    better, worse = (_write(tmp_path / f"{crf}.mp4", [noise] * 4, crf=crf).stat().st_size for crf in (10, 40))
    assert better > 2 * worse


def test_equal_frames_give_equal_bytes_on_one_core_too(tmp_path):
    frames = [np.roll(_gradient(), 3 * number, axis=1) for number in range(40)]
    paths = [_write(tmp_path / f"{name}.mp4", frames) for name in ("a", "b")]
    cores = os.sched_getaffinity(0)
    try:
        os.sched_setaffinity(0, {min(cores)})  # inherited by the program
        paths.append(_write(tmp_path / "c.mp4", frames))
    finally:
        os.sched_setaffinity(0, cores)
    assert len({path.read_bytes() for path in paths}) == 1


def test_an_exception_ends_ffmpeg_and_leaves_no_file(tmp_path):
    def frames():
        yield numbered_picture(0)
        raise RuntimeError("the renderer died")

    with pytest.raises(RuntimeError, match="the renderer died"):
        _write(tmp_path / "clip.mp4", frames(), size=(64, 96))
    assert list(tmp_path.iterdir()) == []


def test_what_ffmpeg_refuses_is_told_in_its_words(tmp_path):
    with pytest.raises(
        StageError, match=r"clip\.mp4: ffmpeg failed \(exit code \d+\); its last words:[\s\S]*not divisible"
    ):
        _write(tmp_path / "clip.mp4", [numbered_picture(0, height=65, width=97)] * 200)
    assert list(tmp_path.iterdir()) == []


def _children():
    """Return the processes this one has started and not waited for."""
    return [
        int(number) for task in Path("/proc/self/task").iterdir() for number in (task / "children").read_text().split()
    ]


@pytest.mark.parametrize("frames", [0, 3, 50])
def test_a_killed_ffmpeg_is_an_error_and_neither_a_hang_nor_a_zombie(tmp_path, frames):
    before = _children()

    def killing():
        for number in range(frames + 1):
            if number == frames // 2:
                (child,) = set(_children()) - set(before)
                os.kill(child, signal.SIGKILL)
            yield _gradient(480, 640)

    with pytest.raises(StageError, match=r"clip\.mp4: ffmpeg was ended by signal 9"):
        _write(tmp_path / "clip.mp4", killing(), size=(480, 640))
    assert list(tmp_path.iterdir()) == []
    assert _children() == before


def test_a_full_disk_is_told(tmp_path):
    (tmp_path / "clip.mp4").symlink_to("/dev/full")
    noise = np.random.default_rng(0).integers(0, 256, (240, 320, 3), dtype=np.uint8)
    with pytest.raises(StageError, match="No space left on device"):
        _write(tmp_path / "clip.mp4", [noise] * 60)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_with_any_name_will_do(tmp_path):
    folder = tmp_path / "a b: 'c' %d -y"
    folder.mkdir()
    assert numbers_in(read_clip(_write(folder / "x.mp4", [numbered_picture(5)])).pictures(0, 0)) == [5]


@pytest.fixture
def asked_anew():
    ffmpeg.ffmpeg_path.cache_clear()
    yield
    ffmpeg.ffmpeg_path.cache_clear()


def _program(folder, answer):
    folder.mkdir()
    (folder / "ffmpeg").write_text(f"#!{sys.executable}\nprint({answer!r})\n")
    (folder / "ffmpeg").chmod(0o755)


@pytest.mark.usefixtures("asked_anew")
def test_the_systems_ffmpeg_is_used_if_it_can_make_h264(tmp_path, monkeypatch):
    _program(tmp_path / "bin", "V..... libx264  H.264")
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    assert ffmpeg.ffmpeg_path() == str(tmp_path / "bin" / "ffmpeg")


@pytest.mark.usefixtures("asked_anew")
def test_else_the_one_that_comes_with_imageio(tmp_path, monkeypatch):
    _program(tmp_path / "bin", "V..... h264_vaapi")
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    assert Path(ffmpeg.ffmpeg_path()).parent.name == "binaries"


@pytest.mark.usefixtures("asked_anew")
def test_a_missing_ffmpeg_says_how_to_get_one(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("IMAGEIO_FFMPEG_EXE", str(tmp_path / "nowhere"))
    with pytest.raises(MissingError, match=r"does not run .* install a working ffmpeg"):
        ffmpeg.ffmpeg_path()
