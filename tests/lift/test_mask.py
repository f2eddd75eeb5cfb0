"""The mask stage as a whole."""

import cv2
import numpy as np
import pytest

from r2s2r.artifacts.mask import Mask, require_apart
from r2s2r.artifacts.progress import unheard
from r2s2r.errors import InputError
from r2s2r.media.images import write_mask
from r2s2r.spec.segment import SegmentSpec
from r2s2r.spec.selection import SelectSpec
from r2s2r.stages.lift import make_mask
from tests.lift.material import disc, grain, overlap, store_footage, store_mask

SEGMENT = SegmentSpec(backend="grabcut")
HEIGHT, WIDTH = 140, 200
GRASS = (grain(HEIGHT, WIDTH, 2, low=60, high=200) * np.array([0.3, 1, 0.4])).astype(np.uint8)
BALL = (grain(HEIGHT, 2 * WIDTH, 1, low=120, high=250) * np.array([1, 0.3, 0.25])).astype(np.uint8)


def ball_at(x):
    return disc(HEIGHT, WIDTH, x, 70, 32)


def frame_at(x):
    return np.where(ball_at(x)[..., None], BALL[:, WIDTH - x :][:, :WIDTH], GRASS)


@pytest.fixture(scope="module")
def footage(tmp_path_factory):
    """The ball rolls to the right; the reference frame is in the middle."""
    folder = tmp_path_factory.mktemp("mask")
    return store_footage(folder / "footage", [frame_at(60 + 3 * index) for index in range(21)], reference=10)


def test_the_mask_follows_forwards_and_backwards(footage, out):
    make_mask(SelectSpec(box_px=(50.0, 30.0, 130.0, 110.0)), SEGMENT, footage, {}, out, unheard)
    mask = Mask.load(out)
    masks = list(mask.frames())
    assert len(masks) == 21
    for index, found in enumerate(masks):
        assert overlap(found, ball_at(60 + 3 * index)) > 0.94, index
    assert np.array_equal(masks[10], mask.reference_mask())
    assert mask.facts.reference == 10
    assert mask.facts.coverage == pytest.approx([found.mean() for found in masks], abs=1e-5)
    assert mask.facts.findings == ()


def test_equal_inputs_give_equal_bytes_on_any_number_of_threads(footage, tmp_path):
    spec = SelectSpec(box_px=(50.0, 30.0, 130.0, 110.0))
    threads = cv2.getNumThreads()
    for count in (1, 3):
        (tmp_path / str(count)).mkdir()
        try:
            cv2.setNumThreads(count)
            make_mask(spec, SEGMENT, footage, {}, tmp_path / str(count), unheard)
        finally:
            cv2.setNumThreads(threads)
    for path in (tmp_path / "1").iterdir():
        assert path.read_bytes() == (tmp_path / "3" / path.name).read_bytes()


def test_nothing_but_the_artefact_stays_in_the_folder(footage, out):
    make_mask(SelectSpec(box_px=(50.0, 30.0, 130.0, 110.0)), SEGMENT, footage, {}, out, unheard)
    assert sorted(path.name for path in out.iterdir()) == ["facts.json", "masks.mkv", "reference.png"]


def test_progress_ends_complete(footage, out):
    heard = []
    make_mask(
        SelectSpec(box_px=(50.0, 30.0, 130.0, 110.0)),
        SEGMENT,
        footage,
        {},
        out,
        lambda done, total: heard.append((done, total)),
    )
    assert heard == [(done, 42) for done in range(1, 43) if done != 22]


def test_a_cut_is_named_by_the_clips_frames_and_its_masks_are_empty(tmp_path, out):
    frames = [frame_at(100)] * 4 + [grain(HEIGHT, WIDTH, 9)] * 3
    cut = store_footage(tmp_path / "footage", frames, first_clip_frame=50)
    write_mask(tmp_path / "ball.png", ball_at(100))
    make_mask(SelectSpec(mask="ball.png"), SEGMENT, cut, {"mask": tmp_path / "ball.png"}, out, unheard)
    mask = Mask.load(out)
    assert mask.facts.lost == (4, 5, 6)
    assert [found.any() for found in mask.frames()] == [True] * 4 + [False] * 3
    assert "not followed in frames 54-56 of the clip" in mask.facts.findings[0]


def test_a_still_has_one_mask(tmp_path, out):
    still = store_footage(tmp_path / "footage", [frame_at(100)])
    make_mask(SelectSpec(box_px=(50.0, 30.0, 150.0, 110.0)), SEGMENT, still, {}, out, unheard)
    (found,) = Mask.load(out).frames()
    assert overlap(found, ball_at(100)) > 0.97


def test_two_entities_on_the_same_pixels_are_refused_by_name(tmp_path):
    big, small = disc(HEIGHT, WIDTH, 100, 70, 40), disc(HEIGHT, WIDTH, 104, 70, 30)
    masks = {"cup": store_mask(tmp_path / "cup", [big]), "mug": store_mask(tmp_path / "mug", [small])}
    with pytest.raises(InputError, match="cup and mug select the same pixels of the reference frame: 100%") as refused:
        require_apart(masks)
    assert refused.value.field == "entities.mug.select"


def test_entities_may_touch(tmp_path):
    big, beside = disc(HEIGHT, WIDTH, 100, 70, 40), disc(HEIGHT, WIDTH, 140, 70, 30)
    assert 0 < (big & beside).sum() / beside.sum() < 0.8
    require_apart({"cup": store_mask(tmp_path / "cup", [big]), "mug": store_mask(tmp_path / "mug", [beside])})
