"""A synthetic shot whose truth is known: a photograph of painted blocks, its clean plate, and exact passes."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from skimage import data

from r2s2r.artifacts.animation import Animation, AnimationFacts
from r2s2r.artifacts.entity import Entity, EntityFacts
from r2s2r.artifacts.facts import write_facts
from r2s2r.artifacts.footage import Footage, FootageFacts, SourceCamera
from r2s2r.artifacts.passes import Passes, PassesFacts
from r2s2r.artifacts.plate import Plate, PlateFacts
from r2s2r.artifacts.progress import unheard
from r2s2r.geometry.camera import Camera, intrinsics_from_fov, source_world_from_camera
from r2s2r.geometry.framing import Fit
from r2s2r.geometry.mesh import Mesh
from r2s2r.geometry.transforms import Array, inverse, transform_points, translation
from r2s2r.media.images import write_depth_exr, write_grey16, write_mask, write_rgb
from r2s2r.media.video import read_lossless
from r2s2r.spec.diffuse import CompositorSpec, DiffuseSpec
from r2s2r.stages.diffuse import DiffuseInputs, make_frames

SOURCE_HEIGHT, SOURCE_WIDTH, FOV_DEG = 360, 640, 45.0
CAMERA_HEIGHT_M, PITCH_DEG = 1.2, -4.0
_FINE = 3  # the photograph is painted this many times as fine, then averaged
SOURCE_INTRINSICS = intrinsics_from_fov(FOV_DEG, height=SOURCE_HEIGHT, width=SOURCE_WIDTH)
WORLD_FROM_SOURCE = source_world_from_camera(CAMERA_HEIGHT_M, PITCH_DEG)


class Still(NamedTuple):
    """What a photograph shows of a block."""

    home_m: tuple[float, float, float]
    size_m: tuple[float, float, float]
    colour: tuple[float, float, float]


class Taken(NamedTuple):
    """A photograph and its plate."""

    photograph: NDArray[np.uint8]
    plate: NDArray[np.uint8]
    replaced: NDArray[np.bool_]
    invented: NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Block:
    """A box of ``size_m`` (x, y, z) standing at ``home_m``, with its place in every frame (default: at home)."""

    home_m: tuple[float, float, float] = (-0.4, 0.0, -7.0)
    size_m: tuple[float, float, float] = (1.0, 1.5, 0.6)
    colour: tuple[float, float, float] = (190.0, 120.0, 90.0)
    photographed: bool = True
    track: Array | None = None
    visible: bool = True

    @property
    def home(self) -> Array:
        return translation(self.home_m)

    @property
    def still(self) -> Still:
        return Still(self.home_m, self.size_m, self.colour)


@dataclass(frozen=True, eq=False)
class Shot:
    """What to make: camera and blocks, the generated size, how many frames."""

    blocks: dict[str, Block] = field(default_factory=dict)
    cameras: Array | None = None
    height: int = 240
    width: int = 416
    fit: Fit = "crop"
    frames: int = 2


@dataclass(frozen=True, eq=False)
class Made:
    """The stage's inputs and what it wrote."""

    inputs: DiffuseInputs
    out: Path

    @property
    def frames(self) -> list[NDArray[np.uint8]]:
        return list(read_lossless(self.out / "frames.mkv"))

    @property
    def footage(self) -> Footage:
        return Footage.load(self.out)


Make = Callable[..., Made]


@pytest.fixture
def make(tmp_path: Path) -> Make:
    """Build a shot's artefacts, run the stage on them."""

    def run(shot: Shot, **settings: float) -> Made:
        folder = tmp_path / f"run{len(list(tmp_path.iterdir()))}"
        inputs = write_inputs(shot, folder)
        out = folder / "out"
        out.mkdir()
        spec = DiffuseSpec(backend="compositor", compositor=CompositorSpec.model_validate(settings))
        make_frames(spec, inputs, out, unheard)
        return Made(inputs, out)

    return run


@pytest.fixture
def inputs(tmp_path: Path) -> Callable[[Shot], DiffuseInputs]:
    """Build a shot's artefacts."""
    return lambda shot: write_inputs(shot, tmp_path / f"inputs{len(list(tmp_path.iterdir()))}")


@pytest.fixture
def block() -> type[Block]:
    """What stands in a shot."""
    return Block


@pytest.fixture
def shot() -> type[Shot]:
    """What to make."""
    return Shot


@pytest.fixture(name="block_mesh")
def block_mesh_fixture() -> Callable[[Block], Mesh]:
    """A block's mesh."""
    return block_mesh


@pytest.fixture
def world_from_source() -> Array:
    """Where the source camera stands."""
    return WORLD_FROM_SOURCE


@pytest.fixture(name="psnr_db")
def psnr_db_fixture() -> Callable[..., float]:
    """How alike two pictures are."""
    return psnr_db


