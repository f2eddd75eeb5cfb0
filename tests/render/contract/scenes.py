"""Scenes drawn from a seed."""

from functools import cache

import numpy as np
import trimesh
from scipy.spatial.transform import Rotation

from r2s2r.geometry.transforms import Array
from r2s2r.stages.render.scene_mesh import SceneMesh
from r2s2r.stages.render.view import View
from tests.render.conftest import scene_mesh
from tests.render.oracle import Truth, true_passes
from tests.render.shapes import box, mesh_of, placed, sphere, view_of

TORUS = mesh_of(trimesh.creation.torus(0.7, 0.3, major_sections=24, minor_sections=12), smooth=True)


def somewhere(random: np.random.Generator, near: float, far: float) -> Array:
    """Turned, stretched, sometimes mirrored."""
    stretch = np.diag(random.uniform(0.4, 1.4, 3) * random.choice([-1, 1], 3))
    turn = Rotation.from_quat(random.normal(size=4)).as_matrix()
    depth_m = random.uniform(near, far)
    return placed(random.uniform(-1, 1) * depth_m / 2.5, random.uniform(-1, 1) * depth_m / 5, -depth_m, turn @ stretch)


def random_scene(seed: int, height: int = 120, width: int = 214) -> tuple[SceneMesh, View]:
    """Three things in a room round the camera, whose walls cross the near plane."""
    random = np.random.default_rng(seed)
    room = placed(0.5, -0.3, -1.0, Rotation.from_quat(random.normal(size=4)).as_matrix() * random.uniform(12, 20))
    things = [somewhere(random, 2.0, 5.0) for _ in range(3)]
    return scene_mesh(box(), sphere(2), TORUS, box()), view_of(*things, room, height=height, width=width)


@cache
def truth_of_random_scene(seed: int) -> Truth:
    """What brute force sees of it, worked out once for all backends."""
    return true_passes(*random_scene(seed))


def dense_scene(seed: int, height: int = 180, width: int = 320) -> tuple[SceneMesh, View]:
    """Balls of faces that are smaller than pixels, partly outside the picture and partly in one another."""
    random = np.random.default_rng(seed)
    balls = [sphere(4) for _ in range(4)]
    poses = [somewhere(random, 3.0, 6.0) for _ in balls]
    return scene_mesh(*balls), view_of(*poses, height=height, width=width)
