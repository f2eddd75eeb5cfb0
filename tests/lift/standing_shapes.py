"""Known closed meshes that stand on the ground, as a known camera sees them: the truth that placing is held against."""

import itertools

import numpy as np
import trimesh

from r2s2r.stages.lift.entities.silhouette import silhouette
from tests.lift.material import camera_of

HEIGHT, WIDTH = 540, 960
CAMERAS = {
    "eye level": {"fov_deg": 50.0, "camera_height_m": 1.6, "pitch_deg": -10.0},
    "long lens": {"fov_deg": 35.0, "camera_height_m": 1.2, "pitch_deg": -6.0},
    "from above": {"fov_deg": 65.0, "camera_height_m": 2.5, "pitch_deg": -25.0},
    "from a roof": {"fov_deg": 50.0, "camera_height_m": 4.0, "pitch_deg": -40.0},
}


def _standing(mesh, turned_deg=0.0):
    """Z up to Y up, its base's middle on the origin."""
    mesh = mesh.copy()
    mesh.apply_transform(trimesh.transformations.rotation_matrix(np.radians(turned_deg), (0, 0, 1)))
    mesh.apply_transform(trimesh.transformations.rotation_matrix(-np.pi / 2, (1, 0, 0)))
    mesh.apply_translation((0, -mesh.bounds[0, 1], 0))
    return mesh


def _person():
    parts = [
        trimesh.creation.box((0.4, 0.22, 0.6)).apply_translation((0, 0, 1.1)),
        trimesh.creation.icosphere(3, 0.12).apply_translation((0, 0, 1.6)),
    ]
    for side in (-1, 1):
        parts.append(trimesh.creation.cylinder(0.08, 0.85).apply_translation((side * 0.13, 0, 0.425)))
        parts.append(trimesh.creation.box((0.1, 0.27, 0.08)).apply_translation((side * 0.13, -0.05, 0.04)))
        parts.append(trimesh.creation.cylinder(0.05, 0.6).apply_translation((side * 0.28, 0, 1.1)))
    return trimesh.util.concatenate(parts)


def _dog():
    parts = [
        trimesh.creation.box((0.7, 0.24, 0.26)).apply_translation((0, 0, 0.5)),
        trimesh.creation.icosphere(3, 0.13).apply_translation((0.42, 0, 0.7)),
    ]
    for x, y in itertools.product((-0.28, 0.28), (-0.09, 0.09)):
        parts.append(trimesh.creation.cylinder(0.04, 0.4).apply_translation((x, y, 0.2)))
    return trimesh.util.concatenate(parts)


def _chair():
    parts = [
        trimesh.creation.box((0.45, 0.45, 0.05)).apply_translation((0, 0, 0.45)),
        trimesh.creation.box((0.45, 0.05, 0.5)).apply_translation((0, 0.2, 0.7)),
    ]
    for x, y in itertools.product((-0.2, 0.2), (-0.2, 0.2)):
        parts.append(trimesh.creation.box((0.04, 0.04, 0.45)).apply_translation((x, y, 0.225)))
    return trimesh.util.concatenate(parts)


def _car():
    parts = [
        trimesh.creation.box((1.6, 0.7, 0.35)).apply_translation((0, 0, 0.35)),
        trimesh.creation.box((0.9, 0.62, 0.3)).apply_translation((-0.1, 0, 0.65)),
    ]
    for x, y in itertools.product((-0.5, 0.5), (-0.3, 0.3)):
        wheel = trimesh.creation.cylinder(0.17, 0.1)
        wheel.apply_transform(trimesh.transformations.rotation_matrix(np.pi / 2, (1, 0, 0)))
        parts.append(wheel.apply_translation((x, y, 0.17)))
    return trimesh.util.concatenate(parts)


SHAPES = {
    "crate": _standing(trimesh.creation.box((0.5, 0.5, 0.5))),
    "turned crate": _standing(trimesh.creation.box((0.5, 0.5, 0.5)), 30),
    "crate on its corner": _standing(trimesh.creation.box((0.5, 0.5, 0.5)), 45),
    "cabinet": _standing(trimesh.creation.box((0.4, 0.4, 1.2)), 20),
    "chest": _standing(trimesh.creation.box((0.9, 0.6, 0.35)), 15),
    "ball": _standing(trimesh.creation.icosphere(4, 0.3)),
    "barrel": _standing(trimesh.creation.cylinder(0.25, 0.7)),
    "cone": _standing(trimesh.creation.cone(0.3, 0.9)),
    "person": _standing(_person()),
    "person turned": _standing(_person(), 40),
    "dog from its side": _standing(_dog(), 20),
    "dog from behind": _standing(_dog(), 75),
    "chair": _standing(_chair(), 30),
    "chair from behind": _standing(_chair(), 160),
    "car from its side": _standing(_car(), 10),
    "car": _standing(_car(), 50),
}


def camera(name):
    return camera_of(HEIGHT, WIDTH, **CAMERAS[name])


def vertices_of(shape, x_m, distance_m):
    return np.asarray(SHAPES[shape].vertices, float) + np.array([x_m, 0, -distance_m])


def seen(shape, view, x_m, distance_m):
    """Its mask; None where it is not wholly in the picture."""
    vertices = vertices_of(shape, x_m, distance_m)
    pixels, _ = view.project(vertices)
    if (pixels < 1).any() or (pixels > [view.width - 1, view.height - 1]).any():
        return None
    return silhouette(vertices, SHAPES[shape].faces.astype(np.int32), view)


def depth_of(view, point_m):
    return float(view.project(np.asarray(point_m, float)[None])[1][0])
