"""Selecting and following with SAM 2 and SAM 3, on tiny models: what they see is chance, what is made of it is not."""

import json
from functools import partial
from typing import Any

import numpy as np
import pytest
import torch

from r2s2r.artifacts.mask import Mask
from r2s2r.artifacts.progress import unheard
from r2s2r.errors import InputError, MissingError, StageError
from r2s2r.models.kept import KeptModel, anew
from r2s2r.models.segment.tracker import Tracker
from r2s2r.spec.segment import Sam2Spec, Sam3Spec, SegmentSpec
from r2s2r.spec.selection import PointsSpec, SelectSpec
from r2s2r.stages.lift import make_mask
from r2s2r.stages.lift.masking.sam2 import Sam2Segmenter
from r2s2r.stages.lift.masking.sam3 import Sam3Segmenter
from r2s2r.stages.lift.masking.small_frames import SmallFrames
from r2s2r.stages.lift.masking.tracked import Watch
from tests.lift.material import disc, grain, store_footage
from tests.models.segment.tiny import write_sam2, write_sam3

HEIGHT, WIDTH, COUNT, REFERENCE = 45, 83, 9, 4
GIVEN = disc(HEIGHT, WIDTH, 40, 20, 12)
POINTS = PointsSpec(inside=((40.0, 20.0),), outside=((5.0, 40.0),))
WRITERS: dict[str, Any] = {"sam2": write_sam2, "sam3": write_sam3}
SEGMENTERS: dict[str, Any] = {"sam2": (Sam2Segmenter, Sam2Spec), "sam3": (Sam3Segmenter, Sam3Spec)}


def weights(name, tmp_path_factory, **options):
    folder = tmp_path_factory.mktemp(name)
    WRITERS[name](folder, **options)
    return folder


def segmenter_of(name, folder, **options):
    segmenter, spec = SEGMENTERS[name]
    return segmenter(spec(weights=str(folder), **({"device": "cpu"} | options)), folder)


@pytest.fixture(scope="module", params=[*WRITERS])
def name(request):
    return request.param


@pytest.fixture(scope="module")
def folder(name, tmp_path_factory):
    return weights(name, tmp_path_factory)


@pytest.fixture(scope="module")
def segmenter(name, folder):
    return segmenter_of(name, folder)


@pytest.fixture(scope="module")
def blind(name, tmp_path_factory):
    """Sees nothing but what it is shown."""
    return segmenter_of(name, weights(name, tmp_path_factory, in_view=-50.0))


@pytest.fixture(scope="module")
def sam3(tmp_path_factory):
    return segmenter_of("sam3", weights("sam3", tmp_path_factory), min_score=0.02)


@pytest.fixture(scope="module")
def footage(tmp_path_factory):
    frames = [grain(HEIGHT, WIDTH, seed) for seed in range(COUNT)]
    return store_footage(tmp_path_factory.mktemp("sam") / "footage", frames, reference=REFERENCE)


def test_each_frame_comes_once_in_order_and_the_given_mask_is_kept(segmenter, footage, out):
    heard = []
    followed = list(segmenter.follow(footage, GIVEN, out, lambda done, total: heard.append((done, total))))
    assert len(followed) == COUNT
    assert followed[REFERENCE].mask is GIVEN
    assert all(frame.mask.shape == (HEIGHT, WIDTH) and frame.mask.dtype == bool for frame in followed)
    assert any(0 < frame.mask.mean() < 1 for frame in followed[:REFERENCE]), "backwards"
    assert any(0 < frame.mask.mean() < 1 for frame in followed[REFERENCE + 1 :]), "forwards"
    assert heard == [(done, COUNT) for done in range(2, COUNT + 1)]
    assert not [*out.iterdir()]


def test_the_masks_are_those_the_tracker_sees(segmenter, name, footage, out):
    model = segmenter._model if name == "sam2" else segmenter._model.tracking
    frames = [model.form.reduced(frame) for frame in footage.frames()]
    tracker = Tracker(model)
    tracker.begin_with_mask(REFERENCE, frames[REFERENCE], GIVEN)
    followed = list(segmenter.follow(footage, GIVEN, out, unheard))
    for index in [*range(REFERENCE + 1, COUNT), *range(REFERENCE - 1, -1, -1)]:
        seen = tracker.step(index, frames[index])
        assert np.array_equal(followed[index].mask, seen.mask(height=HEIGHT, width=WIDTH)), index
        assert followed[index].mask.any() or seen.score <= 0


