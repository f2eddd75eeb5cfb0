"""Shots of blocks: every artefact the stage reads, written to disk."""

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from r2s2r.artifacts.animation import Animation, AnimationFacts
from r2s2r.artifacts.entity import Entity, EntityFacts
from r2s2r.artifacts.facts import write_facts
from r2s2r.artifacts.footage import Footage, FootageFacts
from r2s2r.artifacts.passes import Passes, PassesFacts
from r2s2r.artifacts.plate import Plate, PlateFacts
from r2s2r.artifacts.source_camera import SourceCamera
from r2s2r.geometry.framing import Fit
from r2s2r.geometry.transforms import Array
from r2s2r.media.exr import write_depth_exr
from r2s2r.media.images import write_grey16, write_mask, write_rgb
from r2s2r.stages.diffuse import CompositorInputs
from tests.diffuse.blocks import Block, block_mesh, painted
from tests.diffuse.photograph import SOURCE, SOURCE_HEIGHT, SOURCE_WIDTH, WORLD_FROM_SOURCE, photographed


@dataclass(frozen=True, eq=False)
class Shot:
    """What to make: camera and blocks, the generated size, how many frames; ``filmed`` of a source that moves."""

    blocks: dict[str, Block] = field(default_factory=dict)
    cameras: Array | None = None
    height: int = 240
    width: int = 416
    fit: Fit = "crop"
    frames: int = 2
    filmed: SourceCamera | None = None


def write_inputs(shot: Shot, folder: Path) -> CompositorInputs:
    names = tuple(sorted(shot.blocks))
    for name in ("footage", "plate", "animation", "passes", *(f"entity-{name}" for name in names)):
        (folder / name).mkdir(parents=True)
    _write_source(shot, folder)
    animation = _animation(shot, names)
    animation.write(folder / "animation")
    _write_passes(shot, animation, folder / "passes")
    entities = {name: _write_entity(shot.blocks[name], folder / f"entity-{name}") for name in names}
    return CompositorInputs(
        passes=Passes.load(folder / "passes"),
        animation=Animation.load(folder / "animation"),
        footage=Footage.load(folder / "footage"),
        camera=shot.filmed or SourceCamera.static(SOURCE, np.zeros(1), reference=0),
        plate=Plate.load(folder / "plate"),
        entities=entities,
    )


def _write_source(shot: Shot, folder: Path) -> None:
    names = tuple(name for name in sorted(shot.blocks) if shot.blocks[name].photographed)
    taken = photographed(*(shot.blocks[name].still for name in names))
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
        ),
    )
    write_rgb(folder / "plate" / "plate.png", taken.plate)
    write_mask(folder / "plate" / "replaced.png", taken.replaced)
    write_mask(folder / "plate" / "invented.png", taken.invented)
    write_facts(folder / "plate", PlateFacts(invented_share=float(taken.invented.mean()), frames_used=1))


def _animation(shot: Shot, names: tuple[str, ...]) -> Animation:
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
        intrinsics=np.broadcast_to(framing.intrinsics(SOURCE.intrinsics), (shot.frames, 3, 3)).copy(),
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


def _write_entity(block: Block, folder: Path) -> Entity:
    iou = 0.99 if block.photographed else None
    facts = EntityFacts(world_from_entity=_rows(block.home), height_m=block.size_m[1], silhouette_iou=iou)
    return Entity.write(folder, block_mesh(block), facts)


def _rows(matrix: Array) -> tuple[tuple[float, ...], ...]:
    return tuple(tuple(float(value) for value in row) for row in matrix)
