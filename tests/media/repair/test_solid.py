"""Repair: whatever faces a file has, a closed manifold outward surface comes of them, or they are refused."""

import manifold3d
import numpy as np
import pytest
import trimesh
from hypothesis import given, settings
from hypothesis import strategies as st

from r2s2r.errors import MediaError
from r2s2r.geometry.normals import flat_normals
from r2s2r.geometry.topology import is_closed
from r2s2r.media.assets.asset import Part
from r2s2r.media.assets.merge import merged


def part(mesh, colours=None):
    faces = np.asarray(mesh.faces, np.int32)
    plain = np.full((len(faces), 3), 200, np.uint8) if colours is None else colours
    return Part(np.asarray(mesh.vertices, np.float64), faces, None, plain)


def closed(mesh, *, fills=True):
    found = merged([part(mesh)], name="it", fills=fills)
    assert is_closed(found.mesh.faces)
    assert status(found.mesh) == manifold3d.Error.NoError
    return found


def status(mesh):
    given = manifold3d.Mesh(vert_properties=mesh.vertices, tri_verts=mesh.faces.astype(np.uint32))
    return manifold3d.Manifold(given).status()


def volume(mesh):
    a, b, c = (mesh.vertices[mesh.faces[:, corner]].astype(float) for corner in range(3))
    return np.einsum("fi,fi->", a, np.cross(b, c)) / 6


def without(mesh, faces):
    kept = mesh.copy()
    kept.update_faces(~np.isin(np.arange(len(mesh.faces)), faces))
    return kept


BALL = trimesh.creation.icosphere(subdivisions=3)


def test_what_is_whole_stays_as_it_is():
    found = closed(BALL)
    assert np.array_equal(found.mesh.vertices[found.mesh.faces], BALL.vertices[BALL.faces].astype(np.float32))
    assert found.repairs == type(found.repairs)()


def test_holes_are_filled_and_counted():
    found = closed(without(BALL, [0, 1, 2, 700]))
    assert found.repairs.holes >= 2
    assert volume(found.mesh) == pytest.approx(BALL.volume, rel=0.01)


def test_holes_may_be_refused_and_are_counted():
    with pytest.raises(MediaError, match=r"it: is not closed: 2 holes with 6 open edges; .*import\.holes: fill"):
        closed(without(BALL, [0, 700]), fills=False)


def test_a_bowl_gets_a_lid_in_the_colour_of_its_rim():
    bowl = without(BALL, np.flatnonzero(BALL.triangles_center[:, 1] > 0.1))
    colours = np.where(bowl.triangles_center[:, 1:2] > -0.2, [[250, 0, 0]], [[0, 0, 250]]).astype(np.uint8)
    mesh = merged([part(bowl, colours)], name="it", fills=True).mesh
    lid = np.arange(len(mesh.faces)) >= len(bowl.faces)
    assert lid.any()
    assert mesh.corner_normals[lid, :, 1].mean() > 0.6
    height, width = mesh.texture.shape[:2]
    u, v = mesh.corner_uv[lid].reshape(-1, 2).T
    assert (mesh.texture[(v * height).astype(int), (u * width).astype(int)] == [250, 0, 0]).all()


def test_faces_that_face_all_ways_are_turned_outwards():
    mixed = BALL.copy()
    wrong = np.random.default_rng(1).random(len(BALL.faces)) < 0.4
    mixed.faces[wrong] = mixed.faces[wrong][:, ::-1]
    found = closed(mixed)
    assert found.repairs.turned == wrong.sum()
    assert volume(found.mesh) == pytest.approx(BALL.volume)
    assert ((found.mesh.corner_normals * found.mesh.vertices[found.mesh.faces]).sum(axis=-1) > 0.9).all()


def test_what_is_inside_out_is_turned_and_a_cavity_stays():
    inner = BALL.copy()
    inner.apply_scale(0.5)
    inner.invert()
    hollow = BALL + inner
    assert volume(closed(hollow).mesh) == pytest.approx(BALL.volume * 7 / 8)
    hollow.invert()
    assert volume(closed(hollow).mesh) > 0


def test_doubled_faces_are_single():
    double = BALL.copy()
    double.faces = np.concatenate([BALL.faces, BALL.faces[:40], BALL.faces[100:120][:, [1, 2, 0]]])
    found = closed(double)
    assert len(found.mesh.faces) == len(BALL.faces)


def test_a_surface_with_both_sides_is_one():
    double = BALL.copy()
    double.faces = np.concatenate([BALL.faces, BALL.faces[:, ::-1]])
    found = closed(double)
    assert len(found.mesh.faces) == len(BALL.faces)
    assert volume(found.mesh) == pytest.approx(BALL.volume)