@pytest.mark.parametrize("reference", [0, COUNT - 1])
def test_a_reference_frame_at_an_end_leaves_one_way(segmenter, tmp_path, out, reference):
    frames = [grain(HEIGHT, WIDTH, seed) for seed in range(3)]
    footage = store_footage(tmp_path / "footage", frames, reference=min(reference, 2))
    assert len([*segmenter.follow(footage, GIVEN, out, unheard)]) == 3


def test_one_frame_needs_no_following(segmenter, tmp_path, out):
    footage = store_footage(tmp_path / "footage", [grain(HEIGHT, WIDTH, 0)])
    (only,) = segmenter.follow(footage, GIVEN, out, unheard)
    assert only.mask is GIVEN
    assert not only.lost


def test_what_waits_waits_on_disk(segmenter, footage, out, monkeypatch):
    """Frames at the model's size, and masks as bits: no list of either."""
    written = []
    keep = SmallFrames.__setitem__

    def note(self, index, picture):
        written.append(picture.shape)
        keep(self, index, picture)

    monkeypatch.setattr(SmallFrames, "__setitem__", note)
    list(segmenter.follow(footage, GIVEN, out, unheard))
    assert written.count((64, 64, 3)) == REFERENCE
    assert written.count((HEIGHT, 11)) == COUNT - 1


def test_where_the_model_sees_it_not_the_mask_is_empty_and_the_frame_is_lost(blind, footage, out):
    followed = list(blind.follow(footage, GIVEN, out, unheard))
    for index, frame in enumerate(followed):
        assert frame.lost == (index != REFERENCE)
        assert frame.mask.any() == (index == REFERENCE)


@pytest.mark.parametrize(
    "spec",
    [
        SelectSpec(box_px=(20.0, 5.0, 60.0, 40.0)),
        SelectSpec(points_px=POINTS),
        SelectSpec(box_px=(20.0, 5.0, 60.0, 40.0), points_px=POINTS),
    ],
)
def test_boxes_and_points_select(segmenter, footage, spec):
    found = segmenter.find(spec, footage.reference_frame())
    assert found.mask.shape == (HEIGHT, WIDTH)
    assert found.mask.dtype == bool
    assert found.mask.any()
    again = segmenter.find(spec, footage.reference_frame())
    assert np.array_equal(found.mask, again.mask)
    assert found.findings == again.findings


def test_points_that_the_mask_contradicts_are_named(segmenter, footage):
    frame = footage.reference_frame()
    mask = segmenter.find(SelectSpec(box_px=(20.0, 5.0, 60.0, 40.0)), frame).mask
    rows, columns = np.nonzero(~mask)
    everywhere = tuple((float(x) + 0.5, float(y) + 0.5) for y, x in zip(rows[::200], columns[::200], strict=True))
    spec = SelectSpec(box_px=(20.0, 5.0, 60.0, 40.0), points_px=PointsSpec(inside=everywhere))
    found = segmenter.find(spec, frame)
    left_out = [point for point in everywhere if not found.mask[int(point[1]), int(point[0])]]
    assert left_out, "the tiny model is expected to leave some out"
    (finding,) = found.findings
    assert finding.startswith("its mask leaves out (")
    assert finding.count("), (") == len(left_out) - 1


def test_a_box_round_nothing_is_refused(blind, footage):
    with pytest.raises(InputError, match=r"select.box_px: the model sees nothing there \(it scores 0\.00"):
        blind.find(SelectSpec(box_px=(20.0, 5.0, 60.0, 40.0)), footage.reference_frame())


def test_equal_inputs_give_equal_bytes(name, folder, footage, tmp_path):
    spec = SegmentSpec.model_validate({"backend": name, name: {"weights": str(folder), "device": "cpu"}})
    polygon = SelectSpec(polygon_px=((20.0, 5.0), (60.0, 8.0), (40.0, 40.0)))
    kept = partial(KeptModel().use, "it")  # what it saw of another entity is not remembered
    another = SelectSpec(polygon_px=((5.0, 5.0), (15.0, 8.0), (10.0, 30.0)))
    for run, select, loading in (("one", polygon, anew), ("x", another, kept), ("other", polygon, kept)):
        (tmp_path / run).mkdir()
        make_mask(select, spec, footage, {"segment": folder}, tmp_path / run, unheard, loading)
    names = sorted(path.name for path in (tmp_path / "one").iterdir())
    assert names == ["facts.json", "masks.mkv", "reference.png"]
    for file in names:
        assert (tmp_path / "one" / file).read_bytes() == (tmp_path / "other" / file).read_bytes()
    assert len([*Mask.load(tmp_path / "one").frames()]) == COUNT


