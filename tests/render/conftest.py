"""How tests draw."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from r2s2r.artifacts.animation import Animation
from r2s2r.artifacts.entity import Entity, EntityFacts
from r2s2r.artifacts.passes import Passes
from r2s2r.artifacts.progress import unheard
from r2s2r.geometry.mesh import Mesh
from r2s2r.spec.render import RenderSpec
from r2s2r.stages.render import make_passes
from r2s2r.stages.render.cpu import CpuRasteriser
from r2s2r.stages.render.layers import Layers
from r2s2r.stages.render.renderer import Renderer
from r2s2r.stages.render.scene_mesh import SceneMesh, merge
from r2s2r.stages.render.view import View

Make = Callable[[Animation, dict[str, Mesh]], Passes]


def scene_mesh(*meshes: Mesh) -> SceneMesh:
    """Meshes merged in the order given."""
    return merge({f"entity_{index}": mesh for index, mesh in enumerate(meshes)})


def faces_seen(mesh: SceneMesh, view: View) -> NDArray[np.int32]:
    return CpuRasteriser(mesh, height=view.height, width=view.width).face_idx(view)


def drawn(mesh: SceneMesh, view: View) -> Layers:
    rasteriser = CpuRasteriser(mesh, height=view.height, width=view.width)
    return Renderer(mesh, rasteriser, height=view.height, width=view.width).render(view)


@pytest.fixture
def make(tmp_path: Path) -> Make:
    """Run the whole stage on an animation of meshes."""

    def run(animation: Animation, meshes: dict[str, Mesh]) -> Passes:
        made = len(list(tmp_path.iterdir()))
        entities = {}
        for name, mesh in meshes.items():
            folder = tmp_path / f"{made}-{name}"
            folder.mkdir()
            facts = EntityFacts(world_from_entity=tuple(map(tuple, np.eye(4).tolist())), height_m=1.0)
            entities[name] = Entity.write(folder, mesh, facts)
        out = tmp_path / f"{made}-passes"
        out.mkdir()
        make_passes(RenderSpec(backend="cpu"), animation, entities, out, unheard)
        return Passes.load(out)

    return run
