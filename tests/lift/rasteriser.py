"""The slow reference: what triangles cover, pixel by pixel and triangle by triangle."""

import numpy as np


def covered_by_triangles(vertices_world, faces, camera):
    """Pixels [H, W] whose centre's ray meets a triangle, by solving for the ray's barycentric coordinates."""
    rows, columns = np.indices((camera.height, camera.width))
    rays = camera.rays(np.stack([columns, rows], axis=2) + 0.5)
    covered = np.zeros((camera.height, camera.width), bool)
    for face in faces:
        corners = np.asarray(vertices_world, float)[face] - camera.position_m
        if abs(np.linalg.det(corners)) < 1e-15:
            continue
        # ray = sum of weights * corners: it meets the triangle where no weight is negative.
        weights = rays @ np.linalg.inv(corners)
        covered |= (weights >= -1e-12).all(axis=2)
    return covered
