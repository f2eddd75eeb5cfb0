"""Real pictures, with outlines drawn by hand: each shape keeps the silhouette it was given."""

import pytest

from benchmarks.pictures.drawn import CLIPS, drawn, names
from tests.lift.material import camera_of, overlap
from tests.lift.test_shapes import SHAPES, covered_by, is_solid, lift


def assert_kept(selection, shape):
    frame = selection.picture
    mask = selection.mask(*frame.shape[:2])
    camera = camera_of(*mask.shape)
    mesh = lift(mask, shape, camera=camera, frame=frame)
    assert overlap(covered_by(mesh, camera), mask) >= 0.99
    assert is_solid(mesh)
    assert len(mesh.faces) <= 25_000


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("name", names("skimage"))
def test_a_photographs_silhouette_is_kept(name, shape):
    assert_kept(drawn(name), shape)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("name", names("clip"))
def test_a_clips_silhouette_is_kept(name, shape, shared):
    found = drawn(name, (shared / "media", CLIPS))
    if found is None:
        pytest.skip(f"needs the clip of {name}; `make demo` fetches the demo's")
    assert_kept(found, shape)
