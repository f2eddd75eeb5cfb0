"""What SAM 3 sees that a text describes, against the detection of transformers' video model."""

import numpy as np
import pytest
import torch
from transformers.models.sam3_video.modeling_sam3_video import Sam3VideoInferenceSession

from r2s2r.errors import InputError
from r2s2r.models.segment.sightings import Sighting, distinct
from tests.models.segment.tiny import SIDE

FRAME = np.random.default_rng(5).integers(0, 256, (SIDE, SIDE, 3), dtype=np.uint8)


@torch.inference_mode()
def detected(sam3, text):
    """Scores, boxes and masks of transformers' ``run_detection``; its NMS needs a package and lets all pass without."""
    model = sam3.model
    session = Sam3VideoInferenceSession(dtype=torch.float32)
    prompt = session.add_prompt(text)
    read = sam3.tokenizer(text, return_tensors="pt", padding="max_length", max_length=16)
    session.prompt_input_ids[prompt] = read.input_ids
    session.prompt_attention_masks[prompt] = read.attention_mask
    eyes = model.detector_model.get_vision_features(pixel_values=sam3.tracking.pixels(FRAME)[None])
    (found,) = model.run_detection(session, eyes).values()
    return found


@pytest.mark.parametrize("text", ["red ball", "a small dog"])
def test_scores_boxes_and_masks_are_the_models(sam3, text, monkeypatch):
    monkeypatch.setattr(sam3.model, "score_threshold_detection", 0.01)
    found = detected(sam3, text)
    sightings = sam3.sightings(text, FRAME)
    assert sightings
    scores = found["scores"].tolist()
    assert sightings[0].score == pytest.approx(max(scores), abs=1e-5)
    for one in sightings:
        query = int(np.argmin(np.abs(np.array(scores) - one.score)))
        assert one.score == pytest.approx(scores[query], abs=1e-5)
        assert torch.allclose(one.logits, found["mask"][query], atol=1e-3)
        assert np.allclose(one.box, found["bbox"][query].clamp(0, 1), atol=1e-4)


def test_another_text_is_seen_elsewhere(sam3):
    one, other = sam3.sightings("red ball", FRAME), sam3.sightings("a small dog", FRAME)
    assert one[0].score != other[0].score


def test_equal_texts_see_equal_things(sam3):
    one, other = sam3.sightings("red ball", FRAME), sam3.sightings("red ball", FRAME)
    assert [sighting.score for sighting in one] == [sighting.score for sighting in other]
    assert all(torch.equal(a.logits, b.logits) for a, b in zip(one, other, strict=True))


def test_a_text_longer_than_the_model_reads_is_refused(sam3):
    with pytest.raises(InputError, match=r"select.text: is \d+ tokens long, and the model reads 16; say it shorter"):
        sam3.sightings("a rather long description of a small grey rabbit", FRAME)


def sighting(score, columns):
    logits = torch.full((8, 8), -1.0)
    logits[:, columns] = 1.0
    return Sighting(score, (0, 0, 1, 1), logits)


def test_a_thing_that_is_seen_twice_counts_once():
    twice = [sighting(0.6, slice(0, 4)), sighting(0.9, slice(0, 5)), sighting(0.3, slice(5, 8))]
    assert [one.score for one in distinct(twice, max_overlap=0.5)] == [0.9, 0.3]


def test_of_equal_scores_the_first_is_kept():
    first, second = sighting(0.5, slice(0, 4)), sighting(0.5, slice(0, 4))
    assert distinct([first, second], max_overlap=0.1) == [first]
