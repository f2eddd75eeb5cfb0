"""A clip of a thing that moves, rendered, so that the truth is known."""

from dataclasses import dataclass, replace

import numpy as np
import trimesh
from scipy.spatial.transform import Rotation

from r2s2r.artifacts.entity import Entity, EntityFacts
from r2s2r.artifacts.source_camera import SourceCamera, SourceCameraFacts
from r2s2r.geometry.framing import Rectangle
from r2s2r.geometry.mesh import Mesh
from r2s2r.geometry.normals import smooth_normals
from r2s2r.geometry.transforms import inverse
from r2s2r.stages.lift.inputs import MotionInputs
from r2s2r.stages.render.cpu.cpu_rasteriser import CpuRasteriser
from r2s2r.stages.render.rasteriser import Raster
from r2s2r.stages.render.renderer import Renderer
from r2s2r.stages.render.scene_mesh import merge
from r2s2r.stages.render.view import View
from tests.lift.material import camera_of, grain, store_footage, store_mask


def potato(texture):
    """An uneven body, half a metre wide, base on the ground; its texture goes once round it."""
    solid = trimesh.creation.icosphere(subdivisions=4)
    points = np.asarray(solid.vertices)
    x, y, z = points.T
    radius = 1 + 0.25 * np.sin(2 * x + 1) * np.cos(3 * y) + 0.2 * z * x + 0.15 * np.cos(4 * z + y)
    vertices = points * radius[:, None] * [0.3, 0.4, 0.25]
    vertices[:, 1] -= vertices[:, 1].min()
    faces = np.asarray(solid.faces, np.int32)
    round_ = np.arctan2(x, z)[faces] / (2 * np.pi) + 0.5
    round_[np.ptp(round_, axis=1) > 0.5] %= 1.0
    round_ += (round_ < 0.5) * (np.ptp(round_, axis=1, keepdims=True) > 0.5)
    uv = np.stack([round_ / 2, 0.5 - np.arcsin(y)[faces] / np.pi], axis=-1)
    picture = np.concatenate([texture, texture], axis=1)
    vertices = vertices.astype(np.float32)
    return Mesh(vertices, faces, uv.astype(np.float32), smooth_normals(vertices, faces), picture)


@dataclass(frozen=True)
class Take:
    """What was filmed: what the motion is found from, and the truth [N, 4, 4]."""

    inputs: MotionInputs
    world_from_entity: np.ndarray


def sway(frames):
    """Six degrees of freedom: turns by some fifty degrees, comes nearer, rises and falls."""
    share = np.linspace(-0.4, 0.6, frames)
    poses = np.tile(np.eye(4), (frames, 1, 1))
    angles = np.stack([14 * np.sin(5 * share), 55 * share, 10 * np.sin(4 * share + 1) - 8], axis=1)
    poses[:, :3, :3] = Rotation.from_euler("XYZ", angles, degrees=True).as_matrix()
    poses[:, :3, 3] = np.stack([0.5 * share, 0.15 * np.sin(6 * share), -3 + 0.8 * share], axis=1)
    return poses


def filmed(folder, mesh, poses, *, reference, cameras=None, hidden=(), noise=0.0, height=360, width=640, given=None):
    """Render a mesh at poses [N, 4, 4] before a background; ``hidden`` frames show it behind a curtain.

    ``noise`` is its spread in grey levels; ``given`` is the mesh that stands for it in the artefacts, if another.
    """
    view = camera_of(height, width, camera_height_m=0.6, pitch_deg=-5)
    cameras = np.tile(view.world_from_camera, (len(poses), 1, 1)) if cameras is None else cameras
    background = grain(height, width, 5, low=60, high=200, cell=9)
    frames, masks, random = [], [], np.random.default_rng(0)
    scene = merge({"thing": mesh})
    raster = Raster(height, width)
    renderer = Renderer(scene, CpuRasteriser(scene, raster), raster)
    for index, (pose, camera) in enumerate(zip(poses, cameras, strict=True)):
        layers = renderer.render(_view(view, camera, pose))
        inside = layers.ids > 0
        if index in hidden:
            inside = np.zeros_like(inside)
        shown = np.where(inside[..., None], layers.rgb, background)
        frames.append(np.clip(shown + random.normal(scale=noise, size=shown.shape), 0, 255).astype(np.uint8))
        masks.append(inside)
    return _take(folder, frames, masks, mesh if given is None else given, poses, reference, view, cameras)


def _view(view, world_from_camera, world_from_entity):
    return View(
        camera_from_entity=(inverse(world_from_camera) @ world_from_entity)[None],
        visible=np.ones(1, bool),
        intrinsics=view.intrinsics,
        height=view.height,
        width=view.width,
        active=Rectangle(0, 0, view.width, view.height),
        near_m=0.01,
    )


def _take(folder, frames, masks, mesh, poses, reference, view, cameras):
    folder.mkdir(exist_ok=True)
    footage = store_footage(folder / "footage", frames, reference=reference, first_clip_frame=100)
    times_s = np.array(footage.facts.times_s)
    facts = SourceCameraFacts(height=view.height, width=view.width, reference=reference, is_static=False)
    (folder / "entity").mkdir()
    placed = tuple(tuple(row) for row in poses[reference].tolist())
    inputs = MotionInputs(
        footage=footage,
        mask=store_mask(folder / "mask", masks, reference=reference),
        camera=SourceCamera(facts, view.intrinsics, cameras, times_s - times_s[reference]),
        entity=Entity.write(folder / "entity", mesh, EntityFacts(world_from_entity=placed, height_m=0.8)),
    )
    return Take(inputs, poses)


def errors(motion, take):
    """Angles [N] in degrees and distances [N] as a share of depth, of a motion from the truth."""
    found = take.inputs.entity.world_from_entity @ motion.reference_from_entity
    true = take.world_from_entity
    apart = Rotation.from_matrix(np.swapaxes(found[:, :3, :3], 1, 2) @ true[:, :3, :3]).magnitude()
    depth_m = (inverse(take.inputs.camera.world_from_camera) @ true)[:, 2, 3]
    return np.degrees(apart), np.linalg.norm(found[:, :3, 3] - true[:, :3, 3], axis=1) / depth_m


def textured(seed=3):
    """A texture with detail at several sizes."""
    fine, coarse = grain(512, 512, seed, cell=6).astype(float), grain(512, 512, seed + 1, cell=40).astype(float)
    return ((fine + coarse) / 2).astype(np.uint8)


def larger(mesh, factor):
    """The same mesh at another size."""
    return replace(mesh, vertices=mesh.vertices * np.float32(factor))
