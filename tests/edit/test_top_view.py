"""The shot from above."""

import cv2
import numpy as np
import pytest
from PIL import Image

from r2s2r.artifacts.animation import Animation
from r2s2r.artifacts.top_view import PLAN
from r2s2r.media.images import read_rgb
from r2s2r.stages.edit.top_view.sheet import INK, Sheet
from r2s2r.stages.edit.top_view.ticks import ticks

ORBIT = {"type": "orbit", "around": "bunny", "degrees": 24}
PAPER = np.array([250, 250, 247])


def _plan(folder):
    return read_rgb(folder / PLAN)


def _colours(picture):
    return {colour for _, colour in Image.fromarray(picture).getcolors(picture.size) or []}


def test_it_is_drawn_with_the_animation_readable_and_small(animated):
    folder = animated([ORBIT])
    picture = _plan(folder)
    assert max(picture.shape[:2]) == 1000
    assert min(picture.shape[:2]) >= 500
    assert (folder / PLAN).stat().st_size < 200_000


def test_equal_shots_give_equal_bytes_and_others_others(animated):
    plans = [(animated(moves) / PLAN).read_bytes() for moves in ([ORBIT], [ORBIT], [])]
    assert plans[0] == plans[1] != plans[2]


def test_the_camera_is_drawn_where_it_goes(animated):
    folder = animated([{"type": "keyframes", "keys": [{"at": 0}, {"at": 40, "position_m": [2, 1.2, 0]}]}])
    picture = _plan(folder).astype(int)
    dark = (np.abs(picture - np.array(INK)).max(axis=2) < 12).astype(np.uint8)
    _, _, boxes, _ = cv2.connectedComponentsWithStats(dark)
    widest = boxes[1:][np.argmax(boxes[1:, cv2.CC_STAT_WIDTH])]
    assert widest[cv2.CC_STAT_WIDTH] > 100  # the way to the right, from the middle
    assert Animation.load(folder).world_from_camera[-1, 0, 3] == pytest.approx(2)


def test_an_entity_that_is_never_shown_is_not_drawn(animated):
    both = _colours(_plan(animated()))
    one = _colours(_plan(animated([], {"crate.1": [{"type": "remove"}]})))
    none = _colours(_plan(animated([], {name: [{"type": "remove"}] for name in ("bunny", "crate.1")})))
    assert len(both) > len(one) > len(none)
    grey = [colour for colour in none if max(colour) - min(colour) > 30]
    assert grey == []


def test_an_entity_far_off_is_on_the_sheet_too(animated):
    away = {"type": "transform", "keys": [{"at": 0}, {"at": 40, "move_m": [300, 0, 100]}]}
    picture = _plan(animated([], {"bunny": [away]})).astype(int)
    coloured = (picture.max(axis=2) - picture.min(axis=2)) > 60
    columns = np.flatnonzero(coloured.any(axis=0))
    assert columns[-1] - columns[0] > 700


@pytest.mark.parametrize(("frames", "bare"), [(1, True), (1, False), (2, False)])
def test_the_shortest_shots_are_drawn(animated, frames, bare):
    folder = animated(frames=frames, **({"entities": {}} if bare else {}))
    assert (_plan(folder) != PAPER).any()


@pytest.mark.parametrize(
    ("frames", "expected"),
    [
        (1, [0]),
        (2, [0, 1]),
        (5, [0, 1, 2, 3, 4]),
        (77, [0, 10, 20, 30, 40, 50, 60, 70, 76]),
        (81, [0, 20, 40, 60, 80]),
        (1000, [0, 200, 400, 600, 800, 999]),
    ],
)
def test_ticks_are_round_numbers_and_the_ends(frames, expected):
    assert ticks(frames) == expected


def test_a_sheet_is_to_scale_with_z_towards_the_reader():
    sheet = Sheet.round(np.array([[-3.0, -5.0], [3.0, 0.0]]))
    origin, right, towards = sheet.places(np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0]]))
    np.testing.assert_allclose(right - origin, [sheet.px_per_m, 0])
    np.testing.assert_allclose(towards - origin, [0, sheet.px_per_m])
    height, width = sheet.picture.shape[:2]
    for point in sheet.places(np.array([[-3.0, -5.0], [3.0, 0.0]])):
        assert 0 < point[0] < width
        assert 0 < point[1] < height


def test_what_is_written_does_not_cover_what_is_written():
    sheet = Sheet.round(np.array([[0.0, 0.0], [1.0, 1.0]]))
    before = len(sheet.taken)
    for _ in range(20):
        sheet.label("name", np.array([0.5, 0.5]), INK)
    assert len(sheet.taken) == before + 4
