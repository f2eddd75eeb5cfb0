"""Entities that are squashed, tapered, twisted and bent."""

import numpy as np
import pytest
import trimesh

from r2s2r.artifacts.animation import Animation
from r2s2r.geometry.mesh import Mesh
from r2s2r.geometry.topology import volume_m3
from tests.edit.conftest import at_frames


def _pillar(height_m=2.0, width_m=0.4, offset_m=(0.3, 0.1, -0.2)):
    """A closed box of many small faces, its base off the origin."""
    shape = trimesh.creation.box((width_m, height_m, width_m))
    for _ in range(4):
        shape = shape.subdivide()
    shape.apply_translation([0, height_m / 2, 0])
    corners = (len(shape.faces), 3)
    return Mesh(
        vertices=(shape.vertices + offset_m).astype(np.float32),
        faces=shape.faces.astype(np.int32),
        corner_uv=np.zeros((*corners, 2), np.float32),
        corner_normals=np.repeat(shape.face_normals[:, None], 3, axis=1).astype(np.float32),
        texture=np.zeros((4, 4, 3), np.uint8),
    )


PILLAR = _pillar()
AXIS = np.array([0.3, 0.1, -0.2])


@pytest.fixture
def deformed(staged):
    """Return the vertices at some frames, relative to the middle of the base."""

    def run(*edits, at=(40,), mesh=PILLAR):
        world = staged({"pillar": (mesh, np.eye(4))}, {"pillar": [{"type": "deform", **edit} for edit in edits]})
        shape = world.shape("pillar", at_frames(*at))
        return np.stack([shape.vertices(index) for index in range(len(at))]) - AXIS

    return run


REST = PILLAR.vertices - AXIS
UP = REST[:, 1]


def test_squashed_it_keeps_its_volume_and_its_base(deformed):
    (vertices,) = deformed({"squash": 0.5})
    np.testing.assert_allclose(vertices, REST * [2**0.5, 0.5, 2**0.5], atol=1e-6)
    assert volume_m3(vertices, PILLAR.faces) == pytest.approx(volume_m3(REST, PILLAR.faces), rel=1e-5)


def test_tapered_it_gets_narrower_towards_its_top(deformed):
    (vertices,) = deformed({"taper": 0.25})
    width = 1 - 0.75 * UP / 2
    np.testing.assert_allclose(vertices, REST * np.stack([width, np.ones_like(width), width], axis=1), atol=1e-6)


def test_twisted_its_top_turns_counter_clockwise_seen_from_above(deformed):
    (vertices,) = deformed({"twist_deg": 90})
    top, base = UP > 1.999, UP < 1e-6
    np.testing.assert_allclose(vertices[top], REST[top][:, [2, 1, 0]] * [1, 1, -1], atol=1e-6)
    np.testing.assert_allclose(vertices[base], REST[base], atol=1e-6)


@pytest.mark.parametrize(("towards_deg", "direction"), [(0, [0, 0, 1]), (90, [1, 0, 0]), (-90, [-1, 0, 0])])
@pytest.mark.parametrize("bend_deg", [1e-3, 40, 90, 180])
def test_bent_its_axis_lies_on_an_arc_of_its_own_length(deformed, towards_deg, direction, bend_deg):
    (vertices,) = deformed({"bend_deg": bend_deg, "towards_deg": towards_deg})
    radius = 2 / np.radians(bend_deg)
    levels = np.unique(UP)
    # The middle of each level is on the axis, because the pillar is as wide on each side of it.
    middles = np.stack([vertices[level == UP].mean(axis=0) for level in levels])
    ahead = middles @ np.array(direction)
    turned = levels / radius
    np.testing.assert_allclose(ahead, radius * (1 - np.cos(turned)), atol=2e-4)
    np.testing.assert_allclose(middles[:, 1], radius * np.sin(turned), atol=2e-4)
    base = UP < 1e-6
    np.testing.assert_allclose(vertices[base], REST[base], atol=2e-4)


def test_bending_the_other_way_is_bending_to_the_other_side(deformed):
    np.testing.assert_allclose(
        deformed({"bend_deg": -50, "towards_deg": 30}), deformed({"bend_deg": 50, "towards_deg": 210}), atol=1e-6
    )


