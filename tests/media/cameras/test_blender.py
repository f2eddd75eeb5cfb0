"""The script for Blender, run by Blender: its camera sees what ours does."""

import json
import math
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from r2s2r.media.cameras.writers.blender import write_blender
from tests.blender import in_blender
from tests.media.cameras.tracks import COUNT, FPS, HEIGHT, WIDTH, seen, track

LOOK = """\
import json, runpy, sys
import bpy
from bpy_extras.object_utils import world_to_camera_view
from mathutils import Vector

runpy.run_path(sys.argv[1], run_name="__main__")
runpy.run_path(sys.argv[1], run_name="__main__")
scene = bpy.context.scene
render = scene.render
points = json.loads(open(sys.argv[2]).read())
found = []
for frame, some in enumerate(points):
    scene.frame_set(frame)
    seen = [world_to_camera_view(scene, scene.camera, Vector((x, -z, y))) for x, y, z in some]
    found.append([[one.x * render.resolution_x, (1 - one.y) * render.resolution_y] for one in seen])
cameras = [one.name for one in bpy.data.objects if one.type == "CAMERA"]
about = [scene.camera.name, scene.frame_start, scene.frame_end, render.resolution_x, render.resolution_y, cameras]
print(json.dumps([about, render.fps / render.fps_base, found]))
"""


@pytest.mark.parametrize("how", [{}, {"steep": True}, {"centre": (12.5, -7.25), "stretch": 1.003}], ids=str)
def test_blender_s_camera_projects_as_ours(tmp_path, how):
    written = track(**how)
    before = np.random.default_rng(0).uniform([-2, -1, 2], [2, 1, 9], (100, 3))
    points = [before @ matrix[:3, :3].T + matrix[:3, 3] for matrix in written.world_from_camera]
    (tmp_path / "points.json").write_text(json.dumps(np.stack(points).tolist()))
    (tmp_path / "look.py").write_text(LOOK)
    fps = Fraction(24000, 1001)
    assert write_blender(tmp_path / "camera.py", written, fps, name='bunny "orbit"') == ()
    printed = in_blender(tmp_path / "look.py", tmp_path / "camera.py", tmp_path / "points.json")
    about, rate, found = json.loads(printed.splitlines()[-1])
    assert about[:5] == ['bunny "orbit"', 0, COUNT - 1, WIDTH, HEIGHT]
    assert about[5].count('bunny "orbit"') == 1, "run twice, it makes one"
    assert math.isclose(rate, fps, rel_tol=1e-6)
    assert np.abs(np.array(found) - seen(written)).max() < 0.05


def test_the_script_is_python_and_its_quaternions_do_not_flip(tmp_path):
    write_blender(tmp_path / "camera.py", replace(track(count=60), fps=FPS), FPS, name="x")
    text = (tmp_path / "camera.py").read_text()
    compile(text, "camera.py", "exec")
    rows = np.array([eval(line.strip().rstrip(",")) for line in text.splitlines() if line.startswith("    (")])  # noqa: S307 - ours
    assert rows.shape == (60, 10)
    assert (rows[1:, 3:7] * rows[:-1, 3:7]).sum(axis=1).min() > 0.9
