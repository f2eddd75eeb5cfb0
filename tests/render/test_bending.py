"""Meshes that change their shape: each frame is drawn in its own, and nothing of one stays for the next."""

from dataclasses import replace

import numpy as np
import pytest
import trimesh

from r2s2r.artifacts.animation import Animation
from r2s2r.errors import StageError
from r2s2r.geometry.mesh import Mesh
from r2s2r.stages.render.bending import Bender, edges_of, own_shapes
from r2s2r.stages.render.scene_mesh import merge
from r2s2r.stages.render.view import view_at
from tests.render.oracle import true_passes
from tests.render.shapes import animation_of, box, mesh_of, noise, placed, sphere

WORM = mesh_of(trimesh.creation.torus(0.7, 0.3, major_sections=24, minor_sections=12), smooth=True, texture=noise(4))
CRATE = box(texture=noise(5))
FRAMES = 4


def bent(mesh: Mesh, frame: int):
    """Twisted about y, stretched and shifted, more from frame to frame."""
    x, y, z = mesh.vertices.T.astype(float)
    turn = 0.4 * frame * y
    twisted = [
        x * np.cos(turn) + z * np.sin(turn) + 0.1 * frame,
        y * (1 + 0.2 * frame),
        z * np.cos(turn) - x * np.sin(turn),
    ]
    return np.stack(twisted, axis=1).astype(np.float32)


def bending(folder, tracks, meshes, names=None) -> Animation:
    """An animation in which the named entities bend."""
    names = tuple(sorted(meshes)) if names is None else names
    animation = animation_of(tracks)
    facts = animation.facts.model_copy(update={"deforming": names})
    animation = replace(animation, facts=facts, folder=folder)
    for name in names:
        animation.write_vertices(folder, name, [bent(meshes[name], frame) for frame in range(FRAMES)])
    return animation


def ride(x, z):
    return np.array([placed(x, 0, z) for _ in range(FRAMES)])


@pytest.fixture
def pair(tmp_path):
    """A worm and a box that bend, and a ball between them that does not."""
    meshes = {"ball": sphere(2, texture=noise(6)), "crate": CRATE, "worm": WORM}
    tracks = {"ball": ride(0.1, -6.0), "crate": ride(-0.8, -5.0), "worm": ride(0.6, -4.0)}
    return bending(tmp_path, tracks, meshes, names=("crate", "worm")), meshes


def test_each_frame_agrees_with_the_oracle_in_its_own_shape(pair, make):
    animation, meshes = pair
    passes = make(animation, meshes)
    scene = own_shapes(merge(meshes))
    edges = edges_of(scene, animation)
    for frame in (3, 1):
        shapes = {
            name: bent(mesh, frame) if name in ("crate", "worm") else mesh.vertices for name, mesh in meshes.items()
        }
        true_scene = merge({name: replace(mesh, vertices=shapes[name]) for name, mesh in meshes.items()})
        Bender(scene, animation, edges).bend(frame)
        view = view_at(animation, frame, near_m=0.01)
        truth = true_passes(replace(true_scene, corner_normals=scene.corner_normals), view)
        ids, depth_m = passes.ids(frame), passes.depth_m(frame)
        assert set(np.unique(truth.ids)) == {0, 1, 2, 3}
        assert np.count_nonzero(ids != truth.ids) <= 10
        both = (ids == truth.ids) & (ids > 0)
        assert np.percentile(np.abs(depth_m[both] / truth.depth_m[both] - 1), 99.9) <= 1e-5
        encoded = np.floor(truth.normal[both] * 127.5 + 128)
        assert np.percentile(np.abs(passes.normal(frame)[both].astype(float) - encoded), 99.9) <= 1


def test_hard_edges_stay_hard_and_smooth_ones_smooth(pair):
    animation, meshes = pair
    scene = own_shapes(merge(meshes))
    Bender(scene, animation, edges_of(scene, animation)).bend(1)
    _, crate, worm = (slice(*scene.face_start[index : index + 2]) for index in range(3))
    corners = scene.vertices[scene.faces].astype(float)
    flat = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    flat /= np.linalg.norm(flat, axis=1, keepdims=True)
    leaning = np.degrees(np.arccos(np.clip(np.einsum("fki,fi->fk", scene.corner_normals, flat), -1, 1)))
    assert leaning[crate].max() < 25  # a side of the box bends into two faces, whose mean it takes; its edges are 90
    around = scene.faces[worm].ravel()
    normals = scene.corner_normals[worm].reshape(-1, 3)
    first = {vertex: normals[np.argmax(around == vertex)] for vertex in np.unique(around)[:20]}
    for vertex, normal in first.items():
        np.testing.assert_array_equal(normals[around == vertex], np.tile(normal, ((around == vertex).sum(), 1)))


def test_the_number_of_threads_leaves_no_trace(pair, make, monkeypatch):
    animation, meshes = pair
    one, many = (_bytes(_with_threads(count, animation, meshes, make, monkeypatch)) for count in (1, 5))
    assert one == many


def _with_threads(count, animation, meshes, make, monkeypatch):
    monkeypatch.setattr("os.cpu_count", lambda: count)
    return make(animation, meshes)


def _bytes(passes):
    return [path.read_bytes() for path in sorted(passes.folder.rglob("*")) if path.is_file()]


def test_a_shape_that_leaves_its_old_box_is_drawn(tmp_path, make):
    """The box that decides whether an entity is looked at all is that of the frame."""
    animation = bending(tmp_path, {"worm": ride(0, -5)}, {"worm": WORM})
    for frame in range(FRAMES):
        shapes = np.load(tmp_path / "vertices" / "worm.npy", mmap_mode="r+")
        shapes[frame] += np.array([30, 0, 0], np.float32)
    track = np.array([placed(-30, 0, -5) for _ in range(FRAMES)])
    passes = make(replace(animation, world_from_entity={"worm": track}), {"worm": WORM})
    assert (passes.ids(2) == 1).sum() > 100


def test_a_shape_that_does_not_fit_is_named_with_its_frame(tmp_path, make):
    animation = bending(tmp_path, {"worm": ride(0, -5)}, {"worm": WORM})
    shapes = np.load(tmp_path / "vertices" / "worm.npy", mmap_mode="r+")
    shapes[2, 5] = np.nan
    with pytest.raises(StageError, match="frame 2: worm: its shape"):
        make(animation, {"worm": WORM})
