"""Several samples a pixel: where they lie, and that they leave the ids alone."""

import numpy as np
import pytest

from r2s2r.geometry.framing import Rectangle
from tests.render.conftest import scene_mesh
from tests.render.contract.scenes import random_scene
from tests.render.shapes import placed, plain, sheet, view_of


@pytest.mark.parametrize("supersampling", [2, 4])
def test_samples_are_the_picture_that_many_times_as_fine(contender, supersampling):
    mesh, view = random_scene(1, height=61, width=93)
    fine = view_of(
        height=61 * supersampling,
        width=93 * supersampling,
        camera_from_entity=view.camera_from_entity,
        visible=view.visible,
        intrinsics=np.diag([supersampling, supersampling, 1.0]) @ view.intrinsics,
        active=Rectangle(0, 0, 93 * supersampling, 61 * supersampling),
    )
    seen = contender.visibility(mesh, view, supersampling)
    assert seen.samples.shape == (61 * supersampling, 93 * supersampling)
    assert np.count_nonzero(seen.samples != contender.faces(mesh, fine)) <= (0 if contender.in_doubles else 10)


def test_one_sample_is_the_pixels_centre(contender):
    seen = contender.visibility(*random_scene(2))
    assert seen.samples is seen.face_idx


@pytest.mark.parametrize("supersampling", [2, 4])
def test_ids_are_the_same_with_any_number_of_samples(contender, supersampling):
    mesh, view = random_scene(0, height=90, width=160)
    one, many = contender.drawn(mesh, view), contender.drawn(mesh, view, supersampling=supersampling)
    assert np.array_equal(one.ids, many.ids)
    assert np.array_equal(contender.faces(mesh, view), contender.visibility(mesh, view, supersampling).face_idx)


def test_the_samples_of_a_pixel_lie_in_it_evenly(contender):
    """A sheet that ends a quarter into a column of pixels holds the leftmost of their four samples."""
    # Eight metres away a metre is eight pixels: it reaches from 16.25 to 80.25, and from 29 to 61.
    view = view_of(placed(x=-4 + 0.25 / 8, z=-8.0), intrinsics=np.array([[64.0, 0, 80], [0, 64, 45], [0, 0, 1]]))
    samples = contender.visibility(scene_mesh(sheet(4, 2, plain())), view, 4).samples >= 0
    assert np.flatnonzero(samples[180]).tolist() == list(range(16 * 4 + 1, 80 * 4 + 1))
    assert np.flatnonzero(samples[:, 200]).tolist() == list(range(29 * 4, 61 * 4))
