"""Lossless video: exact frames, the same bytes, nothing half-written."""

import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from r2s2r.errors import StoreError
from r2s2r.media.video import LosslessWriter, read_lossless


def _noise(count, height, width, seed=0):
    rng = np.random.default_rng(seed)
    return [rng.integers(0, 256, (height, width, 3), dtype=np.uint8) for _ in range(count)]


def _write(path, frames, *, grey=False, size=None):
    height, width = size or frames[0].shape[:2]
    with LosslessWriter(path, height=height, width=width, fps=Fraction(30000, 1001), grey=grey) as writer:
        for frame in frames:
            writer.write(frame)


@pytest.mark.parametrize(("height", "width"), [(48, 64), (35, 53), (16, 17), (120, 2)])
def test_colour_frames_come_back_exactly(tmp_path, height, width):
    frames = _noise(5, height, width)
    _write(tmp_path / "frames.mkv", frames)
    assert np.array_equal(list(read_lossless(tmp_path / "frames.mkv")), frames)


def test_every_colour_survives_exactly(tmp_path):
    steps = np.arange(0, 256, 3, dtype=np.uint8)
    cube = np.stack(np.meshgrid(steps, steps, steps), axis=-1).reshape(86 * 2, 43 * 86, 3)
    _write(tmp_path / "cube.mkv", [cube])
    (back,) = read_lossless(tmp_path / "cube.mkv")
    assert np.array_equal(back, cube)


def test_masks_come_back_as_grey(tmp_path):
    masks = [(frame[..., 0] > 127).astype(np.uint8) * 255 for frame in _noise(4, 37, 51)]
    _write(tmp_path / "masks.mkv", masks, grey=True)
    back = list(read_lossless(tmp_path / "masks.mkv"))
    assert back[0].shape == (37, 51)
    assert np.array_equal(back, masks)


_WRITE_ON_THREADS = """
import sys, numpy as np
from fractions import Fraction
from pathlib import Path
import av
from r2s2r.media.video import LosslessWriter
rng = np.random.default_rng(1)
with LosslessWriter(Path(sys.argv[1]), height=90, width=160, fps=Fraction(16)) as writer:
    writer._stream.codec_context.thread_count = int(sys.argv[2])
    for _ in range(6):
        writer.write(rng.integers(0, 256, (90, 160, 3), dtype=np.uint8))
"""


def test_bytes_are_the_same_in_other_processes_on_other_threads(tmp_path):
    for threads in (1, 2, 3):
        command = [sys.executable, "-c", _WRITE_ON_THREADS, tmp_path / f"{threads}.mkv", str(threads)]
        subprocess.run(command, check=True)
    first, *others = [(tmp_path / f"{threads}.mkv").read_bytes() for threads in (1, 2, 3)]
    assert all(other == first for other in others)


def test_the_rate_is_exact(tmp_path):
    _write(tmp_path / "frames.mkv", _noise(30, 16, 16))
    with av.open(tmp_path / "frames.mkv") as container:
        assert container.streams.video[0].average_rate == Fraction(30000, 1001)


def _dying_frames():
    yield np.zeros((16, 16, 3), np.uint8)
    raise RuntimeError("the renderer died")


def test_an_exception_leaves_no_file(tmp_path):
    with pytest.raises(RuntimeError, match="the renderer died"):
        _write(tmp_path / "frames.mkv", _dying_frames(), size=(16, 16))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full")
@pytest.mark.parametrize("count", [1, 10])
def test_a_full_disk_raises_oserror_and_leaves_nothing(tmp_path, count):
    (tmp_path / "frames.mkv").symlink_to("/dev/full")  # by a link, because the writer removes what it could not finish
    with pytest.raises(OSError, match="No space left"):
        _write(tmp_path / "frames.mkv", _noise(count, 480, 640))
    assert list(tmp_path.iterdir()) == []


def test_a_frame_of_another_size_is_refused(tmp_path):
    with pytest.raises(AssertionError, match=r"\(16, 17, 3\)"):
        _write(tmp_path / "frames.mkv", [np.zeros((16, 17, 3), np.uint8)], size=(16, 16))


@pytest.mark.parametrize("content", [None, b"", b"not a film" * 100])
def test_a_file_that_cannot_be_read_is_named(tmp_path, content):
    path = tmp_path / "frames.mkv"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(StoreError, match=r"frames\.mkv: cannot be read"):
        list(read_lossless(path))


def test_reading_may_stop_early(tmp_path):
    frames = _noise(5, 32, 32)
    _write(tmp_path / "frames.mkv", frames)
    reader = read_lossless(tmp_path / "frames.mkv")
    assert np.array_equal(next(reader), frames[0])
    reader.close()  # type: ignore[attr-defined]


def test_only_wanted_frames_are_read(tmp_path):
    frames = [np.full((16, 16), number, np.uint8) for number in range(9)]
    with LosslessWriter(tmp_path / "frames.mkv", height=16, width=16, fps=Fraction(25), grey=True) as writer:
        for frame in frames:
            writer.write(frame)
    assert [int(frame[0, 0]) for frame in read_lossless(tmp_path / "frames.mkv", {0, 3, 8})] == [0, 3, 8]
