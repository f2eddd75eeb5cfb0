"""Following one entity, against transformers' own session that keeps the whole clip."""

import numpy as np
import pytest
import torch
from transformers import Sam3TrackerVideoModel
from transformers.models.sam2_video.modeling_sam2_video import Sam2VideoInferenceSession
from transformers.models.sam3_tracker_video.modeling_sam3_tracker_video import Sam3TrackerVideoInferenceSession

from r2s2r.models.segment.prompts import clicks_of, mask_input
from r2s2r.models.segment.tracker import Tracker
from r2s2r.spec.selection import PointsSpec, SelectSpec
from tests.models.segment.tiny import SIDE

REFERENCE, COUNT = 7, 18
HEIGHT, WIDTH = 40, 60
MASK = np.zeros((HEIGHT, WIDTH), bool)
MASK[8:30, 15:40] = True


def frames(count):
    draw = np.random.default_rng(3)
    return [draw.integers(0, 256, (SIDE, SIDE, 3), dtype=np.uint8) for _ in range(count)]


@pytest.fixture(scope="module", params=["sam2", "sam3"])
def tracking(request):
    loaded = request.getfixturevalue(request.param)
    return loaded.tracking if request.param == "sam3" else loaded


@pytest.fixture(scope="module")
def theirs(tracking, request, tmp_path_factory):
    """The whole model as transformers loads it, with eyes of its own, and its session's class."""
    if tracking.features is None:
        return tracking.model, Sam2VideoInferenceSession
    folder = request.getfixturevalue("sam3_folder")
    return Sam3TrackerVideoModel.from_pretrained(folder).eval(), Sam3TrackerVideoInferenceSession


def walked(tracking, clip):
    tracker = Tracker(tracking)
    seen = {REFERENCE: tracker.begin_with_mask(REFERENCE, clip[REFERENCE], MASK)}
    for index in [*range(REFERENCE + 1, len(clip)), *range(REFERENCE - 1, -1, -1)]:
        seen[index] = tracker.step(index, clip[index])
    return seen


def test_forgetting_changes_nothing(tracking, theirs):
    clip = frames(COUNT)
    model, session_class = theirs
    session = session_class(video=torch.stack([tracking.pixels(frame) for frame in clip]), dtype=torch.float32)
    session.add_mask_inputs(session.obj_id_to_idx(0), REFERENCE, mask_input(MASK, side=SIDE))
    session.obj_with_new_inputs = [0]
    expected = {}
    for reverse in (False, True):
        for out in model.propagate_in_video_iterator(session, start_frame_idx=REFERENCE, reverse=reverse):
            expected[out.frame_idx] = out.pred_masks[0, 0], float(out.object_score_logits)
    seen = walked(tracking, clip)
    assert seen.keys() == expected.keys() == set(range(COUNT))
    for index, (logits, score) in expected.items():
        assert seen[index].score == pytest.approx(score, abs=1e-4), index
        assert torch.allclose(seen[index].logits, logits, atol=1e-3), index
    in_view = [one.score > 0 for one in seen.values()]
    assert any(in_view), "the comparison would be empty"


def test_the_way_matters(tracking):
    """Otherwise the comparison above would hold for a model that remembers nothing."""
    clip = frames(COUNT)
    changed = [*clip[: REFERENCE + 1], np.zeros_like(clip[0]), *clip[REFERENCE + 2 :]]
    one, other = walked(tracking, clip), walked(tracking, changed)
    assert one[REFERENCE + 2].score != other[REFERENCE + 2].score


def test_what_is_remembered_does_not_grow_with_the_clip(tracking):
    clip = frames(6)
    tracker = Tracker(tracking)
    tracker.begin_with_mask(30, clip[0], MASK)
    sizes = {}
    for index in [*range(31, 60), *range(29, -1, -1)]:
        tracker.step(index, clip[index % 6])
        sizes[index] = held_bytes(vars(tracker._session))
    assert sizes[59] == sizes[45]
    assert sizes[0] == sizes[12]
    assert sizes[0] < 1.1 * sizes[59]


def held_bytes(value, seen=None):
    """Bytes of all tensors that can be reached, and a few for each key on the way."""
    seen = set() if seen is None else seen
    if isinstance(value, torch.Tensor):
        storage = value.untyped_storage()
        fresh = storage.data_ptr() not in seen
        seen.add(storage.data_ptr())
        return storage.nbytes() * fresh
    if isinstance(value, dict):
        return sum(8 + held_bytes(one, seen) for one in value.values())
    if isinstance(value, (list, tuple, set)):
        return sum(8 + held_bytes(one, seen) for one in value)
    return held_bytes(vars(value), seen) if hasattr(value, "__dict__") else 0


def test_equal_walks_see_equal_things(tracking):
    clip = frames(10)
    one, other = walked(tracking, clip), walked(tracking, clip)
    for index in one:
        assert one[index].score == other[index].score
        assert torch.equal(one[index].logits, other[index].logits)


def test_the_given_mask_is_taken_as_it_is(tracking):
    seen = Tracker(tracking).begin_with_mask(0, frames(1)[0], MASK)
    found = seen.mask(height=HEIGHT, width=WIDTH)
    assert (found & MASK).sum() / (found | MASK).sum() > 0.85  # its logits have a quarter of the model's side
    assert seen.score > 0


@pytest.mark.parametrize(
    "spec",
    [
        SelectSpec(box_px=(10.0, 5.0, 50.0, 30.0)),
        SelectSpec(points_px=PointsSpec(inside=((20.0, 20.0),))),
        SelectSpec(points_px=PointsSpec(inside=((20.0, 20.0), (30.0, 10.0)), outside=((5.0, 5.0),))),
        SelectSpec(box_px=(10.0, 5.0, 50.0, 30.0), points_px=PointsSpec(inside=((20.0, 20.0),))),
    ],
)
def test_clicks_reach_the_model(tracking, theirs, spec):
    clip = frames(1)
    clicks = clicks_of(spec)
    seen = Tracker(tracking).begin_with_clicks(0, clip[0], clicks, height=HEIGHT, width=WIDTH)
    model, session_class = theirs
    session = session_class(video=tracking.pixels(clip[0])[None], dtype=torch.float32)
    inputs = clicks.as_inputs(height=HEIGHT, width=WIDTH, side=SIDE)
    session.add_point_inputs(session.obj_id_to_idx(0), 0, inputs)
    session.obj_with_new_inputs = [0]
    out = model(session, frame_idx=0)
    assert torch.allclose(seen.logits, out.pred_masks[0, 0], atol=1e-4)
    elsewhere = clicks_of(SelectSpec(points_px=PointsSpec(inside=((58.0, 38.0),))))
    other = Tracker(tracking).begin_with_clicks(0, clip[0], elsewhere, height=HEIGHT, width=WIDTH)
    assert not torch.allclose(seen.logits, other.logits, atol=1e-3)
