"""Shots that the lint looks at, and what it tells of them."""

from dataclasses import replace

import numpy as np
import pytest
import trimesh

from r2s2r.artifacts.animation import Animation
from r2s2r.artifacts.entity import MESH, Entity, EntityFacts
from r2s2r.artifacts.facts import write_facts
from r2s2r.media.meshes import write_mesh
from tests.edit.conftest import box

FRAMES = 41


def findings_of(folder):
    return Animation.load(folder).facts.findings


def about(findings, *words):
    return [finding for finding in findings if all(word in finding for word in words)]


def ball(radius_m, fineness=3):
    """A ball that stands on its origin."""
    round_one = trimesh.creation.icosphere(fineness, radius_m)
    return meshed(np.add(round_one.vertices, [0, radius_m, 0]), round_one.faces)


def slab(width_m, height_m, depth_m):
    return replace(box(), vertices=(box(1, 1).vertices * [width_m, height_m, depth_m]).astype(np.float32))


def meshed(vertices, faces):
    """A mesh without a look of its own: the lint reads none."""
    blank = np.zeros((len(faces), 3, 3), np.float32)
    return replace(
        box(),
        vertices=vertices.astype(np.float32),
        faces=faces.astype(np.int32),
        corner_uv=blank[..., :2],
        corner_normals=blank,
    )


@pytest.fixture
def standing(tmp_path_factory):
    """Return entities, given as name -> mesh and position."""

    def make(**things):
        made = {}
        for name, (mesh, position_m) in things.items():
            placement = np.eye(4)
            placement[:3, 3] = position_m
            folder = tmp_path_factory.mktemp(name)
            write_mesh(folder / MESH, mesh)
            write_facts(folder, EntityFacts(world_from_entity=tuple(map(tuple, placement.tolist())), height_m=1.0))
            made[name] = Entity.load(folder)
        return made

    return make


@pytest.fixture
def told(animated, standing):
    """Return what is told of a shot of such things: name -> mesh and position."""

    def run(things, camera=(), edits=None, frames=FRAMES):
        return findings_of(animated(camera, edits, frames=frames, entities=standing(**things)))

    return run


def moving(*keys, curve="linear"):
    return [{"type": "transform", "curve": curve, "keys": [{"at": frame, "move_m": move_m} for frame, move_m in keys]}]


FAR = (box(), (0, 0, -6))
