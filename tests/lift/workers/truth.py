"""Known geometry, as each model would say it: derived here step by step with columns, apart from ``placing``."""

import os
import sys
from pathlib import Path

import numpy as np
import trimesh

from r2s2r.geometry.camera import Camera
from r2s2r.spec.workers import WorkerSpec
from r2s2r.stages.lift.inputs import WorkerInputs
from tests.lift.material import camera_of

STAND_IN = Path(__file__).with_name("stand_in.py")


def asymmetric():
    """A closed mesh that no turn and no mirror maps onto itself, standing on y = 0, 1.2 m high."""
    body = trimesh.creation.box(extents=(0.5, 0.8, 0.3)).apply_translation((0, 0.4, 0))
    head = trimesh.creation.icosphere(subdivisions=2, radius=0.25).apply_translation((0.12, 0.95, 0.02))
    arm = trimesh.creation.box(extents=(0.15, 0.15, 0.6)).apply_translation((-0.25, 0.5, 0.3))
    return trimesh.boolean.union([body, head, arm], engine="manifold").subdivide()


def camera(height=240, width=320):
    return camera_of(height, width)


def matrix_of(wxyz):
    """The rotation matrix of a quaternion, written out."""
    w, x, y, z = np.asarray(wxyz) / np.linalg.norm(wxyz)
    return np.array(
        [
            [1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y)],
            [2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x)],
            [2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)],
        ]
    )


def in_opencv(vertices_world, view: Camera):
    return (np.linalg.inv(view.world_from_camera) @ np.c_[vertices_world, np.ones(len(vertices_world))].T)[:3].T


def glb_of(vertices_world, view, *, rotation, translation, scale):
    """What SAM 3D Objects would write into its GLB file for vertices in the world, given the pose it says."""
    found = []
    for x, y, z in in_opencv(vertices_world, view):
        left_up_forward = np.array([-x, -y, z])
        # Rows from the right are columns from the left, transposed; a rotation's inverse is its transpose.
        canonical = matrix_of(rotation) @ (left_up_forward - translation) / scale
        found.append([canonical[0], canonical[2], -canonical[1]])
    return np.array(found)


def store_weights(folder, mode, **truth):
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "mode.txt").write_text(mode)
    np.savez(folder / "truth.npz", **{"nobody_in": np.array([-1]), **truth})
    return folder


def interpreter(folder):
    """A program that stands where an environment's Python would."""
    path = folder / "python"
    path.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{STAND_IN}" "$@"\n')
    path.chmod(0o755)
    return path


def worker_of(folder, weights, **options):
    given = {"python": str(interpreter(folder)), "timeout_s": 60.0, "gpu_memory_gb": 0.0, **options}
    spec = WorkerSpec.model_validate(given)
    return WorkerInputs(spec, weights, folder / "scratch")


def is_running(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return "Z" not in Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[:1]
