"""Meshes that change their shape: each frame is drawn in its own, and nothing of one stays for the next."""

from dataclasses import replace

import numpy as np

from r2s2r.stages.render.bending import Bender, edges_of, own_shapes
from r2s2r.stages.render.rasteriser import Raster
from r2s2r.stages.render.scene_mesh import merge
from r2s2r.stages.render.still import Film, Poser
from r2s2r.stages.render.view import view_at
from tests.render.bends import FRAMES, WORM, bending, bent, ride, trio
from tests.render.oracle import true_passes
from tests.render.shapes import placed


def test_each_frame_agrees_with_brute_force_in_its_own_shape(contender, make, tmp_path):
    animation, meshes = trio(tmp_path)
    passes = make(animation, meshes, contender.spec)
    scene = own_shapes(merge(meshes))
    edges = edges_of(scene, animation)
    for frame in (3, 1):
        shapes = {name: mesh.vertices if name == "ball" else bent(mesh, frame) for name, mesh in meshes.items()}
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


def test_one_rasteriser_draws_every_shape_also_several_in_a_batch(contender, tmp_path):
    animation, meshes = trio(tmp_path)
    film = Film.of(animation, merge(meshes), near_m=0.01)
    alone = [contender.visibility(still.mesh, still.view, 2) for still in (Poser(film).at(t) for t in range(FRAMES))]
    rasteriser = contender.backend().new_rasteriser(film.mesh, Raster(90, 160, 2))
    step = min(rasteriser.batch_frames, FRAMES)
    posers = [Poser(film) for _ in range(step)]
    seen = [rasteriser.new_visibility() for _ in range(FRAMES)]
    for first in range(0, FRAMES, step):
        batch = range(first, min(first + step, FRAMES))
        rasteriser.draw([poser.at(t) for poser, t in zip(posers, batch, strict=False)], [seen[t] for t in batch])
    for one, other in zip(alone, seen, strict=True):
        assert np.array_equal(one.face_idx, other.face_idx)
        assert np.array_equal(one.samples, other.samples)
    assert not np.array_equal(seen[0].face_idx, seen[1].face_idx)


def test_a_shape_that_leaves_its_old_box_is_drawn(contender, tmp_path, make):
    """The box that decides whether an entity is looked at all is that of the frame."""
    animation = bending(tmp_path, {"worm": ride(0, -5)}, {"worm": WORM})
    for frame in range(FRAMES):
        shapes = np.load(tmp_path / "vertices" / "worm.npy", mmap_mode="r+")
        shapes[frame] += np.array([30, 0, 0], np.float32)
    track = np.array([placed(-30, 0, -5) for _ in range(FRAMES)])
    passes = make(replace(animation, world_from_entity={"worm": track}), {"worm": WORM}, contender.spec)
    assert (passes.ids(2) == 1).sum() > 100


def test_a_shape_turned_inside_out_is_seen_from_both_sides(contender, tmp_path):
    """What was closed and wound outwards at first need not be so in every frame."""
    animation = bending(tmp_path, {"worm": ride(0.137, -4)}, {"worm": WORM})
    shapes = np.load(tmp_path / "vertices" / "worm.npy", mmap_mode="r+")
    shapes[1] = shapes[0] * np.array([-1, 1, 1], np.float32)
    film = Film.of(animation, merge({"worm": WORM}), near_m=0.01)
    rasteriser = contender.backend().new_rasteriser(film.mesh, Raster(90, 160))
    poser, seen = Poser(film), rasteriser.new_visibility()
    for frame in (0, 1):
        still = poser.at(frame)
        rasteriser.draw([still], [seen])
        truth = true_passes(still.mesh, still.view)
        assert np.count_nonzero(truth.face_idx >= 0) > 1000
        assert np.count_nonzero(seen.face_idx != truth.face_idx) <= 10
