"""Random scenes, held against the oracle pixel by pixel."""

import numpy as np
import pytest
import trimesh
from scipy.spatial.transform import Rotation

from r2s2r.geometry.transforms import Array
from tests.render.conftest import drawn, scene_mesh
from tests.render.oracle import true_passes
from tests.render.shapes import box, mesh_of, placed, sphere, view_of

TORUS = mesh_of(trimesh.creation.torus(0.7, 0.3, major_sections=24, minor_sections=12), smooth=True)


def somewhere(random: np.random.Generator, near: float, far: float) -> Array:
    """Turned, stretched, sometimes mirrored."""
    stretch = np.diag(random.uniform(0.4, 1.4, 3) * random.choice([-1, 1], 3))
    turn = Rotation.from_quat(random.normal(size=4)).as_matrix()
    depth_m = random.uniform(near, far)
    return placed(random.uniform(-1, 1) * depth_m / 2.5, random.uniform(-1, 1) * depth_m / 5, -depth_m, turn @ stretch)


@pytest.mark.parametrize("seed", range(3))
def test_the_cpu_backend_agrees_with_the_oracle_on_random_scenes(seed):
    random = np.random.default_rng(seed)
    mesh = scene_mesh(box(), sphere(2), TORUS, box())
    # The last is a room round the camera, so its walls cross the near plane.
    room = placed(0.5, -0.3, -1.0, Rotation.from_quat(random.normal(size=4)).as_matrix() * random.uniform(12, 20))
    view = view_of(*(somewhere(random, 2.0, 5.0) for _ in range(3)), room, height=180, width=320)
    truth, layers = true_passes(mesh, view), drawn(mesh, view)
    assert set(np.unique(truth.ids)) == {1, 2, 3, 4}
    assert np.count_nonzero(layers.ids != truth.ids) <= 10
    both = layers.ids == truth.ids
    depth_error = np.abs(layers.depth_m[both] / truth.depth_m[both] - 1)
    assert np.percentile(depth_error, 99.9) <= 1e-5
    apart_deg = np.degrees(np.linalg.norm(layers.normal[both] - truth.normal[both], axis=-1))
    assert np.percentile(apart_deg, 99.9) <= 0.05


def test_faces_crossing_the_near_plane_are_cut_where_the_oracle_cuts_them():
    mesh = scene_mesh(box())
    view = view_of(placed(0.3, -0.2, -0.9, np.diag([3.0, 2.0, 2.5])), near_m=0.5, height=180, width=320)
    truth, layers = true_passes(mesh, view), drawn(mesh, view)
    assert np.count_nonzero(layers.ids != truth.ids) <= 10
    assert layers.depth_m[layers.ids > 0].min() >= 0.5
