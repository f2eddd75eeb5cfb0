"""Clicks and masks at a model's size."""

import numpy as np
import torch

from r2s2r.models.segment.prompts import clicks_of, mask_from_logits, mask_input
from r2s2r.spec.selection import PointsSpec, SelectSpec

POINTS = PointsSpec(inside=((50.0, 20.0), (10.0, 30.0)), outside=((90.0, 5.0),))


def test_a_boxes_corners_come_before_the_points_that_refine_it():
    clicks = clicks_of(SelectSpec(box_px=(5.0, 6.0, 60.0, 40.0), points_px=POINTS))
    assert clicks.points_px.tolist() == [[5, 6], [60, 40], [50, 20], [10, 30], [90, 5]]
    assert clicks.labels.tolist() == [2, 3, 1, 1, 0]


def test_points_alone_say_inside_or_outside():
    clicks = clicks_of(SelectSpec(points_px=POINTS))
    assert clicks.labels.tolist() == [1, 1, 0]


def test_the_centre_of_a_pixel_becomes_a_whole_number():
    clicks = clicks_of(SelectSpec(points_px=PointsSpec(inside=((10.5, 20.5),))))
    inputs = clicks.as_inputs(height=64, width=64, side=64)
    assert inputs["point_coords"].tolist() == [[[[10.0, 20.0]]]]
    assert inputs["point_labels"].tolist() == [[[1]]]


def test_a_point_keeps_its_place_when_the_picture_is_stretched():
    clicks = clicks_of(SelectSpec(points_px=PointsSpec(inside=((100.0, 25.0),))))
    inputs = clicks.as_inputs(height=50, width=200, side=64)
    assert inputs["point_coords"].tolist() == [[[[31.5, 31.5]]]]


def test_a_mask_survives_the_way_to_the_model_and_back():
    mask = np.zeros((90, 160), bool)
    mask[20:70, 40:120] = True
    given = mask_input(mask, side=64)
    assert given.shape == (1, 1, 64, 64)
    assert set(given.unique().tolist()) == {0.0, 1.0}
    back = mask_from_logits(given[0, 0] - 0.5, height=90, width=160)
    assert (back & mask).sum() / (back | mask).sum() > 0.95


def test_logits_are_judged_at_the_pictures_size():
    logits = torch.tensor([[-1.0, 3.0]])
    mask = mask_from_logits(logits, height=1, width=8)
    assert mask.tolist() == [[False, False, False, True, True, True, True, True]]
