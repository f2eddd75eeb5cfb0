"""Blender: it reads our USD and our GLB, its camera sees what ours does, and what is moved there comes back."""

from pathlib import Path

import numpy as np
import pytest

from benchmarks.editing.blender import MOST_PX, blender_errors
from benchmarks.peers.blender import NEEDED, blenders_python
from r2s2r.media.animations import read_animation
from r2s2r.media.animations.axes import object_from_mesh
from r2s2r.media.glb.shot import write_glb_shot
from r2s2r.media.usd import write_usd
from tests.blender import in_blender
from tests.edit.conftest import box
from tests.media.animations.shots import FRAMES, glb_shot, placed, poses, usd_shot

NAMES = {"bunny": "bunny", "crate.1": "crate_1"}
_MOVES = Path(__file__).with_name("move_in_blender.py")


def test_its_camera_sees_points_where_ours_does(tmp_path):
    if (python := blenders_python()) is None:
        pytest.skip(NEEDED)
    errors_px = blender_errors(python, tmp_path)
    assert len(errors_px) == 2
    assert max(errors_px.values()) <= MOST_PX


@pytest.mark.parametrize("given", ["shot.usda", "shot.glb"])
@pytest.mark.parametrize("saved", ["moved.usda", "moved.glb"])
def test_what_is_moved_there_comes_back(tmp_path, given, saved):
    """Blender moves the crate by 0.5 m to the right and 0.25 m up; the rest has to be as it was."""
    write_usd(tmp_path, usd_shot())
    write_glb_shot(tmp_path / "shot.glb", glb_shot())
    in_blender(_MOVES, tmp_path / given, tmp_path / saved, FRAMES)
    recorded = read_animation(tmp_path / saved)
    assert recorded.moments == FRAMES
    found = recorded.of(NAMES)
    for name, mesh in {"bunny": box(), "crate.1": box(0.5)}.items():
        matrices = found[name].world_from_object @ object_from_mesh(mesh.vertices, found[name].points)
        shift = np.array([0.5, 0.25, 0]) if name == "crate.1" else np.zeros(3)
        np.testing.assert_allclose(matrices[:, :3, 3], placed()[name][:, :3, 3] + shift, atol=1e-5)
        np.testing.assert_allclose(matrices[:, :3, :3], placed()[name][:, :3, :3], atol=1e-5)
    camera = recorded.camera
    assert camera is not None
    np.testing.assert_allclose(camera.world_from_camera, poses(), atol=1e-5)
