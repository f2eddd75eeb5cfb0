"""How tests draw."""

from pathlib import Path
from typing import Protocol

import numpy as np
import pytest
from numpy.typing import NDArray

from r2s2r.artifacts.animation import Animation
from r2s2r.artifacts.entity import MESH, Entity, EntityFacts
from r2s2r.artifacts.facts import write_facts
from r2s2r.artifacts.passes import Passes
from r2s2r.artifacts.progress import unheard
from r2s2r.geometry.mesh import Mesh
from r2s2r.media.meshes import write_mesh
from r2s2r.spec.render import RenderSpec
from r2s2r.stages.render import make_passes
from r2s2r.stages.render.cpu.cpu_rasteriser import CpuRasteriser
from r2s2r.stages.render.layers import FOUR_PASSES, Layers, Wanted
from r2s2r.stages.render.rasteriser import Raster
from r2s2r.stages.render.renderer import Renderer
from r2s2r.stages.render.scene_mesh import SceneMesh, merge
from r2s2r.stages.render.still import Still
from r2s2r.stages.render.view import View

CPU = RenderSpec(backend="cpu")


class Make(Protocol):
    def __call__(self, animation: Animation, meshes: dict[str, Mesh], spec: RenderSpec = CPU) -> Passes: ...


def scene_mesh(*meshes: Mesh) -> SceneMesh:
    """Meshes merged in the order given."""
    return merge({f"entity_{index}": mesh for index, mesh in enumerate(meshes)})


def faces_seen(mesh: SceneMesh, view: View) -> NDArray[np.int32]:
    rasteriser = CpuRasteriser(mesh, Raster(view.height, view.width))
    seen = rasteriser.new_visibility()
    rasteriser.draw([Still(0, mesh, view)], [seen])
    return seen.face_idx


def drawn(mesh: SceneMesh, view: View, wanted: Wanted = FOUR_PASSES, supersampling: int = 1) -> Layers:
    raster = Raster(view.height, view.width, supersampling)
    return Renderer(mesh, CpuRasteriser(mesh, raster), raster, wanted).render(view)


@pytest.fixture
def make(tmp_path: Path) -> Make:
    """Run the whole stage on an animation of meshes."""

    def run(animation: Animation, meshes: dict[str, Mesh], spec: RenderSpec = CPU) -> Passes:
        made = len(list(tmp_path.iterdir()))
        entities = {name: kept(tmp_path / f"{made}-{name}", mesh) for name, mesh in meshes.items()}
        out = tmp_path / f"{made}-passes"
        out.mkdir()
        make_passes(spec, animation, entities, out, unheard)
        return Passes.load(out)

    return run


def kept(folder: Path, mesh: Mesh) -> Entity:
    """An entity of what the stage reads of one; its picture for people cannot be made of every bad mesh."""
    folder.mkdir()
    write_mesh(folder / MESH, mesh)
    write_facts(folder, EntityFacts(world_from_entity=tuple(map(tuple, np.eye(4).tolist())), height_m=1.0))
    return Entity.load(folder)