def test_bodies_that_touch_along_an_edge_stay_bodies():
    one, other = trimesh.creation.box(), trimesh.creation.box()
    other.apply_translation([1, 1, 0])
    found = closed(trimesh.util.concatenate([one, other]))
    assert found.repairs.crowded == 1
    assert found.repairs.holes == 0
    assert len(found.vertices) == 16
    assert volume(found.mesh) == pytest.approx(2)


def test_bodies_that_touch_at_a_point_stay_bodies():
    one, other = trimesh.creation.box(), trimesh.creation.box()
    other.apply_translation([1, 1, 1])
    assert len(closed(trimesh.util.concatenate([one, other])).vertices) == 16


def test_a_fin_on_a_body_is_cut_off_and_has_two_sides():
    finned = BALL.copy()
    tip = len(BALL.vertices)
    finned = trimesh.Trimesh([*BALL.vertices, [0, 3, 0]], [*BALL.faces, [*BALL.faces[5][:2], tip]], process=False)
    found = closed(finned)
    assert found.repairs.crowded == 1
    assert volume(found.mesh) == pytest.approx(BALL.volume)


def test_rims_that_nearly_meet_are_one():
    low = without(BALL, np.flatnonzero(BALL.triangles_center[:, 1] > 0))
    high = without(BALL, np.flatnonzero(BALL.triangles_center[:, 1] <= 0))
    high.vertices += 1e-7
    assert closed(trimesh.util.concatenate([low, high])).repairs.holes == 0


@pytest.mark.parametrize(
    ("vertices", "faces"),
    [
        ([[0, 0, 0], [1, 0, 0], [0, 1, 0]], [[0, 1, 2]]),
        ([[0, 0, 0], [1, 0, 0], [1, 1, 0], [0, 1, 0]], [[0, 1, 2], [0, 2, 3]]),
    ],
)
def test_a_sheet_is_refused(vertices, faces):
    with pytest.raises(MediaError, match=r"is a sheet without an inside \(1 holes with [34] open edges\)"):
        closed(trimesh.Trimesh(vertices, faces, process=False))


def test_a_strip_with_one_side_is_closed_or_refused():
    turns = np.linspace(0, np.pi, 41)[:-1]
    middle = np.stack([np.cos(2 * turns), 0 * turns, np.sin(2 * turns)], axis=1)
    across = np.stack([np.cos(turns) * middle[:, 0], np.sin(turns), np.cos(turns) * middle[:, 2]], axis=1) * 0.3
    vertices = np.concatenate([middle + across, middle - across])
    faces = []
    for i in range(40):
        a, b = i, i + 40
        c, d = (i + 1, i + 41) if i < 39 else (40, 0)
        faces += [[a, c, b], [b, c, d]]
    try:
        closed(trimesh.Trimesh(vertices, faces, process=False))
    except MediaError as error:
        assert "sheet" in str(error)  # noqa: PT017 - either is right, and the message is looked at


def test_a_heap_of_loose_triangles_is_refused_before_it_takes_long():
    count = 120_000
    vertices = np.random.default_rng(1).random((3 * count, 3))
    with pytest.raises(MediaError, match="360,000 open edges: it is no surface"):
        closed(trimesh.Trimesh(vertices, np.arange(3 * count).reshape(-1, 3), process=False))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(*[st.integers(0, 7)] * 3), min_size=1, max_size=24), st.integers(0, 10_000))
def test_any_faces_become_closed_and_manifold_or_are_refused(faces, seed):
    vertices = np.random.default_rng(seed).integers(0, 3, (8, 3)).astype(float)
    try:
        found = closed(trimesh.Trimesh(vertices, faces, process=False))
    except MediaError:
        return
    assert volume(found.mesh) > 0
    assert np.isfinite(found.mesh.corner_normals).all()


def test_without_normals_a_box_has_edges_and_a_ball_has_none():
    tall = closed(trimesh.creation.box(extents=(1, 2, 1))).mesh
    assert np.allclose(tall.corner_normals, flat_normals(tall.vertices, tall.faces), atol=1e-6)
    ball = closed(BALL).mesh
    assert np.allclose(ball.corner_normals, ball.vertices[ball.faces], atol=0.02)


def test_equal_files_give_equal_meshes():
    broken = without(BALL, np.arange(0, 900, 11))
    one, other = closed(broken).mesh, closed(broken).mesh
    for name in ("vertices", "faces", "corner_uv", "corner_normals", "texture"):
        assert np.array_equal(getattr(one, name), getattr(other, name))