def write_inputs(shot: Shot, folder: Path) -> DiffuseInputs:
    source = Camera(WORLD_FROM_SOURCE, SOURCE_INTRINSICS, SOURCE_HEIGHT, SOURCE_WIDTH)
    names = tuple(sorted(shot.blocks))
    for name in ("footage", "plate", "animation", "passes", *(f"entity-{name}" for name in names)):
        (folder / name).mkdir(parents=True)
    _write_source(shot, source, folder)
    animation = _animation(shot, source, names)
    animation.write(folder / "animation")
    _write_passes(shot, animation, folder / "passes")
    entities = {name: _write_entity(shot.blocks[name], folder / f"entity-{name}") for name in names}
    return DiffuseInputs(
        passes=Passes.load(folder / "passes"),
        animation=Animation.load(folder / "animation"),
        footage=Footage.load(folder / "footage"),
        plate=Plate.load(folder / "plate"),
        entities=entities,
    )


def painted(
    blocks: dict[str, Block], camera: Camera, tracks: dict[str, Array]
) -> tuple[NDArray[np.uint16], NDArray[np.float64], NDArray[np.float32]]:
    """Ray-trace ids [H, W], colours [H, W, 3] and depth_m [H, W] of blocks that stand at ``tracks``."""
    columns, rows = np.meshgrid(np.arange(camera.width) + 0.5, np.arange(camera.height) + 0.5)
    rays = camera.rays(np.stack([columns, rows], axis=-1))
    ids, depth = np.zeros(rays.shape[:2], np.uint16), np.full(rays.shape[:2], np.inf)
    colours = np.zeros(rays.shape)
    for number, name in enumerate(sorted(blocks), start=1):
        if not blocks[name].visible:
            continue
        block, entity_from_world = blocks[name], inverse(tracks[name])
        eye = transform_points(entity_from_world, camera.position_m)
        directions = rays @ entity_from_world[:3, :3].T
        low, high = _extent(block)
        with np.errstate(divide="ignore", invalid="ignore"):
            first, second = (low - eye) / directions, (high - eye) / directions
        enter, leave = np.fmin(first, second).max(axis=-1), np.fmax(first, second).min(axis=-1)
        nearer = (enter <= leave) & (enter > 0) & (enter < depth)
        depth = np.where(nearer, enter, depth)
        ids[nearer] = number
        hits = eye + enter[nearer][:, None] * directions[nearer]
        shade = 1 + 0.25 * np.sin(9 * hits[:, :1] + 2) * np.sin(7 * hits[:, 1:2]) + 0.15 * np.sin(11 * hits[:, 2:])
        colours[nearer] = np.array(block.colour) * shade
    return ids, np.clip(colours, 0, 255), np.where(ids > 0, depth, 0).astype(np.float32)


def _extent(block: Block) -> tuple[Array, Array]:
    width, height, length = block.size_m
    return np.array([-width / 2, 0, -length / 2]), np.array([width / 2, height, length / 2])


def _write_source(shot: Shot, source: Camera, folder: Path) -> None:
    names = tuple(name for name in sorted(shot.blocks) if shot.blocks[name].photographed)
    taken = _photographed(*(shot.blocks[name].still for name in names))
    write_rgb(folder / "footage" / "reference.png", taken.photograph)
    write_facts(
        folder / "footage",
        FootageFacts(
            height=SOURCE_HEIGHT,
            width=SOURCE_WIDTH,
            fps="25/1",
            times_s=(0.0,),
            reference=0,
            clip_frames=(0,),
            camera=SourceCamera(world_from_camera=_rows(source.world_from_camera), intrinsics=_rows(source.intrinsics)),
        ),
    )
    write_rgb(folder / "plate" / "plate.png", taken.plate)
    write_mask(folder / "plate" / "replaced.png", taken.replaced)
    write_mask(folder / "plate" / "invented.png", taken.invented)
    write_facts(folder / "plate", PlateFacts(invented_share=float(taken.invented.mean()), frames_used=1))


@lru_cache(maxsize=4)
def _photographed(*stills: Still) -> Taken:
    """Take the photograph (antialiased, with shadows) and its plate, cleaned a few pixels round the blocks."""
    blocks = {str(number): Block(*still) for number, still in enumerate(stills)}
    source = Camera(WORLD_FROM_SOURCE, SOURCE_INTRINSICS, SOURCE_HEIGHT, SOURCE_WIDTH)
    matrix = np.diag([_FINE, _FINE, 1.0]) @ source.intrinsics
    finer = Camera(source.world_from_camera, matrix, SOURCE_HEIGHT * _FINE, SOURCE_WIDTH * _FINE)
    ids, colours, _ = painted(blocks, finer, {name: block.home for name, block in blocks.items()})
    size = (SOURCE_WIDTH, SOURCE_HEIGHT)
    coverage = cv2.resize((ids > 0).astype(np.float32), size, interpolation=cv2.INTER_AREA)
    averaged = cv2.resize(colours, size, interpolation=cv2.INTER_AREA)
    clean = cv2.resize(data.coffee(), size, interpolation=cv2.INTER_AREA)
    shadowed = clean * _photographed_light(blocks, source)[..., None]
    photograph = np.rint(averaged + shadowed * (1 - coverage[..., None])).astype(np.uint8)
    replaced = cv2.dilate((coverage > 0).astype(np.uint8), np.ones((13, 13), np.uint8)).astype(bool)
    return Taken(photograph, np.where(replaced[..., None], clean, photograph), replaced, coverage > 0.5)


