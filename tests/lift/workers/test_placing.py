"""Where models' outputs lie in the world, by hand for each axis, and against an independent derivation."""

import numpy as np
import pytest

from r2s2r.geometry.camera import Camera
from r2s2r.stages.lift.entities.silhouette import silhouette
from r2s2r.stages.lift.workers.placing import ObjectPose, place, place_body
from tests.lift.material import overlap
from tests.lift.rasteriser import covered_by_triangles
from tests.lift.workers.truth import asymmetric, camera, glb_of

# Its frame is the world's: x right, y down, z forward.
OPENCV = Camera(np.eye(4), np.array([[100.0, 0, 50], [0, 100, 50], [0, 0, 1]]), 100, 100)
HALF = np.sqrt(0.5)


def placed(point, *, rotation=(1.0, 0, 0, 0), translation=(0.0, 0, 0), scale=(1.0, 1, 1), view=OPENCV):
    pose = ObjectPose(*(np.array(one, float) for one in (rotation, translation, scale)))
    return place(np.array([point], float), pose, view)[0]


@pytest.mark.parametrize(
    ("glb", "opencv"),
    [((1, 0, 0), (-1, 0, 0)), ((0, 1, 0), (0, 0, 1)), ((0, 0, 1), (0, 1, 0))],
    ids=["x is left", "y, up in the file, is forward", "z is down"],
)
def test_each_axis_of_an_unturned_file(glb, opencv):
    assert np.allclose(placed(glb), opencv)


@pytest.mark.parametrize(
    ("translation", "opencv"), [((1, 0, 0), (-1, 0, 0)), ((0, 1, 0), (0, -1, 0)), ((0, 0, 1), (0, 0, 1))]
)
def test_each_axis_of_a_shift_is_pytorch3ds(translation, opencv):
    assert np.allclose(placed((0, 0, 0), translation=translation), opencv)


@pytest.mark.parametrize(
    ("rotation", "glb", "opencv"),
    [
        ((HALF, HALF, 0, 0), (0, 1, 0), (0, -1, 0)),  # stands upright before a level camera
        ((HALF, HALF, 0, 0), (1, 0, 0), (-1, 0, 0)),
        ((HALF, HALF, 0, 0), (0, 0, 1), (0, 0, 1)),
        ((HALF, 0, HALF, 0), (1, 0, 0), (0, 0, 1)),
        ((HALF, 0, 0, HALF), (1, 0, 0), (0, 1, 0)),
    ],
)
def test_quarter_turns_have_w_first_and_turn_rows(rotation, glb, opencv):
    assert np.allclose(placed(glb, rotation=rotation), opencv)


def test_scales_are_along_canonical_axes_and_come_before_the_turn():
    assert np.allclose(placed((0, 1, 0), rotation=(HALF, HALF, 0, 0), scale=(2, 3, 5)), (0, -5, 0))
    assert np.allclose(placed((0, 0, 1), scale=(2, 3, 5)), (0, 3, 0))
    assert np.allclose(placed((1, 0, 0), scale=(2, 3, 5), translation=(0, 0, 4)), (-2, 0, 4))


def test_the_camera_carries_it_into_the_world():
    level = camera()
    at = placed((0, 0, 0), translation=(0, 0, 3), view=level)
    assert np.allclose(level.project(at)[0], [160, 120])
    assert np.linalg.norm(at - level.position_m) == pytest.approx(3)


@pytest.mark.parametrize("seed", range(3))
def test_a_turned_scaled_shifted_asymmetric_mesh_is_where_columns_put_it_and_covers_the_same_pixels(seed):
    random = np.random.default_rng(seed)
    mesh, view = asymmetric(), camera(90, 120)
    truth = np.asarray(mesh.vertices) * 1.3 + [0.3, 0.1, -4]
    pose = {"rotation": random.normal(size=4), "translation": random.normal(size=3), "scale": np.full(3, 0.7)}
    glb = glb_of(truth, view, **pose)
    vertices = place(glb, ObjectPose(**pose), view)
    assert np.allclose(vertices, truth, atol=1e-9)
    covered = silhouette(vertices, np.asarray(mesh.faces, np.int32), view)
    assert overlap(covered, covered_by_triangles(truth, mesh.faces, view)) == 1


def test_a_body_has_opencvs_axes_about_its_own_origin():
    vertices = np.array([[0.0, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1]])
    assert np.allclose(place_body(vertices, np.array([0.1, 0.2, 3]), OPENCV), vertices + np.array([0.1, 0.2, 3]))
    level = camera()
    feet, head = place_body(np.array([[0, 0.8, 0], [0, -0.8, 0]]), np.array([0, 0, 4.0]), level)
    assert head[1] > feet[1] + 1.5
