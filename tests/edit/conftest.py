"""What the edit stage's tests act on: a camera over the origin, and boxes to move about."""

import json
from fractions import Fraction
from itertools import product

import numpy as np
import pytest
from pydantic import TypeAdapter

from r2s2r.artifacts.entity import MESH, Entity, EntityFacts
from r2s2r.artifacts.facts import write_facts
from r2s2r.artifacts.footage import Footage, FootageFacts
from r2s2r.artifacts.progress import unheard
from r2s2r.artifacts.source_camera import SourceCamera
from r2s2r.geometry.camera import Camera, intrinsics_from_fov, source_world_from_camera
from r2s2r.geometry.mesh import Mesh
from r2s2r.media.meshes import write_mesh
from r2s2r.spec.camera import CameraMove
from r2s2r.spec.edit import EditSpec
from r2s2r.spec.edits import EntityEdit
from r2s2r.stages.edit import EditInputs, make_animation
from r2s2r.stages.edit.camera_moves import camera_path
from r2s2r.stages.edit.entity_edits import EntityPath, edited
from r2s2r.stages.edit.targets import Targets
from r2s2r.stages.edit.timeline import Timeline

FRAMES = 41
SOURCE = Camera(source_world_from_camera(1.2, -4), intrinsics_from_fov(45, height=720, width=1280), 720, 1280)
STILL = SourceCamera.static(SOURCE, np.zeros(1), reference=0)
MIDDLE_M = np.array([0.3, 0.8, -4.0])
_MOVES: TypeAdapter[tuple[CameraMove, ...]] = TypeAdapter(tuple[CameraMove, ...])
_EDITS: TypeAdapter[tuple[EntityEdit, ...]] = TypeAdapter(tuple[EntityEdit, ...])


@pytest.fixture(scope="session")
def source():
    """The source camera: 1.2 m high, looking down by 4 degrees."""
    return SOURCE


@pytest.fixture(scope="session")
def placement():
    """An entity three metres off, turned by 30 degrees, at 0.8 of its size."""
    matrix = np.eye(4)
    cos, sin = np.cos(np.radians(30)), np.sin(np.radians(30))
    matrix[:3, :3] = 0.8 * np.array([[cos, 0, sin], [0, 1, 0], [-sin, 0, cos]])
    matrix[:3, 3] = [0.5, 0, -3]
    return matrix


@pytest.fixture(scope="session")
def shoot():
    """Return the camera's path over moves as written in a scene; ``bunny`` stands still, ``ghost`` flies right."""

    def path(*moves, at=None, frames=FRAMES, filmed=STILL):
        moments = np.arange(frames, dtype=float) if at is None else np.asarray(at, float)
        timeline = Timeline(frames, Fraction(16), moments)
        middles_m = {
            "bunny": np.tile(MIDDLE_M, (len(moments), 1)),
            "ghost": np.array([-2, 1.5, -5]) + moments[:, None] * np.array([0.1, 0, 0]),
        }
        read = _MOVES.validate_python(moves, strict=False)
        return camera_path(read, filmed=filmed, targets=Targets(timeline, middles_m))

    return path


@pytest.fixture(scope="session")
def edit(placement):
    """Return an entity's path over edits as written in a scene."""

    def path(*edits, at=None, frames=FRAMES):
        moments = np.arange(frames, dtype=float) if at is None else np.asarray(at, float)
        timeline = Timeline(frames, Fraction(16), moments)
        read = _EDITS.validate_python(edits, strict=False)
        return edited(EntityPath.resting(placement, timeline), read, timeline=timeline, field="edits.bunny")

    return path


def box(height_m=1.0, width_m=0.6):
    """Return a textured box mesh, base at the origin."""
    low, high = np.array([-width_m / 2, 0, -width_m / 2]), np.array([width_m / 2, height_m, width_m / 2])
    corners = np.array(list(product(*np.stack([low, high], axis=1))), np.float32)
    quads = [[0, 1, 3, 2], [4, 6, 7, 5], [0, 4, 5, 1], [2, 3, 7, 6], [0, 2, 6, 4], [1, 5, 7, 3]]
    faces = np.array([[[a, b, c], [a, c, d]] for a, b, c, d in quads], np.int32).reshape(-1, 3)
    sides = corners[faces]
    normals = np.cross(sides[:, 1] - sides[:, 0], sides[:, 2] - sides[:, 0])
    normals /= np.linalg.norm(normals, axis=1, keepdims=True)
    return Mesh(
        vertices=corners,
        faces=faces,
        corner_uv=np.tile(np.array([[0, 0], [1, 0], [1, 1]], np.float32), (len(faces), 1, 1)),
        corner_normals=np.repeat(normals[:, None].astype(np.float32), 3, axis=1),
        texture=np.arange(8 * 8 * 3, dtype=np.uint8).reshape(8, 8, 3),
    )


def edit_inputs(footage, entities, motions=None):
    """What the edit stage reads of a source that was filmed from ``SOURCE``."""
    camera = SourceCamera.static(SOURCE, np.zeros(1), reference=0)
    return EditInputs(footage, camera, entities, motions or {})


@pytest.fixture(scope="session")
def footage(tmp_path_factory):
    """A footage of which the edit stage reads the size and the camera only."""
    facts = FootageFacts(height=720, width=1280, fps="25/1", times_s=(0.0,), reference=0, clip_frames=(0,))
    return Footage(tmp_path_factory.mktemp("footage"), facts)


@pytest.fixture(scope="session")
def entities(tmp_path_factory, placement):
    """Two boxes: ``bunny`` before the camera, ``crate.1`` farther off to its left."""
    far = np.eye(4)
    far[:3, 3] = [-1, 0, -6]
    made = {}
    for name, mesh, where in (("crate.1", box(0.5), far), ("bunny", box(), placement)):
        folder = tmp_path_factory.mktemp(name)
        facts = EntityFacts(world_from_entity=tuple(map(tuple, where.tolist())), height_m=1.0)
        write_mesh(folder / MESH, mesh)
        write_facts(folder, facts)
        made[name] = Entity(folder, facts)
    return made


@pytest.fixture(scope="session")
def animated(footage, entities, tmp_path_factory):
    """Run the whole stage for a shot as written in a scene; return the folder."""

    def run(camera=(), edits=None, *, frames=FRAMES, output=None, entities=entities):
        written = {"frames": frames, "camera": camera, "edits": edits or {}, "output": output or {}}
        out = tmp_path_factory.mktemp("animation")
        make_animation(EditSpec.model_validate_json(json.dumps(written)), edit_inputs(footage, entities), out, unheard)
        return out

    return run
