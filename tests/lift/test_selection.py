"""Selecting at the reference frame: what is meant is found, what cannot be meant is refused with a reason."""

import av
import cv2
import numpy as np
import pytest

from r2s2r.errors import InputError, MediaError
from r2s2r.media.images import write_mask
from r2s2r.spec.selection import PointsSpec, SelectSpec
from r2s2r.stages.lift.masking.fragments import tidy
from r2s2r.stages.lift.masking.given_masks import read_given_masks
from r2s2r.stages.lift.masking.grabcut_segmenter import GrabcutSegmenter
from r2s2r.stages.lift.masking.points import segment_points
from r2s2r.stages.lift.masking.selection import select
from tests.lift.material import disc, grain, overlap, store_footage

HEIGHT, WIDTH = 180, 240
BALL = disc(HEIGHT, WIDTH, 120.3, 90.6, 50)


def picture():
    """A red ball with detail on green grass with detail."""
    ball = grain(HEIGHT, WIDTH, 1, low=120, high=250) * np.array([1, 0.3, 0.25])
    grass = grain(HEIGHT, WIDTH, 2, low=60, high=200) * np.array([0.3, 1, 0.4])
    return np.where(BALL[..., None], ball, grass).astype(np.uint8)


@pytest.fixture(scope="module")
def footage(tmp_path_factory):
    """One frame of the ball."""
    return store_footage(tmp_path_factory.mktemp("selection") / "footage", [picture()])


def selected(footage, spec, file=None):
    given = read_given_masks({"mask": file}, footage) if file is not None else None
    return select(spec, footage, GrabcutSegmenter(), given).mask


def from_box(footage, x0, y0, x1, y1):
    return selected(footage, SelectSpec(box_px=(float(x0), float(y0), float(x1), float(y1))))


def test_a_box_finds_what_is_in_it(footage):
    assert overlap(from_box(footage, 62, 32, 178, 150), BALL) > 0.98


def test_nothing_outside_the_box_is_selected(footage):
    mask = from_box(footage, 80, 32, 178, 150)
    assert overlap(mask[32:150, 80:178], BALL[32:150, 80:178]) > 0.95
    mask[32:150, 80:178] = False
    assert not mask.any()


def test_a_box_within_the_thing_finds_nothing_and_says_so(footage):
    with pytest.raises(InputError, match="selects nothing; no edge was found in the box"):
        from_box(footage, 95, 65, 145, 115)


def test_the_same_box_finds_the_same_on_any_number_of_threads(footage):
    threads = cv2.getNumThreads()
    masks = []
    try:
        for count in (1, 2, 3):
            cv2.setNumThreads(count)
            cv2.setRNGSeed(count)  # whatever ran before
            masks.append(from_box(footage, 62, 32, 178, 150))
    finally:
        cv2.setNumThreads(threads)
    assert np.array_equal(masks[0], masks[1])
    assert np.array_equal(masks[0], masks[2])


def test_a_polygon_is_taken_as_it_is(footage):
    spec = SelectSpec(polygon_px=((10.0, 10.0), (50.0, 10.0), (50.0, 40.0), (10.0, 40.0)))
    mask = selected(footage, spec)
    assert mask.sum() == 40 * 30
    assert mask[10:40, 10:50].all()


