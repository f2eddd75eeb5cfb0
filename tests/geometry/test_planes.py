"""Planes through points."""

import numpy as np
import pytest

from r2s2r.geometry.camera import source_world_from_camera
from r2s2r.geometry.planes import level_planes, pitch_deg_over

UP = np.array([0.0, -1.0, 0.0])  # of a level camera, in its own frame


def test_a_level_plane_has_its_normal_upwards_and_the_height_over_it_whichever_way_it_is_gone_round():
    corners = np.array([[0, 1.5, 2], [1, 1.5, 3], [-1, 1.5, 4.0]])
    planes = level_planes(np.stack([corners, corners[::-1]]), UP, 30.0)
    assert np.allclose(planes, [[0, -1, 0, 1.5]] * 2)


@pytest.mark.parametrize(
    "corners",
    [
        [[0, 1, 2], [0, 2, 2], [1, 1, 2]],  # a wall
        [[0, -1, 2], [1, -1, 3], [-1, -1, 4]],  # a ceiling
        [[0, 1, 2], [0, 1, 3], [0, 1, 4]],  # a line
    ],
)
def test_walls_ceilings_and_lines_are_left_out(corners):
    assert level_planes(np.array([corners], float), UP, 30.0).shape == (0, 4)


@pytest.mark.parametrize("pitch_deg", [-40.0, 0.0, 12.5])
def test_the_pitch_over_the_ground_is_the_cameras(pitch_deg):
    assert pitch_deg_over(source_world_from_camera(1.6, pitch_deg)[1, :3]) == pytest.approx(pitch_deg)
