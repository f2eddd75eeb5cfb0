"""Polygons: exact area."""

import numpy as np
import pytest

from r2s2r.stages.lift.masking.polygon import fill_polygon


def coverage_by_sampling(corners, height, width, samples=16):
    rows, columns = (np.indices((height * samples, width * samples)) + 0.5) / samples
    winding = np.zeros(rows.shape, int)
    for (x0, y0), (x1, y1) in zip(corners, np.roll(corners, -1, axis=0), strict=True):
        crosses_down, crosses_up = (y0 <= rows) & (rows < y1), (y1 <= rows) & (rows < y0)
        with np.errstate(divide="ignore", invalid="ignore"):
            left = x0 + (rows - y0) / (y1 - y0) * (x1 - x0) < columns
        winding += (crosses_down & left).astype(int) - (crosses_up & left).astype(int)
    return np.abs(winding.reshape(height, samples, width, samples).mean(axis=(1, 3)))


@pytest.mark.parametrize("seed", range(6))
def test_a_pixel_belongs_to_it_when_half_of_it_does(seed):
    corners = np.random.default_rng(seed).uniform(-5, 35, (3 + seed, 2))
    covered = coverage_by_sampling(corners, 28, 30)
    mask = fill_polygon(corners, height=28, width=30)
    clear = np.abs(covered - 0.5) > 0.03  # nearer than the sampling can tell
    assert np.array_equal(mask[clear], covered[clear] > 0.5)


def test_whole_pixels_are_exact():
    mask = fill_polygon(np.array([[2, 1], [7, 1], [7, 4], [2, 4.0]]), height=6, width=9)
    expected = np.zeros((6, 9), bool)
    expected[1:4, 2:7] = True
    assert np.array_equal(mask, expected)


def test_the_direction_does_not_matter():
    corners = np.random.default_rng(1).uniform(0, 20, (5, 2))
    one, other = (fill_polygon(points, height=20, width=20) for points in (corners, corners[::-1]))
    assert np.array_equal(one, other)


def test_a_circle_has_its_area():
    angle = np.linspace(0, 2 * np.pi, 400, endpoint=False)
    mask = fill_polygon(100.3 + 80 * np.stack([np.cos(angle), np.sin(angle)], axis=1), height=200, width=210)
    assert mask.sum() == pytest.approx(np.pi * 80**2, rel=2e-3)
