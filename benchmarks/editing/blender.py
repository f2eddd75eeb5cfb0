"""How far from ours Blender's camera sees the same points, once it has our USD or our GLB. It has to be <= 0.05 px."""

import tempfile
from fractions import Fraction
from pathlib import Path

import numpy as np

from benchmarks.peers.blender import NEEDED, blenders_python, pixels
from r2s2r.geometry.camera import Camera, intrinsics_from_fov, look_at_rotation
from r2s2r.geometry.mesh import Mesh
from r2s2r.geometry.transforms import Array
from r2s2r.media.glb.shot import GlbEntity, GlbShot, write_glb_shot
from r2s2r.media.usd import SHOT, UsdEntity, UsdShot, write_usd

MOST_PX = 0.05
_POINTS, _FRAMES, _FPS = 100, 33, 16
_AT = (0, 7, 16, 25, 32)
_HEIGHT, _WIDTH = 480, 832


def blender() -> None:
    """Measure and print, where there is a Blender. Fails when it sees what we do not."""
    python = blenders_python()
    if python is None:
        print(f"  Blender: not measured, {NEEDED}")
        return
    with tempfile.TemporaryDirectory() as folder:
        for name, error_px in blender_errors(python, Path(folder)).items():
            print(f"  Blender's camera, {_POINTS} points at {len(_AT)} frames, {name}: {error_px:.5f} px")
            assert error_px <= MOST_PX, "Blender sees it elsewhere"


def blender_errors(python: str, folder: Path) -> dict[str, float]:
    """Write a shot whose camera flies, turns and zooms; return file -> the farthest that Blender is off, in pixels."""
    poses, intrinsics = _flight()
    placed = np.tile(np.eye(4), (_FRAMES, 1, 1))
    seen = np.ones(_FRAMES, np.bool_)
    source = Camera(poses[0], intrinsics[0], _HEIGHT, _WIDTH)
    rate = Fraction(_FPS)
    entity = UsdEntity(mesh=_tile(), placement=placed[0], world_from_entity=placed, visible=seen)
    write_usd(folder, UsdShot(rate, source, poses, intrinsics, {"tile": entity}))
    tile = {"tile": GlbEntity(_tile(), placed, seen)}
    write_glb_shot(folder / "shot.glb", GlbShot(rate, poses, intrinsics, _HEIGHT, _WIDTH, tile))
    points = np.random.default_rng(0).uniform([-1, 0, -6], [1, 1.5, -3], (_POINTS, 3))
    cameras = [Camera(poses[frame], intrinsics[frame], _HEIGHT, _WIDTH) for frame in _AT]
    ours = np.stack([camera.project(points)[0] for camera in cameras])
    asked = {"fps": _FPS, "size": (_HEIGHT, _WIDTH)}
    return {
        name: float(np.abs(pixels(python, folder / name, points, _AT, **asked) - ours).max())  # type: ignore[arg-type]  # a dict of what it takes
        for name in (SHOT, "shot.glb")
    }


def _flight() -> tuple[Array, Array]:
    """Return world_from_camera [T, 4, 4] and K [T, 3, 3] of a camera that circles, rises, rolls and zooms."""
    share = np.linspace(0, 1, _FRAMES)
    poses = np.tile(np.eye(4), (_FRAMES, 1, 1))
    poses[:, :3, 3] = np.stack([2 * np.sin(share), 1.2 + share, 1 - share], axis=1)
    for pose, roll_deg in zip(poses, 20 * share, strict=True):
        pose[:3, :3] = look_at_rotation(pose[:3, 3], np.array([0.0, 0.5, -4.0]), float(roll_deg))
    lenses = [intrinsics_from_fov(60 - 30 * float(at), height=_HEIGHT, width=_WIDTH) for at in share]
    return poses, np.stack(lenses)


def _tile() -> Mesh:
    """Return one small triangle, since a file of a shot holds entities."""
    return Mesh(
        vertices=np.array([[0, 0, -4], [0.1, 0, -4], [0, 0.1, -4]], np.float32),
        faces=np.array([[0, 1, 2]], np.int32),
        corner_uv=np.zeros((1, 3, 2), np.float32),
        corner_normals=np.tile(np.array([0, 0, 1], np.float32), (1, 3, 1)),
        texture=np.full((4, 4, 3), 128, np.uint8),
    )