@pytest.mark.parametrize(
    "edit",
    [
        {"bend_deg": 360},
        {"bend_deg": -350, "towards_deg": 45},
        {"twist_deg": 1000},
        {"squash": 0.3, "taper": 0.2, "twist_deg": 90, "bend_deg": 100},
        {"squash": 3, "taper": 2.5, "bend_deg": 270},
    ],
)
@pytest.mark.parametrize("width_m", [0.4, 3.0], ids=["pillar", "slab"])
def test_however_it_is_deformed_it_is_never_inside_out(deformed, edit, width_m):
    (vertices,) = deformed(edit, mesh=_crumbs(width_m))
    edges = vertices.reshape(-1, 4, 3)[:, 1:] - vertices.reshape(-1, 4, 3)[:, :1]
    assert np.all(np.linalg.det(edges) > 0)


def _crumbs(width_m):
    """Many small tetrahedra all over the room that a pillar takes, its corners among them."""
    rng, side = np.random.default_rng(3), 0.01
    places = np.vstack([rng.uniform(size=(500, 3)), [[0, 0, 0], [1, 1, 1]]]) * (np.array([width_m, 2, width_m]) - side)
    places += AXIS - [width_m / 2, 0, width_m / 2]
    vertices = (places[:, None] + side * np.vstack([np.zeros(3), np.eye(3)])).reshape(-1, 3)
    faces = (4 * np.arange(len(places))[:, None, None] + [[0, 2, 1], [0, 1, 3], [0, 3, 2], [1, 2, 3]]).reshape(-1, 3)
    corners = (len(faces), 3)
    return Mesh(
        vertices=vertices.astype(np.float32),
        faces=faces.astype(np.int32),
        corner_uv=np.zeros((*corners, 2), np.float32),
        corner_normals=np.tile(np.array([0, 1, 0], np.float32), (*corners, 1)),
        texture=np.zeros((4, 4, 3), np.uint8),
    )


def test_hardly_deformed_it_is_hardly_different(deformed):
    tiny = {"squash": 1 + 1e-6, "taper": 1 - 1e-6, "twist_deg": 1e-5, "bend_deg": 1e-5}
    np.testing.assert_allclose(deformed(tiny)[0], REST, atol=3e-6)


def test_it_begins_and_ends_where_it_says(deformed):
    edit = {"bend_deg": 60, "from": 10, "to": 30, "ease": "linear"}
    shapes = deformed(edit, at=(0, 10, 20, 30, 40))
    np.testing.assert_array_equal(shapes[1], shapes[0])
    np.testing.assert_array_equal(shapes[4], shapes[3])
    np.testing.assert_allclose(shapes[2], deformed({"bend_deg": 30})[0], atol=1e-6)


def test_a_deformation_acts_on_what_the_one_before_left(deformed):
    (both,) = deformed({"squash": 0.5}, {"bend_deg": 90})
    np.testing.assert_allclose(both, deformed({"squash": 0.5, "bend_deg": 90})[0], atol=1e-6)


def test_other_edits_move_what_is_deformed(staged):
    up = {"type": "transform", "keys": [{"at": 0, "move_m": [0, 1, 0]}]}
    world = staged({"pillar": (PILLAR, np.eye(4))}, {"pillar": [{"type": "deform", "squash": 0.5}, up]})
    np.testing.assert_allclose(world.middle_m("pillar", at_frames(40))[0], [0.3, 1 + 0.1 + 0.5, -0.2], atol=1e-6)
    np.testing.assert_allclose(world.room("pillar", at_frames(40)).boxes_m[0, :, 1], [0.1, 1.1], atol=1e-6)


def test_the_shapes_are_written_frame_by_frame(animated):
    folder = animated([], {"bunny": [{"type": "deform", "twist_deg": 90}]})
    animation = Animation.load(folder)
    assert animation.facts.deforming == ("bunny",)
    shapes = animation.vertices("bunny")
    assert shapes is not None
    assert shapes.shape[0] == 41
    assert np.ptp(shapes, axis=0).max() > 0.2


def test_sampling_fewer_moments_gives_the_same_bits(deformed):
    edits = {"bend_deg": 70, "twist_deg": 30, "from": 3}, {"squash": 0.7, "to": 20}
    whole = deformed(*edits, at=np.arange(81) / 2)
    for chosen in ([80], [3, 50, 17]):
        np.testing.assert_array_equal(deformed(*edits, at=np.array(chosen) / 2), whole[chosen])
