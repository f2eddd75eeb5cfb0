"""Footage of the source: the right frames, the facts about them, and flat memory."""

import subprocess
import sys
from fractions import Fraction

import numpy as np
import pytest
from PIL import Image

from r2s2r.artifacts.footage import Footage
from r2s2r.artifacts.progress import unheard
from r2s2r.errors import MediaError
from r2s2r.spec.footage import FootageSpec
from r2s2r.stages.lift.footage import make_footage
from tests.media.clips import b_frames, number_in, numbered_picture, numbers_in, write_clip


@pytest.fixture(scope="module")
def clip(tmp_path_factory):
    """Forty numbered frames at 25 a second, with B-frames."""
    return b_frames(tmp_path_factory.mktemp("clips") / "clip.mp4")


def _footage(clip, out, **source):
    out.mkdir(exist_ok=True)
    make_footage(FootageSpec(**source), clip, out, unheard)
    return Footage.load(out)


def test_it_keeps_the_frames_around_the_reference(clip, tmp_path):
    footage = _footage(clip, tmp_path / "out", frame=20, context_s=0.12)
    assert numbers_in(footage.frames()) == [17, 18, 19, 20, 21, 22, 23]
    assert footage.facts.clip_frames == (17, 18, 19, 20, 21, 22, 23)
    assert footage.facts.reference == 3
    assert footage.facts.times_s == pytest.approx(np.arange(17, 24) / 25)
    assert footage.fps == Fraction(25)
    assert footage.facts.findings == ()


def test_the_reference_picture_is_the_reference_frame(clip, tmp_path):
    footage = _footage(clip, tmp_path / "out", frame=33, context_s=0.2)
    assert number_in(footage.reference_frame()) == 33
    assert np.array_equal(footage.reference_frame(), list(footage.frames())[footage.facts.reference])


@pytest.mark.parametrize(("frame", "stored"), [(0, range(0, 4)), (39, range(36, 40))])
def test_the_window_stops_at_the_clips_ends(clip, tmp_path, frame, stored):
    footage = _footage(clip, tmp_path / "out", frame=frame, context_s=0.12)
    assert footage.facts.clip_frames == tuple(stored)


def test_the_window_is_measured_in_time_and_not_in_frames(tmp_path):
    times_ms = [0, 33, 50, 400, 410, 1000, 1017, 2000]
    clip = tmp_path / "clip.mkv"
    write_clip(clip, map(numbered_picture, range(8)), pts=times_ms, time_base=Fraction(1, 1000))
    footage = _footage(clip, tmp_path / "out", frame=4, context_s=0.37)
    assert footage.facts.clip_frames == (2, 3, 4)
    assert footage.facts.times_s == pytest.approx([0.05, 0.4, 0.41])


def test_no_context_is_the_reference_alone(clip, tmp_path):
    assert numbers_in(_footage(clip, tmp_path / "out", frame=7, context_s=0).frames()) == [7]


def test_a_still_is_a_clip_of_one_frame(tmp_path):
    picture = numbered_picture(77)
    Image.fromarray(picture).save(tmp_path / "still.png")
    footage = _footage(tmp_path / "still.png", tmp_path / "out")
    assert np.array_equal(footage.reference_frame(), picture)
    assert np.array_equal(list(footage.frames()), [picture])
    assert footage.facts.times_s == (0.0,)


def test_pixels_are_made_square(tmp_path):
    clip = write_clip(tmp_path / "wide.mp4", [numbered_picture(1)], sample_aspect_ratio=Fraction(4, 3))
    footage = _footage(clip, tmp_path / "out")
    assert (footage.facts.height, footage.facts.width) == (64, 128)


