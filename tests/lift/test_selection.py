"""Selecting at the reference frame: what is meant is found, what cannot be meant is refused with a reason."""

import cv2
import numpy as np
import pytest

from r2s2r.errors import InputError, MediaError
from r2s2r.media.images import write_mask
from r2s2r.spec.entities import SelectSpec
from r2s2r.stages.lift.masking.fragments import tidy
from r2s2r.stages.lift.masking.selection import select
from tests.lift.material import disc, grain, overlap

HEIGHT, WIDTH = 180, 240
BALL = disc(HEIGHT, WIDTH, 120.3, 90.6, 50)


def picture():
    """A red ball with detail on green grass with detail."""
    ball = grain(HEIGHT, WIDTH, 1, low=120, high=250) * np.array([1, 0.3, 0.25])
    grass = grain(HEIGHT, WIDTH, 2, low=60, high=200) * np.array([0.3, 1, 0.4])
    return np.where(BALL[..., None], ball, grass).astype(np.uint8)


def from_box(x0, y0, x1, y1):
    return select(SelectSpec(box_px=(float(x0), float(y0), float(x1), float(y1))), picture(), None)


def test_a_box_finds_what_is_in_it():
    assert overlap(from_box(62, 32, 178, 150), BALL) > 0.98


def test_nothing_outside_the_box_is_selected():
    mask = from_box(80, 32, 178, 150)
    assert overlap(mask[32:150, 80:178], BALL[32:150, 80:178]) > 0.95
    mask[32:150, 80:178] = False
    assert not mask.any()


def test_a_box_within_the_thing_finds_nothing_and_says_so():
    with pytest.raises(InputError, match="selects nothing; no edge was found in the box"):
        from_box(95, 65, 145, 115)


def test_the_same_box_finds_the_same_on_any_number_of_threads():
    threads = cv2.getNumThreads()
    masks = []
    try:
        for count in (1, 2, 3):
            cv2.setNumThreads(count)
            cv2.setRNGSeed(count)  # whatever ran before
            masks.append(from_box(62, 32, 178, 150))
    finally:
        cv2.setNumThreads(threads)
    assert np.array_equal(masks[0], masks[1])
    assert np.array_equal(masks[0], masks[2])


def test_a_polygon_is_taken_as_it_is():
    spec = SelectSpec(polygon_px=((10.0, 10.0), (50.0, 10.0), (50.0, 40.0), (10.0, 40.0)))
    mask = select(spec, picture(), None)
    assert mask.sum() == 40 * 30
    assert mask[10:40, 10:50].all()


def test_a_mask_of_another_size_but_the_same_shape_fits(tmp_path):
    small = np.zeros((HEIGHT // 2, WIDTH // 2), bool)
    small[20:40, 30:80] = True
    write_mask(tmp_path / "mask.png", small)
    mask = select(SelectSpec(mask="mask.png"), picture(), tmp_path / "mask.png")
    assert mask.sum() == 40 * 100
    assert mask[40:80, 60:160].all()


@pytest.mark.parametrize(
    ("select_px", "message"),
    [
        ({"box_px": (10.0, 10.0, 300.0, 100.0)}, r"\(300, 100\) lies outside the picture, which is 240 x 180"),
        ({"box_px": (-5.0, 10.0, 100.0, 100.0)}, "outside the picture"),
        ({"box_px": (10.0, 10.0, 12.0, 100.0)}, "smaller than 4 pixels"),
        ({"box_px": (0.0, 0.0, 240.0, 180.0)}, "covers the whole picture"),
        ({"polygon_px": ((500.0, 10.0), (600.0, 10.0), (550.0, 60.0))}, r"\(500, 10\) lies outside the picture"),
        ({"polygon_px": ((10.0, 10.0), (60.0, 10.0), (110.0, 10.0))}, "selects nothing"),
        ({"polygon_px": ((0.0, 0.0), (240.0, 0.0), (240.0, 180.0), (0.0, 180.0))}, "selects 100% of the picture"),
    ],
)
def test_a_selection_that_cannot_be_meant_is_refused(select_px, message):
    with pytest.raises(InputError, match=message) as refused:
        select(SelectSpec(**select_px), picture(), None)
    assert refused.value.field == f"select.{next(iter(select_px))}"


@pytest.mark.parametrize(
    ("mask", "message"),
    [
        (np.zeros((HEIGHT, WIDTH), bool), "selects nothing"),
        (np.ones((HEIGHT, WIDTH), bool), "selects 100%"),
        (np.ones((HEIGHT, WIDTH // 2), bool), "is 120 x 180 pixels, another shape than the footage's 240 x 180"),
    ],
)
def test_a_mask_file_that_cannot_be_meant_is_refused_by_name(tmp_path, mask, message):
    write_mask(tmp_path / "mask.png", mask)
    with pytest.raises(InputError, match=rf"mask\.png: .*{message}"):
        select(SelectSpec(mask="mask.png"), picture(), tmp_path / "mask.png")


def test_a_mask_file_that_is_no_picture_is_refused(tmp_path):
    (tmp_path / "mask.png").write_text("no picture")
    with pytest.raises(MediaError, match=r"mask\.png"):
        select(SelectSpec(mask="mask.png"), picture(), tmp_path / "mask.png")


@pytest.mark.parametrize(("rows", "columns"), [(1, 1), (40, 1), (3, 40)])
def test_a_mask_too_thin_to_inflate_is_refused(tmp_path, rows, columns):
    mask = np.zeros((HEIGHT, WIDTH), bool)
    mask[20 : 20 + rows, 30 : 30 + columns] = True
    write_mask(tmp_path / "mask.png", mask)
    with pytest.raises(InputError, match=f"mask.png: selects {columns} x {rows} pixels, too little to lift"):
        select(SelectSpec(mask="mask.png"), picture(), tmp_path / "mask.png")


def test_pieces_are_kept_and_named_and_specks_left_out():
    mask = disc(HEIGHT, WIDTH, 60, 90, 40) | disc(HEIGHT, WIDTH, 170, 90, 20)
    speckled = mask.copy()
    speckled[5, 5] = speckled[170, 230] = True
    tidied = tidy(speckled, field="mask")
    assert np.array_equal(tidied.mask, mask)
    assert "in 2 pieces (80%, 20% of it)" in tidied.findings[0]
    assert "2 specks of its mask, 2 pixels" in tidied.findings[1]


def test_a_mask_of_fragments_is_refused():
    mask = np.zeros((HEIGHT, WIDTH), bool)
    mask[::8, ::8] = True
    with pytest.raises(InputError, match="falls into 690 fragments"):
        tidy(mask, field="mask")


def test_small_holes_of_grabcut_are_filled_but_those_of_people_are_meant():
    ring = BALL & ~disc(HEIGHT, WIDTH, 120, 90, 4)
    assert np.array_equal(tidy(ring, field="mask").mask, ring)
    assert np.array_equal(tidy(ring, field="box_px").mask, BALL)


def test_touching_the_border_is_said():
    tidied = tidy(disc(HEIGHT, WIDTH, 10, 170, 40), field="polygon_px")
    assert tidied.findings == (
        "its mask touches the picture's lower and left border; what is beyond is not seen and not lifted",
    )