def _photographed_light(blocks: dict[str, Block], source: Camera) -> Array:
    """Return how light [H, W] the ground is, close round the blocks."""
    columns, rows = np.meshgrid(np.arange(source.width) + 0.5, np.arange(source.height) + 0.5)
    rays = source.rays(np.stack([columns, rows], axis=-1))
    down = np.where(rays[..., 1] < 0, -source.position_m[1] / np.minimum(rays[..., 1], -1e-9), np.inf)
    light = np.ones(down.shape)
    for block in blocks.values():
        with np.errstate(invalid="ignore"):
            away = [np.abs(down * rays[..., axis] - block.home_m[axis]) - block.size_m[axis] / 2 for axis in (0, 2)]
        light *= 1 - 0.5 * np.exp(-np.maximum(0, np.nan_to_num(np.maximum(*away), nan=9.0, posinf=9.0)) / 0.05)
    return light


def _animation(shot: Shot, source: Camera, names: tuple[str, ...]) -> Animation:
    facts = AnimationFacts(
        frames=shot.frames,
        fps="16/1",
        entities=names,
        source_height=SOURCE_HEIGHT,
        source_width=SOURCE_WIDTH,
        height=shot.height,
        width=shot.width,
        fit=shot.fit,
    )
    still = np.broadcast_to(np.eye(4), (shot.frames, 4, 4))
    framing = Animation(facts, still, still[:, :3, :3], {}, {}).framing
    return Animation(
        facts=facts,
        world_from_camera=still @ WORLD_FROM_SOURCE if shot.cameras is None else shot.cameras,
        intrinsics=np.broadcast_to(framing.intrinsics(source.intrinsics), (shot.frames, 3, 3)).copy(),
        world_from_entity={
            name: still @ block.home if block.track is None else block.track for name, block in shot.blocks.items()
        },
        visible={name: np.full(shot.frames, block.visible) for name, block in shot.blocks.items()},
    )


def _write_passes(shot: Shot, animation: Animation, folder: Path) -> None:
    for name in ("id", "rgb", "depth"):
        (folder / name).mkdir()
    active = animation.framing.active
    shown = np.zeros((shot.height, shot.width), bool)
    shown[int(active.y0) : int(active.y1), int(active.x0) : int(active.x1)] = True
    for frame in range(shot.frames):
        tracks = {name: animation.world_from_entity[name][frame] for name in shot.blocks}
        ids, colours, depth_m = painted(shot.blocks, animation.camera(frame), tracks)
        ids[~shown], colours[~shown], depth_m[~shown] = 0, 0, 0
        write_grey16(folder / "id" / f"{frame:06d}.png", ids)
        write_rgb(folder / "rgb" / f"{frame:06d}.png", np.rint(colours).astype(np.uint8))
        write_depth_exr(folder / "depth" / f"{frame:06d}.exr", depth_m)
    ids_of = {name: number for number, name in enumerate(sorted(shot.blocks), start=1)}
    write_facts(
        folder,
        PassesFacts(
            frames=shot.frames,
            fps="16/1",
            height=shot.height,
            width=shot.width,
            ids=ids_of,
            normal="none",
            depth="metres along z",
        ),
    )


def block_mesh(block: Block) -> Mesh:
    """Return the block as a closed mesh of 12 triangles."""
    low, high = _extent(block)
    vertices = np.array([[x, y, z] for x in (low[0], high[0]) for y in (low[1], high[1]) for z in (low[2], high[2])])
    quads = [(0, 1, 3, 2), (4, 6, 7, 5), (0, 4, 5, 1), (2, 3, 7, 6), (0, 2, 6, 4), (1, 5, 7, 3)]
    faces = np.array([triangle for a, b, c, d in quads for triangle in ((a, b, c), (a, c, d))], np.int32)
    corners = vertices[faces]
    normals = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    normals /= np.linalg.norm(normals, axis=1, keepdims=True)
    return Mesh(
        vertices=vertices.astype(np.float32),
        faces=faces,
        corner_uv=np.zeros((12, 3, 2), np.float32),
        corner_normals=np.repeat(normals[:, None], 3, axis=1).astype(np.float32),
        texture=np.full((2, 2, 3), block.colour, np.uint8),
    )


def _write_entity(block: Block, folder: Path) -> Entity:
    iou = 0.99 if block.photographed else None
    facts = EntityFacts(world_from_entity=_rows(block.home), height_m=block.size_m[1], silhouette_iou=iou)
    return Entity.write(folder, block_mesh(block), facts)


def _rows(matrix: Array) -> tuple[tuple[float, ...], ...]:
    return tuple(tuple(float(value) for value in row) for row in matrix)


def psnr_db(first: NDArray[np.uint8], second: NDArray[np.uint8]) -> float:
    """Return the peak signal-to-noise ratio of two pictures in dB."""
    error = np.mean((first.astype(float) - second) ** 2)
    return float("inf") if error == 0 else float(10 * np.log10(255**2 / error))
