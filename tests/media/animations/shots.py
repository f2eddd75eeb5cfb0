"""A small shot for files of other programs: two boxes and a camera that all move, and one of which comes and goes."""

from fractions import Fraction

import numpy as np
from scipy.spatial.transform import Rotation

from r2s2r.geometry.camera import Camera, intrinsics_from_fov, look_at_rotation
from r2s2r.media.glb.shot import GlbEntity, GlbShot
from r2s2r.media.usd import UsdEntity, UsdShot
from tests.edit.conftest import box

FRAMES, HEIGHT, WIDTH = 17, 480, 832
RATE = Fraction(16)


def poses():
    """World from camera [T, 4, 4]: it flies sideways and rolls."""
    made = np.tile(np.eye(4), (FRAMES, 1, 1))
    made[:, 0, 3], made[:, 1, 3] = np.linspace(0, 1, FRAMES), 1.2
    for frame, pose in enumerate(made):
        pose[:3, :3] = look_at_rotation(pose[:3, 3], np.array([0, 0.5, -4.0]), roll_deg=float(frame))
    return made


def lenses():
    """K [T, 3, 3]: it zooms."""
    return np.stack([intrinsics_from_fov(60 - frame, height=HEIGHT, width=WIDTH) for frame in range(FRAMES)])


def placed():
    """Name -> world_from_entity [T, 4, 4]."""
    bunny = np.tile(np.eye(4), (FRAMES, 1, 1))
    turns = Rotation.from_euler("xyz", np.linspace([0, 0, 0], [20, 200, 10], FRAMES), degrees=True).as_matrix()
    bunny[:, :3, :3] = turns * np.linspace([1, 1, 1], [1, 2, 0.5], FRAMES)[:, None]
    bunny[:, :3, 3] = np.linspace([0.3, 0, -3], [0.7, 0.3, -3.5], FRAMES)
    crate = np.tile(np.eye(4), (FRAMES, 1, 1))
    crate[:, :3, 3] = [-1, 0, -6]
    return {"bunny": bunny, "crate.1": crate}


def seen():
    """Name -> visible [T]."""
    frames = np.arange(FRAMES)
    return {"bunny": np.ones(FRAMES, bool), "crate.1": (frames < 5) | (frames > 8)}


def glb_shot():
    meshes = {"bunny": box(), "crate.1": box(0.5)}
    entities = {name: GlbEntity(meshes[name], matrices, seen()[name]) for name, matrices in placed().items()}
    return GlbShot(RATE, poses(), lenses(), HEIGHT, WIDTH, entities)


def usd_shot():
    meshes = {"bunny": box(), "crate.1": box(0.5)}
    entities = {
        name: UsdEntity(meshes[name], matrices[0], matrices, seen()[name]) for name, matrices in placed().items()
    }
    return UsdShot(RATE, Camera(poses()[0], lenses()[0], HEIGHT, WIDTH), poses(), lenses(), entities)
