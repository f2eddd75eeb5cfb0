"""Control and reference of a sample come out to the pixel as the release prepares them."""

import cv2
import numpy as np
import pytest

from r2s2r.artifacts.control import Control
from r2s2r.artifacts.progress import unheard
from r2s2r.artifacts.reference import Reference
from r2s2r.errors import MediaError
from r2s2r.media.images import read_rgb, write_rgb
from r2s2r.models.animate.letterbox import letterbox
from r2s2r.spec.conditioning import SampleSpec
from r2s2r.stages.diffuse.sample import import_control, import_reference
from tests.media.clips import numbered_picture, numbers_in, write_clip


def _picture(number):
    picture = numbered_picture(number)
    picture[:8, :, 0], picture[-8:, :, 2] = 250, 200  # colours, so that channels cannot be swapped
    return picture


def _control(folder, *, rate=16, count=12, **spec):
    file = write_clip(folder / "normal.mp4", map(_picture, range(count)), rate=rate, options={"crf": "4"})
    out = folder / "control"
    out.mkdir()
    import_control(SampleSpec(**{"width": 96, "height": 64, **spec}), file, out, unheard)
    return file, Control.load(out)


def _as_the_release_reads(file, *, width, height, most, fps=16):
    """Follow VideoX-Fun's get_video_to_video_latent."""
    capture, count = cv2.VideoCapture(str(file)), 0
    frames: list[np.ndarray] = []
    skip = max(1, int(capture.get(cv2.CAP_PROP_FPS) // fps))
    while True:
        there, frame = capture.read()
        if not there:
            return np.array(frames)[:most]
        if count % skip == 0:
            frames.append(cv2.cvtColor(cv2.resize(frame, (width, height)), cv2.COLOR_BGR2RGB))
        count += 1


@pytest.mark.parametrize(("width", "height"), [(96, 64), (128, 64), (64, 96), (160, 128)])
@pytest.mark.parametrize("rate", [16, 24, 30, 32, 60])
def test_frames_are_those_the_release_reads(tmp_path, rate, width, height):
    file, control = _control(tmp_path, rate=rate, width=width, height=height, most_frames=9)
    expected = _as_the_release_reads(file, width=width, height=height, most=9)
    frames = list(control.frames())
    assert len(frames) == len(expected) == control.facts.frames
    assert all(np.array_equal(one, other) for one, other in zip(frames, expected, strict=True))
    assert (control.facts.kind, control.facts.fps) == ("normal", "16/1")
    assert (control.facts.height, control.facts.width) == (height, width)


def test_a_video_at_16_frames_a_second_has_nothing_to_say(tmp_path):
    assert _control(tmp_path)[1].facts.findings == ()


@pytest.mark.parametrize(
    ("rate", "said"),
    [
        (24, "24 frames a second, each is taken for one of the result's 16; it plays 0.667 times as fast"),
        (60, "60 frames a second, one in 3 is taken for one of the result's 16; it plays 0.8 times as fast"),
    ],
)
def test_another_rate_is_said_and_not_resampled(tmp_path, rate, said):
    (finding,) = _control(tmp_path, rate=rate)[1].facts.findings
    assert said in finding


def test_twice_the_rate_plays_at_its_own_speed(tmp_path):
    _, control = _control(tmp_path, rate=32)
    assert numbers_in(control.frames()) == [0, 2, 4, 6, 8, 10]
    (finding,) = control.facts.findings
    assert finding.endswith("one in 2 is taken for one of the result's 16")


def test_a_long_video_is_cut_and_it_says_how_to_have_all(tmp_path):
    _, control = _control(tmp_path, count=90)
    assert control.facts.frames == 81
    assert control.facts.findings == ("the first 81 of 90 frames are made, as the release does; --frames 90 makes all",)


def test_a_video_whose_frames_cannot_all_be_decoded_is_refused(tmp_path):
    noise = [np.random.default_rng(number).integers(0, 255, (64, 96, 3)).astype(np.uint8) for number in range(40)]
    file = write_clip(tmp_path / "normal.mp4", noise, rate=16)
    data = bytearray(file.read_bytes())
    data[len(data) // 2 : len(data) // 2 + 3000] = bytes(3000)
    file.write_bytes(data)
    out = tmp_path / "control"
    out.mkdir()
    with pytest.raises(MediaError, match=r"normal\.mp4: frame \d+ of 40 cannot be decoded"):
        import_control(SampleSpec(width=96, height=64), file, out, unheard)
    assert list(out.iterdir()) == []


@pytest.mark.parametrize("shape", [(64, 96), (80, 60), (40, 200), (64, 95)])
def test_the_picture_is_letterboxed_to_the_controls_size(tmp_path, shape):
    _, control = _control(tmp_path, width=128, height=64)
    picture = np.random.default_rng(0).integers(0, 255, (*shape, 3)).astype(np.uint8)
    write_rgb(tmp_path / "source_image.png", picture)
    out = tmp_path / "reference"
    out.mkdir()
    import_reference(control, tmp_path / "source_image.png", out, unheard)
    reference = Reference.load(out)
    assert np.array_equal(reference.picture(), letterbox(picture, height=64, width=128))
    assert (reference.facts.kind, reference.facts.iou) == ("file", None)
    assert read_rgb(out / "reference.png").shape == (64, 128, 3)


def test_a_picture_that_cannot_be_read_is_refused(tmp_path):
    _, control = _control(tmp_path)
    (tmp_path / "source_image.png").write_bytes(b"no picture")
    with pytest.raises(MediaError, match=r"source_image\.png: not a picture"):
        import_reference(control, tmp_path / "source_image.png", tmp_path, unheard)