def test_a_mask_of_another_size_but_the_same_shape_fits(footage, tmp_path):
    small = np.zeros((HEIGHT // 2, WIDTH // 2), bool)
    small[20:40, 30:80] = True
    write_mask(tmp_path / "mask.png", small)
    mask = selected(footage, SelectSpec(mask="mask.png"), tmp_path / "mask.png")
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
def test_a_selection_that_cannot_be_meant_is_refused(footage, select_px, message):
    with pytest.raises(InputError, match=message) as refused:
        selected(footage, SelectSpec(**select_px))
    assert refused.value.field == f"select.{next(iter(select_px))}"


@pytest.mark.parametrize(
    ("mask", "message"),
    [
        (np.zeros((HEIGHT, WIDTH), bool), "selects nothing"),
        (np.ones((HEIGHT, WIDTH), bool), "selects 100%"),
        (np.ones((HEIGHT, WIDTH // 2), bool), "is 120 x 180 pixels, another shape than the footage's 240 x 180"),
    ],
)
def test_a_mask_file_that_cannot_be_meant_is_refused_by_name(footage, tmp_path, mask, message):
    write_mask(tmp_path / "mask.png", mask)
    with pytest.raises(InputError, match=rf"mask\.png: .*{message}"):
        selected(footage, SelectSpec(mask="mask.png"), tmp_path / "mask.png")


def test_a_mask_file_that_is_no_picture_is_refused(footage, tmp_path):
    (tmp_path / "mask.png").write_text("no picture")
    with pytest.raises(MediaError, match=r"mask\.png"):
        selected(footage, SelectSpec(mask="mask.png"), tmp_path / "mask.png")


@pytest.mark.parametrize(("rows", "columns"), [(1, 1), (40, 1), (3, 40)])
def test_a_mask_too_thin_to_inflate_is_refused(footage, tmp_path, rows, columns):
    mask = np.zeros((HEIGHT, WIDTH), bool)
    mask[20 : 20 + rows, 30 : 30 + columns] = True
    write_mask(tmp_path / "mask.png", mask)
    with pytest.raises(InputError, match=f"mask.png: selects {columns} x {rows} pixels, too little to lift"):
        selected(footage, SelectSpec(mask="mask.png"), tmp_path / "mask.png")


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


def at(*inside, outside=()):
    return PointsSpec(inside=tuple(map(tuple, inside)), outside=tuple(map(tuple, outside)))


def test_one_point_finds_what_it_is_on(footage):
    assert overlap(selected(footage, SelectSpec(points_px=at((120.0, 90.0)))), BALL) > 0.97


def test_points_take_away_what_the_box_would_add():
    """A second ball of the same colours stands in the box."""
    other = disc(HEIGHT, WIDTH, 190, 60, 26)
    red = (grain(HEIGHT, WIDTH, 1, low=120, high=250) * np.array([1, 0.3, 0.25])).astype(np.uint8)
    frame = np.where(other[..., None], red, picture())
    box = (60.0, 20.0, 225.0, 150.0)
    points = at((120.0, 90.0), outside=[(190.0, 60.0)])
    alone, refined = (
        GrabcutSegmenter().find(SelectSpec(box_px=box, points_px=given), frame).mask for given in (None, points)
    )
    assert (alone & other).any()
    assert (refined & other).sum() < 0.02 * other.sum()
    assert overlap(refined, BALL) > 0.95


@pytest.mark.parametrize("noise", [0, 4])
def test_a_point_on_the_background_is_refused_by_its_name(tmp_path, noise):
    wall = 128 + np.random.default_rng(0).normal(0, noise, (HEIGHT, WIDTH, 3))
    frame = np.where(BALL[..., None], picture(), wall).astype(np.uint8)
    footage = store_footage(tmp_path / "footage", [frame])
    with pytest.raises(InputError, match=r"inside\[0\] \(10, 10\) is on the background") as refused:
        selected(footage, SelectSpec(points_px=at((10.0, 10.0))))
    assert refused.value.field == "select.points_px"


@pytest.mark.parametrize(
    ("select_px", "message"),
    [
        ({"points_px": at((120.0, 90.0), (400.0, 10.0))}, r"inside\[1\] \(400, 10\) lies outside the picture"),
        ({"points_px": at((120.0, 90.0), outside=[(-3.0, 10.0)])}, r"outside\[0\] \(-3, 10\) lies outside the picture"),
        ({"points_px": at((5.0, 5.0)), "box_px": (60.0, 20.0, 225.0, 150.0)}, r"inside\[0\] .* outside box_px"),
        ({"points_px": at((120.0, 90.0), outside=[(120.4, 90.2)])}, r"inside\[0\] .* is a point outside as well"),
    ],
)
def test_points_that_cannot_be_meant_are_refused_by_their_names(footage, select_px, message):
    with pytest.raises(InputError, match=message) as refused:
        selected(footage, SelectSpec(**select_px))
    assert refused.value.field == "select.points_px"


def test_text_needs_another_backend(footage):
    with pytest.raises(InputError, match=r"is not read by grabcut: .* sam3") as refused:
        selected(footage, SelectSpec(text="red ball"))
    assert refused.value.field == "select.text"


def test_points_outside_do_not_let_a_thing_spread_to_the_border(shared):
    """One point finds the cup; points on the table beside it must not bring in the woman, who has edges as strong."""
    with av.open(str(shared / "media" / "cups.mp4")) as clip:
        frame = np.asarray(next(clip.decode(video=0)).to_ndarray(format="rgb24"), np.uint8)
    alone = segment_points(frame, PointsSpec(inside=((915, 400),)))
    beside = segment_points(frame, PointsSpec(inside=((915, 400),), outside=((915, 600), (1030, 400), (800, 400))))
    assert overlap(alone, beside) > 0.97
