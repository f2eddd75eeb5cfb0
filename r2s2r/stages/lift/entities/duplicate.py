"""An entity's mesh, once more, somewhere else."""

import shutil
from pathlib import Path

import numpy as np

from r2s2r.artifacts.entity import GLB, MESH, Entity
from r2s2r.artifacts.facts import write_facts
from r2s2r.artifacts.progress import Progress
from r2s2r.geometry.transforms import scaling
from r2s2r.spec.entities import PlaceSpec
from r2s2r.stages.lift.entities.place import Standing, height_m, place, placed_facts


def write_copy(spec: PlaceSpec, original: Entity, out: Path, progress: Progress) -> None:
    """Place an entity's mesh again as an ``Entity`` artefact: its files are equal to the original's.

    Another height is therefore part of ``world_from_entity``. What was found about the original is said there, once.
    """
    for name in (MESH, GLB):
        shutil.copyfile(original.folder / name, out / name)
    mesh = original.mesh()
    world_from_original = original.world_from_entity
    scale = float(np.cbrt(np.linalg.det(world_from_original[:3, :3])))
    placement = place(spec, Standing(world_from_original, scale * height_m(mesh.vertices)))
    world_from_entity = placement.world_from_entity @ scaling(placement.scale)
    write_facts(out, placed_facts(mesh, world_from_entity, findings=()))
    progress(1, 1)
