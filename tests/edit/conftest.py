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
from r2s2r.spec.output import OutputSpec
from r2s2r.stages.edit import EditInputs, make_animation
from r2s2r.stages.edit.timeline import Timeline
from r2s2r.stages.edit.world import World

FRAMES = 41
SOURCE = Camera(source_world_from_camera(1.2, -4), intrinsics_from_fov(45, height=720, width=1280), 720, 1280)
STILL = SourceCamera.static(SOURCE, np.zeros(1), reference=0)
MIDDLE_M = np.array([0.3, 0.8, -4.0])
_MIDDLES_M = {"bunny": MIDDLE_M, "ghost": np.array([-2, 1.5, -5])}
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
def shoot(footage, tmp_path_factory):
    """Return the camera's path over moves as written in a scene; ``bunny`` stands still, ``ghost`` flies right."""
    folder = tmp_path_factory.mktemp("standing")
    standing = {
        name: _entity(folder / name, box(), _at(middle_m - [0, 0.5, 0])) for name, middle_m in _MIDDLES_M.items()
    }

    def path(*moves, at=None, frames=FRAMES, filmed=STILL, edits=None, names=tuple(standing), **settings):
        """Of the entities ``names``, with ``edits`` instead of the ghost's flight; ``settings`` are the spec's."""
        output = OutputSpec(fps=settings.pop("fps", 16))
        moments = np.arange(frames, dtype=float) if at is None else np.asarray(at, float)
        edits = {"ghost": [_flight(frames)]} if edits is None else edits
        asked = {name: _EDITS.validate_python(listed, strict=False) for name, listed in edits.items() if name in names}
        read = _MOVES.validate_python(moves, strict=False)
        spec = EditSpec(frames=frames, camera=read, edits=asked, output=output, **settings)
        world = World(spec, EditInputs(footage, filmed, {name: standing[name] for name in names}, {}))
        return world.camera(Timeline(frames, Fraction(output.fps), moments))

    return path


@pytest.fixture(scope="session")
def edit(placement, footage, tmp_path_factory):
    """Return an entity's path over edits as written in a scene."""
    standing = {"bunny": _entity(tmp_path_factory.mktemp("edited"), box(), placement)}

    def path(*edits, at=None, frames=FRAMES):
        moments = np.arange(frames, dtype=float) if at is None else np.asarray(at, float)
        read = _EDITS.validate_python(edits, strict=False)
        spec = EditSpec(frames=frames, camera=(), edits={"bunny": read}, output=OutputSpec())
        world = World(spec, EditInputs(footage, STILL, standing, {}))
        return world.entity("bunny", Timeline(frames, Fraction(16), moments))

    return path


@pytest.fixture(scope="session")
def staged(footage, tmp_path_factory):
    """Return the world of entities, each a mesh and where it stands, under edits as written in a scene."""

    def world(standing, edits, *, camera=(), frames=FRAMES, motions=None, donors=None, transfers=None):
        folder = tmp_path_factory.mktemp("staged")
        made = {name: _entity(folder / name, mesh, where) for name, (mesh, where) in standing.items()}
        spec = EditSpec(
            frames=frames,
            camera=_MOVES.validate_python(camera, strict=False),
            edits={name: _EDITS.validate_python(listed, strict=False) for name, listed in edits.items()},
            output=OutputSpec(),
            transfers=transfers or {},
        )
        return World(spec, EditInputs(footage, STILL, made, motions or {}, donors or {}))

    return world


def at_frames(*frames, length=FRAMES):
    """Return a timeline of some frames; without any, of all."""
    return Timeline(length, Fraction(16), np.array(frames or range(length), float))


def vertices_m(world, name, timeline):
    """Return an entity's vertices [T, V, 3] in the world."""
    path, shape = world.entity(name, timeline), world.shape(name, timeline)
    shapes = np.stack([shape.vertices(index) for index in range(len(timeline.at))])
    return np.einsum("tij,tvj->tvi", path.linear, shapes) + path.position_m[:, None]


def _entity(folder, mesh, where):
    folder.mkdir(exist_ok=True)
    facts = EntityFacts(world_from_entity=tuple(map(tuple, where.tolist())), height_m=1.0)
    write_mesh(folder / MESH, mesh)
    write_facts(folder, facts)
    return Entity(folder, facts)


def _at(position_m):
    matrix = np.eye(4)
    matrix[:3, 3] = position_m
    return matrix


def _flight(frames):
    """A tenth of a metre to the right each frame."""
    keys = [{"at": 0}, {"at": frames - 1, "move_m": [0.1 * (frames - 1), 0, 0]}] if frames > 1 else [{"at": 0}]
    return {"type": "transform", "curve": "linear", "keys": keys}


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
        made[name] = _entity(tmp_path_factory.mktemp(name), mesh, where)
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
