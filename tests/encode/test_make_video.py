"""The encode stage: a video, its control and a contact sheet, from frames and passes."""

import subprocess
import sys
from fractions import Fraction

import av
import pytest

from r2s2r.artifacts.facts import write_facts
from r2s2r.artifacts.footage import FRAMES, Footage, FootageFacts
from r2s2r.artifacts.passes import Passes, PassesFacts
from r2s2r.artifacts.progress import unheard
from r2s2r.artifacts.video import Video
from r2s2r.errors import StageError
from r2s2r.media.clip import read_clip
from r2s2r.media.images import read_rgb, write_rgb
from r2s2r.media.video import LosslessWriter
from r2s2r.spec.encode import EncodeSpec
from r2s2r.stages.encode import make_video
from tests.media.clips import numbered_picture, numbers_in

COUNT = 24


def made(folder, *, count=COUNT, height=64, width=96):
    """Make a generated footage and its passes; the control's numbers count down."""
    frames, passes = folder / "frames", folder / "passes"
    frames.mkdir(parents=True)
    (passes / "normal").mkdir(parents=True)
    with LosslessWriter(frames / FRAMES, height=height, width=width, fps=Fraction(16)) as writer:
        for number in range(count):
            writer.write(numbered_picture(number % 256, height=height, width=width))
            control = numbered_picture((count - number) % 256, height=height, width=width)
            write_rgb(passes / "normal" / f"{number:06d}.png", control)
    times_s = tuple(number / 16 for number in range(count))
    size = {"height": height, "width": width, "fps": "16/1"}
    write_facts(frames, FootageFacts(**size, times_s=times_s, reference=0, clip_frames=()))
    write_facts(passes, PassesFacts(**size, frames=count, ids={}, normal="", depth=""))
    return Footage.load(frames), Passes.load(passes)


@pytest.fixture(scope="module")
def inputs(tmp_path_factory):
    return made(tmp_path_factory.mktemp("encode"))


def _video(inputs, out, **spec):
    out.mkdir(exist_ok=True)
    frames, passes = inputs
    make_video(EncodeSpec(**spec), frames, passes, out, unheard)
    return Video.load(out)


def _numbers(path):
    clip = read_clip(path)
    return numbers_in(clip.pictures(0, len(clip.timeline.times_s) - 1))


def test_it_delivers_the_frames_and_the_control(inputs, tmp_path):
    video = _video(inputs, tmp_path / "out")
    assert _numbers(video.folder / "video.mp4") == list(range(COUNT))
    assert _numbers(video.folder / "control.mp4") == list(range(COUNT, 0, -1))
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
    assert _numbers(video.folder / "video.mp4") == [int(number * 16 / rate) for number in range(frames)]


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
    make_video(EncodeSpec(deliver_fps=8), frames, passes, tmp_path, lambda done, total: told.append((done, total)))
    assert told == [(done, COUNT // 2 + COUNT) for done in range(1, COUNT // 2 + COUNT + 1)]


def test_a_failing_encoder_leaves_no_facts(tmp_path):
    odd = made(tmp_path / "odd", count=3, height=65, width=97)
    with pytest.raises(StageError, match=r"video\.mp4: ffmpeg failed"):
        _video(odd, tmp_path / "out")
    assert list((tmp_path / "out").iterdir()) == []


_PEAK = """
import resource, sys
from pathlib import Path
from r2s2r.artifacts.footage import Footage
from r2s2r.artifacts.passes import Passes
from r2s2r.artifacts.progress import unheard
from r2s2r.spec.encode import EncodeSpec
from r2s2r.stages.encode import make_video
folder, out = map(Path, sys.argv[1:])
spec = EncodeSpec(deliver_fps=24, retime="blend")
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


_LIGHT = (
    "import sys, r2s2r.stages.encode; print([name for name in ('cv2', 'av', 'numpy', 'PIL') if name in sys.modules])"
)


def test_importing_the_stage_is_cheap():
    asked = "import sys, r2s2r.stages.encode; print({'cv2', 'av', 'numpy', 'PIL'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", asked], check=True, capture_output=True, text=True)
    assert done.stdout.strip() == "set()"
