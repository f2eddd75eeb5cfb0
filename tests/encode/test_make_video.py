"""The encode stage: a video, its control and a contact sheet, from frames and passes."""

import subprocess
import sys
from fractions import Fraction

import av
import numpy as np
import pytest

from r2s2r.artifacts.progress import unheard
from r2s2r.artifacts.video import Video
from r2s2r.errors import StageError
from r2s2r.media.images import read_rgb
from r2s2r.stages.encode import make_video
from tests.encode.material import COUNT, delivery, made_control, made_frames, made_passes, numbers, pictures_in


def made(folder, **size):
    """Make frames and their passes."""
    return made_frames(folder / "frames", **size), made_passes(folder / "passes", **size)


@pytest.fixture(scope="module")
def inputs(tmp_path_factory):
    return made(tmp_path_factory.mktemp("encode"))


def _video(inputs, out, **wanted):
    out.mkdir(exist_ok=True)
    frames, control = inputs
    make_video(delivery(frames, **wanted), frames, control, out, unheard)
    return Video.load(out)


def test_it_delivers_the_frames_and_the_control(inputs, tmp_path):
    video = _video(inputs, tmp_path / "out")
    assert numbers(video.folder / "video.mp4") == list(range(COUNT))
    assert numbers(video.folder / "control.mp4") == list(range(COUNT, 0, -1))
    assert read_rgb(video.folder / "contact.png").shape[1] == 1600
    facts = video.facts
    assert (facts.frames, facts.fps, facts.height, facts.width) == (COUNT, "16/1", 64, 96)


@pytest.mark.parametrize(("deliver_fps", "frames"), [("30000/1001", 45), (24, 36), (8, 12)])
def test_the_video_is_delivered_at_the_rate_asked_for_and_the_control_as_generated(
    inputs, tmp_path, deliver_fps, frames
):
    video = _video(inputs, tmp_path / "out", deliver_fps=deliver_fps, retime="hold")
    rate = Fraction(deliver_fps)
    with av.open(video.folder / "video.mp4") as container:
        assert container.streams.video[0].average_rate == rate
        assert container.streams.video[0].frames == frames
    with av.open(video.folder / "control.mp4") as container:
        assert container.streams.video[0].average_rate == 16
    assert video.facts.frames == frames
    assert video.facts.fps == f"{rate.numerator}/{rate.denominator}"
    assert numbers(video.folder / "video.mp4") == [int(number * 16 / rate) for number in range(frames)]


@pytest.mark.parametrize("retime", ["hold", "blend", "flow"])
def test_equal_inputs_give_equal_bytes(inputs, tmp_path, retime):
    for name in ("a", "b"):
        _video(inputs, tmp_path / name, deliver_fps=24, retime=retime)
    files = sorted(path.name for path in (tmp_path / "a").iterdir())
    assert files == ["contact.png", "control.mp4", "facts.json", "video.mp4"]
    assert all((tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes() for name in files)


def test_progress_counts_the_frames_of_both_videos(inputs, tmp_path):
    told = []
    frames, passes = inputs
    wanted = delivery(frames, deliver_fps=8)
    make_video(wanted, frames, passes, tmp_path, lambda done, total: told.append((done, total)))
    assert told == [(done, COUNT // 2 + COUNT) for done in range(1, COUNT // 2 + COUNT + 1)]


def test_a_failing_encoder_leaves_no_facts(tmp_path):
    odd = made(tmp_path / "odd", count=3, height=65, width=97)
    with pytest.raises(StageError, match=r"control\.mp4: ffmpeg failed"):
        _video(odd, tmp_path / "out", height=64, width=96)
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["video.mp4"]


_PEAK = """
import resource, sys
from pathlib import Path
from r2s2r.artifacts.footage import Footage
from r2s2r.artifacts.passes import Passes
from r2s2r.artifacts.progress import unheard
from r2s2r.spec.delivery import DeliverySpec
from r2s2r.spec.encode import EncodeSpec
from r2s2r.stages.encode import make_video
folder, out = map(Path, sys.argv[1:])
spec = DeliverySpec(height=270, width=480, encode=EncodeSpec(deliver_fps=24, retime="blend"))
make_video(spec, Footage.load(folder / "frames"), Passes.load(folder / "passes"), out, unheard)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def test_memory_does_not_grow_with_the_number_of_frames(tmp_path):
    peaks_kb = []
    for count in (10, 150):
        made(tmp_path / str(count), count=count, height=240, width=416)
        out = tmp_path / f"out{count}"
        out.mkdir()
        command = [sys.executable, "-c", _PEAK, tmp_path / str(count), out]
        peaks_kb.append(int(subprocess.run(command, check=True, capture_output=True).stdout))
    assert peaks_kb[1] < peaks_kb[0] * 1.2


def test_a_models_control_is_shown_as_it_is(inputs, tmp_path):
    frames, _ = inputs
    video = _video((frames, made_control(tmp_path / "control")), tmp_path / "out")
    assert numbers(video.folder / "control.mp4") == list(range(COUNT, 0, -1))


@pytest.mark.parametrize(
    ("made_at", "delivered"),
    [((704, 1280), (720, 1280)), ((704, 1280), (1080, 1920)), ((64, 96), (480, 832)), ((96, 64), (128, 128))],
)
def test_frames_of_another_size_cover_the_delivered_one_evenly(tmp_path, made_at, delivered):
    """A pattern of known frequency tells the scale on each axis and where the middle is."""
    (height, width), (rows, columns) = made_at, delivered
    frames = made_frames(tmp_path / "frames", count=2, height=height, width=width, picture=_waves)
    passes = made_passes(tmp_path / "passes", count=2, height=height, width=width)
    video = _video((frames, passes), tmp_path / "out", height=rows, width=columns, crf=4)
    assert (video.facts.height, video.facts.width) == delivered
    scale = max(rows / height, columns / width)
    y, x = np.mgrid[0:rows, 0:columns] + 0.5
    expected = _wave((y - rows / 2) / scale, (x - columns / 2) / scale, height, width)
    shown = pictures_in(video.folder / "video.mp4")[0][..., 1]
    inside = np.s_[4:-4, 4:-4]
    assert np.abs(shown[inside] - expected[inside]).mean() < 2
    with av.open(video.folder / "control.mp4") as container:
        assert (container.streams.video[0].height, container.streams.video[0].width) == made_at


def _waves(number, *, height, width):
    y, x = np.mgrid[0:height, 0:width] + 0.5
    grey = _wave(y - height / 2, x - width / 2, height, width)
    return np.rint(np.repeat(grey[..., None], 3, 2)).astype(np.uint8)


def _wave(y_px, x_px, height, width):
    """Three waves across the picture and two down it, about the middle."""
    return 128 + 50 * np.sin(6 * np.pi * x_px / width) + 40 * np.sin(4 * np.pi * y_px / height)


def test_importing_the_stage_is_cheap():
    asked = "import sys, r2s2r.stages.encode; print({'cv2', 'av', 'numpy', 'PIL'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", asked], check=True, capture_output=True, text=True)
    assert done.stdout.strip() == "set()"
