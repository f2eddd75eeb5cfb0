"""Traces: regions and shadows go with their entity, and are never the entity itself."""

import numpy as np
import pytest

from r2s2r.artifacts.mask import Mask
from r2s2r.artifacts.progress import unheard
from r2s2r.errors import InputError, MediaError
from r2s2r.media.images import write_mask
from r2s2r.spec.selection import RegionSpec
from r2s2r.stages.lift import make_traces
from tests.lift.material import disc, grain, overlap, store_footage, store_mask

HEIGHT, WIDTH = 160, 260
GROUND = grain(HEIGHT, WIDTH, 2, low=150, high=200, cell=12)
BALL = (grain(HEIGHT, WIDTH, 1, low=120, high=250) * np.array([1, 0.3, 0.25])).astype(np.uint8)


def ball_at(x):
    return disc(HEIGHT, WIDTH, x, 70, 26)


def shadow_at(x):
    rows, columns = np.indices((HEIGHT, WIDTH)) + 0.5
    return (((columns - x - 22) / 46) ** 2 + ((rows - 98) / 11) ** 2 < 1) & ~ball_at(x)


def frame_at(x, shade=0.55):
    frame = GROUND * np.where(shadow_at(x), shade, 1.0)[..., None]
    return np.where(ball_at(x)[..., None], BALL, frame).astype(np.uint8)


def made(tmp_path, positions, traces, files=None, shade=0.55):
    footage = store_footage(tmp_path / "footage", [frame_at(x, shade) for x in positions])
    mask = store_mask(tmp_path / "mask", [ball_at(x) for x in positions])
    out = tmp_path / "out"
    out.mkdir()
    make_traces(traces, footage, mask, files or {}, out, unheard)
    return Mask.load(out)


def test_the_shadow_of_what_moves_is_found_in_each_frame(tmp_path):
    positions = [50 + 8 * index for index in range(16)]
    found = made(tmp_path, positions, ("shadow",))
    for x, mask in zip(positions, found.frames(), strict=True):
        assert overlap(mask, shadow_at(x)) > 0.7, x
        assert not (mask & ball_at(x)).any()
    assert found.facts.findings == ()


def test_the_shadow_of_what_stands_is_found_beside_it(tmp_path):
    found = made(tmp_path, [90] * 4, ("shadow",))
    for mask in found.frames():
        assert overlap(mask, shadow_at(90)) > 0.7
        assert not (mask & ball_at(90)).any()


def test_that_there_is_no_shadow_is_said(tmp_path):
    found = made(tmp_path, [50 + 8 * index for index in range(16)], ("shadow",), shade=1.0)
    assert not found.reference_mask().any()
    assert "no shadow of it is found" in found.facts.findings[0]


@pytest.mark.parametrize(
    "region",
    [
        RegionSpec(box_px=(60.0, 90.0, 110.0, 120.0)),
        RegionSpec(polygon_px=((60.0, 90.0), (110.0, 90.0), (110.0, 120.0), (60.0, 120.0))),
    ],
)
def test_a_region_goes_where_its_entity_goes_but_not_onto_it(tmp_path, region):
    found = made(tmp_path, [70, 78, 86], (region,))
    first, _, last = found.frames()
    whole = np.zeros((HEIGHT, WIDTH), bool)
    whole[90:120, 60:110] = True
    assert np.array_equal(first, whole & ~ball_at(70))
    assert overlap(last, np.roll(whole, 16, axis=1) & ~ball_at(86)) > 0.95
    assert not (last & ball_at(86)).any()


def test_a_region_may_be_a_picture(tmp_path):
    whole = np.zeros((HEIGHT, WIDTH), bool)
    whole[110:130, 40:90] = True
    write_mask(tmp_path / "spot.png", whole)
    found = made(tmp_path, [70], (RegionSpec(mask="given"),), {"also_remove.0.mask": tmp_path / "spot.png"})
    assert np.array_equal(found.reference_mask(), whole)


def test_where_the_entity_is_lost_nothing_goes_with_it(tmp_path):
    footage = store_footage(tmp_path / "footage", [frame_at(70)] * 3)
    mask = store_mask(tmp_path / "mask", [ball_at(70), ball_at(70) & False, ball_at(70)], lost=(1,))
    out = tmp_path / "out"
    out.mkdir()
    make_traces((RegionSpec(box_px=(60.0, 90.0, 110.0, 120.0)),), footage, mask, {}, out, unheard)
    assert [found.any() for found in Mask.load(out).frames()] == [True, False, True]
    assert Mask.load(out).facts.lost == (1,)


def test_a_region_outside_the_picture_is_refused_by_its_place_in_the_list(tmp_path):
    with pytest.raises(InputError, match="lies outside the picture") as refused:
        made(tmp_path, [70], ("shadow", RegionSpec(box_px=(60.0, 90.0, 910.0, 120.0))))
    assert refused.value.field == "also_remove[1].box_px"


def test_a_region_of_a_file_that_is_no_picture_is_refused(tmp_path):
    (tmp_path / "spot.png").write_text("no picture")
    with pytest.raises(MediaError, match=r"spot\.png") as refused:
        made(tmp_path, [70], (RegionSpec(mask="given"),), {"also_remove.0.mask": tmp_path / "spot.png"})
    assert refused.value.field == "also_remove[0].mask"


def test_regions_that_leave_no_background_are_refused(tmp_path):
    with pytest.raises(InputError, match="covers 100% of the reference frame, leaving no background") as refused:
        made(tmp_path, [70], (RegionSpec(box_px=(0.0, 0.0, float(WIDTH), float(HEIGHT))),))
    assert refused.value.field == "also_remove"
