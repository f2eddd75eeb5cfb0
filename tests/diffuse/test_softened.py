"""Softened silhouettes."""

import numpy as np
import pytest
from scipy.ndimage import distance_transform_edt

from r2s2r.stages.diffuse.axes import in_convention
from r2s2r.stages.diffuse.softened import softened
from tests.diffuse.normal_films import FILMS


@pytest.fixture(scope="module")
def picture():
    """Return normals of several things."""
    return FILMS["several things"]()[1]


def depth_px(picture):
    """Return how far pixels' centres lie inside the silhouette."""
    return distance_transform_edt(picture.any(axis=2)) - 0.5


def test_nothing_changes_without_softening(picture):
    np.testing.assert_array_equal(softened(picture, 0), picture)


@pytest.mark.parametrize("soften_px", [0.7, 2, 5.5, 20])
def test_the_background_stays_black_and_the_inside_as_it_is(picture, soften_px):
    faded = softened(picture, soften_px)
    assert not faded[~picture.any(axis=2)].any()
    inside = depth_px(picture) >= soften_px
    np.testing.assert_array_equal(faded[inside], picture[inside])
    assert (faded <= picture).all()


def test_it_fades_evenly_towards_the_silhouette(picture):
    blue, share = picture[..., 2] > 0, softened(picture, 4)[..., 2] / np.maximum(picture[..., 2], 1)
    reach = depth_px(picture)
    means = [share[blue & (reach > low) & (reach <= low + 1)].mean() for low in (0, 1, 2, 3)]
    assert means == sorted(means)
    assert means[0] < 0.15 < 0.85 < means[-1]


def test_where_the_border_cuts_an_entity_there_is_no_silhouette():
    cut = FILMS["cut by the border"]()[0]
    np.testing.assert_array_equal(softened(cut, 4)[40:50, -1], cut[40:50, -1])


def test_an_entity_that_fills_the_picture_has_no_silhouette():
    full = np.full((20, 30, 3), (128, 128, 255), np.uint8)
    np.testing.assert_array_equal(softened(full, 4), full)


def test_other_axes_fade_to_black_too(picture):
    turned = in_convention(picture, "opencv")
    faded = softened(turned, 3)
    assert not faded[~turned.any(axis=2)].any()
    assert (faded <= turned).all()