def test_equal_inputs_give_equal_bytes(clip, tmp_path):
    for name in ("a", "b"):
        _footage(clip, tmp_path / name, frame=20, context_s=0.2)
    files = sorted(path.name for path in (tmp_path / "a").iterdir())
    assert files == ["facts.json", "frames.mkv", "reference.png"]
    assert all((tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes() for name in files)


def test_progress_counts_the_frames(clip, tmp_path):
    told = []
    spec = FootageSpec(frame=20, context_s=0.08)
    make_footage(spec, clip, tmp_path, lambda done, total: told.append((done, total)))
    assert told == [(1, 5), (2, 5), (3, 5), (4, 5), (5, 5)]


def test_a_frame_past_the_end_names_the_frames_there_are(clip, tmp_path):
    with pytest.raises(MediaError, match=r"frame: .*there is no frame 200; the clip has 40 frames, 0\.\.39"):
        _footage(clip, tmp_path / "out", frame=200)
    assert list((tmp_path / "out").iterdir()) == []


def test_a_frame_past_a_still_says_so(tmp_path):
    Image.fromarray(numbered_picture(0)).save(tmp_path / "still.png")
    with pytest.raises(MediaError, match=r"frame: .*there is no frame 3; the clip has 1 frame, 0"):
        _footage(tmp_path / "still.png", tmp_path / "out", frame=3)


@pytest.fixture(scope="module")
def cut(tmp_path_factory):
    """Sixty frames without B-frames, of which the last ten or so are cut off."""
    folder = tmp_path_factory.mktemp("cut")
    whole = write_clip(folder / "whole.mkv", map(numbered_picture, range(60)), options={"bf": "0", "g": "10"})
    (folder / "cut.mkv").write_bytes(whole.read_bytes()[: whole.stat().st_size * 8 // 10])
    return folder / "cut.mkv"


def test_a_cut_clip_whose_window_is_there_is_used_and_reported(cut, tmp_path):
    footage = _footage(cut, tmp_path / "out", frame=10, context_s=0.2)
    assert numbers_in(footage.frames()) == list(range(5, 16))
    assert "cut off or damaged" in footage.facts.findings[0]


def test_a_window_beyond_the_cut_is_refused_with_the_frame_and_a_way_out(cut, tmp_path):
    with pytest.raises(MediaError, match=r"cut off: frame (\d+) .* shorten `source\.context_s` to \d\.\d\d at most"):
        _footage(cut, tmp_path / "out", frame=30, context_s=2)
    with pytest.raises(MediaError, match="before it is cut off: copy it again"):
        _footage(cut, tmp_path / "out", frame=59)
    assert list((tmp_path / "out").iterdir()) == []


def test_damage_found_on_the_way_leaves_nothing_that_looks_finished(tmp_path):
    clip = b_frames(tmp_path / "clip.mp4", 60)
    content = bytearray(clip.read_bytes())
    middle = content.index(b"mdat") + 2200
    content[middle : middle + 400] = bytes(400)
    clip.write_bytes(content)
    with pytest.raises(MediaError, match=r"clip\.mp4: frame \d+ .* cannot be decoded"):
        _footage(clip, tmp_path / "out", frame=20)
    assert not (tmp_path / "out" / "frames.mkv").exists()
    assert not (tmp_path / "out" / "facts.json").exists()


_PEAK = """
import resource, sys
from pathlib import Path
from r2s2r.artifacts.progress import unheard
from r2s2r.spec.footage import FootageSpec
from r2s2r.stages.lift.footage import make_footage
clip, context_s, out = sys.argv[1:]
make_footage(FootageSpec(context_s=float(context_s)), Path(clip), Path(out), unheard)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def test_memory_does_not_grow_with_the_length_of_the_window(tmp_path):
    pictures = (numbered_picture(number % 256, height=360, width=640) for number in range(300))
    clip = write_clip(tmp_path / "clip.mp4", pictures, options={"preset": "ultrafast"})
    peaks_kb = []
    for context_s in (0.4, 12):  # 11 frames, 300 frames
        out = tmp_path / str(context_s)
        out.mkdir()
        command = [sys.executable, "-c", _PEAK, clip, str(context_s), out]
        peaks_kb.append(int(subprocess.run(command, check=True, capture_output=True).stdout))
    assert peaks_kb[1] < peaks_kb[0] * 1.2
