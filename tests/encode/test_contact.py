"""The contact sheet shows eight frames and their controls."""

from collections import deque
from fractions import Fraction

import numpy as np
import pytest

from r2s2r.media.images import read_rgb
from r2s2r.stages.encode.contact import ContactSheet
from r2s2r.stages.encode.size import Size


def _new(*, height, width, frames):
    size = Size(height, width)
    return ContactSheet("a shot", video=size, control=size, frames=frames, fps=Fraction(16))


def _sheet(path, *, height, width, frames):
    sheet = _new(height=height, width=width, frames=frames)
    video, control = (
        [np.full((height, width, 3), colour, np.uint8)] * frames for colour in ((200, 40, 40), (40, 40, 200))
    )
    assert [id(picture) for picture in sheet.watched("video", video)] == [id(picture) for picture in video]
    assert [id(picture) for picture in sheet.watched("control", control)] == [id(picture) for picture in control]
    sheet.write(path)
    return read_rgb(path)


def _share(sheet, colour):
    return float((np.abs(sheet.astype(int) - colour).max(axis=2) < 4).mean())


@pytest.mark.parametrize(("height", "width"), [(480, 832), (704, 1280), (512, 512), (832, 480), (64, 1024)])
def test_it_is_1600_wide_and_mostly_pictures(tmp_path, height, width):
    sheet = _sheet(tmp_path / "contact.png", height=height, width=width, frames=77)
    assert sheet.shape[1] == 1600
    assert sheet.shape[0] <= 1800
    video, control = _share(sheet, (200, 40, 40)), _share(sheet, (40, 40, 200))
    assert video == pytest.approx(control)
    shown_px = 8 * ((1600 - 10) // (4 if width >= height else 8) - 10) ** 2 * height / width
    assert video == pytest.approx(shown_px / sheet[..., 0].size, rel=0.1)


@pytest.mark.parametrize("frames", [1, 5, 8])
def test_short_shots_show_each_frame_once(tmp_path, frames):
    one = 390 * 390 * 480 / 832
    sheet = _sheet(tmp_path / "contact.png", height=480, width=832, frames=frames)
    assert _share(sheet, (200, 40, 40)) * sheet[..., 0].size == pytest.approx(frames * one, rel=0.05)


def test_the_frames_shown_spread_from_first_to_last(tmp_path):
    sheet = _new(height=90, width=160, frames=77)
    frames = (np.full((90, 160, 3), number * 3, np.uint8) for number in range(77))
    for _ in sheet.watched("video", frames):
        pass
    sheet.write(tmp_path / "contact.png")
    levels = set(np.unique(read_rgb(tmp_path / "contact.png")[..., 1]).tolist())
    assert {3 * number for number in (0, 11, 22, 33, 43, 54, 65, 76)} <= levels


def test_a_control_of_another_size_keeps_its_aspect(tmp_path):
    sheet = ContactSheet("a shot", video=Size(90, 160), control=Size(100, 160), frames=8, fps=Fraction(16))
    deque(sheet.watched("video", [np.full((90, 160, 3), (200, 40, 40), np.uint8)] * 8), maxlen=0)
    deque(sheet.watched("control", [np.full((100, 160, 3), (40, 40, 200), np.uint8)] * 8), maxlen=0)
    sheet.write(tmp_path / "contact.png")
    shown = read_rgb(tmp_path / "contact.png")
    assert _share(shown, (40, 40, 200)) / _share(shown, (200, 40, 40)) == pytest.approx(100 / 90, rel=0.01)