def test_text_becomes_a_mask_and_is_followed(footage, tmp_path_factory, out):
    folder = weights("sam3", tmp_path_factory)
    settings = {"weights": str(folder), "device": "cpu", "min_score": 0.02}
    spec = SegmentSpec.model_validate({"backend": "sam3", "sam3": settings})
    make_mask(SelectSpec(text="red ball"), spec, footage, {"segment": folder}, out, unheard)
    mask = Mask.load(out)
    assert len([*mask.frames()]) == COUNT
    assert mask.reference_mask().any()


def test_text_takes_the_best_and_tells_of_the_others(sam3, footage):
    frame = footage.reference_frame()
    found = sam3.find(SelectSpec(text="red ball"), frame)
    sightings = sam3._model.sightings("red ball", sam3._model.tracking.form.reduced(frame))
    believed = [one for one in sightings if one.score >= 0.02]
    assert len(believed) > 1
    (finding,) = found.findings
    assert finding.startswith(f"{len(believed)} things in the picture are 'red ball'; the one that scores ")
    assert f"{believed[0].score:.2f} at box [" in finding
    assert f"the others: {believed[1].score:.2f} at box [" in finding
    assert finding.endswith("give box_px to take another")


def test_text_that_finds_nothing_says_what_was_seen(sam3, footage, tmp_path_factory):
    strict = segmenter_of("sam3", weights("sam3", tmp_path_factory), min_score=0.99)
    frame = footage.reference_frame()
    best = strict._model.sightings("red ball", strict._model.tracking.form.reduced(frame))[0]
    with pytest.raises(InputError) as caught:
        strict.find(SelectSpec(text="red ball"), frame)
    assert caught.value.field == "select.text"
    message = caught.value.message
    assert message.startswith(f"nothing scores 0.99 or more for 'red ball'; best: {best.score:.2f} at box [")
    assert message.endswith("say it otherwise, lower segment.sam3.min_score, or give box_px")


def test_sam2_reads_no_text(footage, tmp_path_factory):
    segmenter = segmenter_of("sam2", weights("sam2", tmp_path_factory))
    with pytest.raises(InputError, match=r"select.text: SAM 2 reads no text; set segment.backend: sam3"):
        segmenter.find(SelectSpec(text="red ball"), footage.reference_frame())


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a GPU here")
def test_without_a_gpu_it_says_so_before_it_loads_anything(name, tmp_path):
    with pytest.raises(MissingError, match=rf"segment.{name} needs a GPU .*device: cpu"):
        segmenter_of(name, tmp_path / "absent", device="auto")


def test_memory_that_runs_out_is_explained(segmenter, name, footage, monkeypatch, out):
    def fill(*arguments, **options):
        raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2 GiB")

    monkeypatch.setattr(Tracker, "step", fill)
    with pytest.raises(StageError, match=rf"segment.{name}: memory ran out .*precision: bf16"):
        list(segmenter.follow(footage, GIVEN, out, unheard))


def test_weights_of_another_model_are_named(name, tmp_path):
    (tmp_path / "config.json").write_text(json.dumps({"model_type": "bert"}))
    with pytest.raises(InputError, match=f"has the weights of a bert, but a {name}_video is needed"):
        segmenter_of(name, tmp_path)


def test_what_went_out_at_the_border_is_not_lost():
    watch = Watch(disc(100, 100, 50, 50, 20))
    assert not watch.loses(disc(100, 100, 90, 50, 20))
    assert not watch.loses(disc(100, 100, 115, 50, 20))  # less than a quarter of it is in view
    assert not watch.loses(np.zeros((100, 100), bool))


def test_what_vanishes_within_the_picture_is_lost_until_it_is_back():
    watch = Watch(disc(100, 100, 50, 50, 20))
    assert watch.loses(np.zeros((100, 100), bool))
    assert not watch.loses(disc(100, 100, 52, 50, 20))


def test_what_vanishes_while_it_is_large_at_the_border_is_lost():
    watch = Watch(disc(100, 100, 50, 50, 20))
    assert not watch.loses(disc(100, 100, 95, 50, 20))
    assert watch.loses(np.zeros((100, 100), bool))
