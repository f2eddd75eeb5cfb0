"""What is drawn, or said, of meshes and places that no scene should have: nothing crashes, no face is dropped unsaid.

Through the whole stage, from entities and an animation to files.
"""

from dataclasses import replace

import numpy as np
import pytest

from r2s2r.artifacts.animation import Animation
from r2s2r.errors import StageError
from r2s2r.geometry.mesh import Mesh
from r2s2r.geometry.transforms import Array
from r2s2r.stages.render.scene_mesh import merge
from r2s2r.stages.render.view import view_at
from tests.render.oracle import Truth, true_passes
from tests.render.shapes import (
    WORLD_FROM_CAMERA,
    Size,
    animation_of,
    box,
    noise,
    placed,
    plain,
    sheet,
    sphere,
    triangles,
)

BALL, CRATE = sphere(3, texture=noise(0)), box(texture=noise(1))
FAR = r"1e\+09"
NO_FRAME = "no entity is seen in {} of {} frames, the first of them frame {}"


def ride(*stops: tuple[float, float, float], linear: Array | float = 1.0) -> Array:
    return np.array([placed(*stop, linear) for stop in stops])


def truth_of(animation: Animation, meshes: dict[str, Mesh], frame: int = 0) -> Truth:
    return true_passes(merge(meshes), view_at(animation, frame, near_m=0.01))


def assert_true(passes, truth: Truth, frame: int = 0) -> None:
    """Hold a frame's files against brute force."""
    ids, depth_m = passes.ids(frame), passes.depth_m(frame)
    assert np.count_nonzero(ids != truth.ids) <= 10
    both = (ids == truth.ids) & (ids > 0)
    assert np.abs(depth_m[both] / truth.depth_m[both] - 1).max(initial=0) <= 1e-5
    assert (depth_m[ids == 0] == 0).all()


@pytest.mark.parametrize("part", ["vertices", "corner_uv", "corner_normals"])
@pytest.mark.parametrize("number", [np.nan, np.inf])
def test_a_mesh_with_nan_is_refused_by_name(contender, make, part, number):
    broken = sphere(1)
    getattr(broken, part).reshape(-1)[7] = number
    tracks = {"ball": ride((0, 0, -5)), "crate": ride((1, 0, -7))}
    with pytest.raises(StageError, match=rf"^ball: its mesh's {part} hold NaN or infinity; repair the mesh"):
        make(animation_of(tracks), {"ball": broken, "crate": CRATE}, contender.spec)


@pytest.mark.parametrize("vertex", [-1, 42])
def test_a_mesh_with_faces_of_missing_vertices_is_refused_by_name(contender, make, vertex):
    broken = sphere(1)
    assert len(broken.vertices) == 42
    broken.faces[3, 2] = vertex
    with pytest.raises(StageError, match=r"^ball: .*vertices that do not exist"):
        make(animation_of({"ball": ride((0, 0, -5))}), {"ball": broken}, contender.spec)


@pytest.mark.parametrize(("spoilt", "said"), [(np.nan, "is not finite"), (0.0, "scaled to nothing")])
def test_a_transform_that_cannot_be_drawn_is_refused_by_frame_and_name(contender, make, spoilt, said):
    animation = animation_of({"ball": ride(*[(0, 0, -5)] * 3), "crate": ride(*[(1, 0, -7)] * 3)})
    animation.world_from_entity["crate"][2, 0, 0] = spoilt
    with pytest.raises(StageError, match=rf"^frame 2: crate.*{said}"):
        make(animation, {"ball": BALL, "crate": CRATE}, contender.spec)


def test_faces_without_area_are_passed_over_and_all_others_drawn(contender, make):
    """Points, lines, and lines through the pixels' centres, among the faces of a ball."""
    ball = sphere(2, texture=noise(2))
    flat = np.array([[0, 0, 0], [5, 5, 9], [7, 8, 7]], np.int32)
    line = np.array([[-1.0, 0, 1.5], [0, 0, 1.5], [1, 0, 1.5]], np.float32)
    faces = np.concatenate([flat, ball.faces, [[len(ball.vertices) + i for i in range(3)]]]).astype(np.int32)
    spread = [0, 1, 2, *range(len(ball.faces)), 0]
    spoilt = Mesh(
        np.concatenate([ball.vertices, line]), faces, ball.corner_uv[spread], ball.corner_normals[spread], ball.texture
    )
    animation = animation_of({"ball": ride((0, 0, -5))}, Size(91, 161, 91, 161))
    whole, passed = (make(animation, {"ball": mesh}, contender.spec) for mesh in (ball, spoilt))
    for name in ("normal", "id", "depth", "rgb"):
        assert passed.path(name, 0).read_bytes() == whole.path(name, 0).read_bytes()


def test_a_mesh_of_faces_without_area_alone_covers_nothing_and_is_named(contender, make):
    needle = triangles(np.array([[[-1.0, 0, 0], [0, 0, 0], [1, 0, 0]], [[0, 0, 0]] * 3]))
    passes = make(animation_of({"needle": ride((0, 0, -5))}), {"needle": needle}, contender.spec)
    assert not passes.ids(0).any()
    assert passes.facts.findings[0].startswith("needle: covers no pixel of any frame")


def test_a_mesh_without_faces_covers_nothing_and_is_named(contender, make):
    tracks = {"ball": ride((0, 0, -5)), "ghost": ride((0, 0, -4))}
    passes = make(animation_of(tracks), {"ball": BALL, "ghost": triangles(np.empty((0, 3, 3)))}, contender.spec)
    assert set(np.unique(passes.ids(0))) == {0, 1}
    assert passes.facts.findings[0].startswith("ghost: covers no pixel of any frame")


def test_a_mesh_without_normals_has_those_of_its_faces(contender, make):
    bare = replace(CRATE, corner_normals=np.zeros_like(CRATE.corner_normals))
    animation = animation_of({"crate": ride((0.7, 0.6, -4))})
    passes, proper = (make(animation, {"crate": mesh}, contender.spec) for mesh in (bare, CRATE))
    assert np.array_equal(passes.ids(0), proper.ids(0))
    assert np.abs(passes.normal(0).astype(int) - proper.normal(0)).max() <= 1


def test_what_is_a_million_metres_away_is_drawn_as_what_is_near(contender, make):
    near = animation_of({"ball": ride((0.3, 0.2, -5))})
    far = animation_of({"ball": ride((0.3 * 2e5, 0.2 * 2e5, -1e6), linear=2e5)})
    one, other = (make(animation, {"ball": BALL}, contender.spec) for animation in (near, far))
    assert np.count_nonzero(one.ids(0) != other.ids(0)) <= 10
    both = (one.ids(0) > 0) & (other.ids(0) > 0)
    assert np.abs(other.depth_m(0)[both] / one.depth_m(0)[both] / 2e5 - 1).max() <= 1e-5
    small = make(animation_of({"ball": ride((3, 2, -1e6))}), {"ball": BALL}, contender.spec)
    assert small.facts.findings[0].startswith("ball: covers no pixel of any frame")


def test_a_world_a_million_metres_from_its_origin_is_drawn_as_one_at_it(contender, make):
    x, y, z = 1e6, -2e5, 3e5
    here = animation_of({"ball": ride((0.3, 0.2, -5))})
    camera = WORLD_FROM_CAMERA.copy()
    camera[:3, 3] += x, y, z
    there = animation_of({"ball": ride((x + 0.3, y + 0.2, z - 5))}, world_from_camera=camera[None])
    one, other = (make(animation, {"ball": BALL}, contender.spec) for animation in (here, there))
    assert np.count_nonzero(one.ids(0) != other.ids(0)) <= 10
    both = (one.ids(0) > 0) & (other.ids(0) > 0)
    assert np.abs(other.depth_m(0)[both] / one.depth_m(0)[both] - 1).max() <= 1e-5


def test_what_is_nearer_than_near_m_covers_nothing_and_is_named(contender, make):
    passes = make(
        animation_of({"ball": ride((0, 0, -5))}), {"ball": BALL}, contender.spec.model_copy(update={"near_m": 9})
    )
    assert not passes.ids(0).any()
    assert "nearer than `near_m`" in passes.facts.findings[0]


def test_what_is_behind_the_camera_covers_nothing_and_is_named(contender, make):
    tracks = {"ball": ride((0, 0, -5), (0, 0, 5)), "crate": ride((0, 0, 9), (0, 0, 0.52))}
    passes = make(animation_of(tracks), {"ball": BALL, "crate": CRATE}, contender.spec)
    assert set(np.unique(passes.ids(0))) == {0, 1}
    assert not passes.ids(1).any()
    findings = passes.facts.findings
    assert findings[0].startswith("crate: covers no pixel of any frame")
    assert findings[1] == NO_FRAME.format(1, 2, 1)


def test_what_crosses_the_near_plane_is_cut_there(contender, make):
    """A ball half behind the camera, whose front is seen, and a box round it, whose inside is seen."""
    animation = animation_of({"ball": ride((1.2, 0, -0.4)), "crate": ride((0, 0.3, 0.4), linear=7.0)})
    meshes = {"ball": BALL, "crate": CRATE}
    truth = truth_of(animation, meshes)
    assert set(np.unique(truth.ids)) == {1, 2}
    assert_true(make(animation, meshes, contender.spec), truth)


def test_faces_larger_than_the_frame_fill_it(contender, make):
    meshes = {"wall": sheet(1e4, 1e4, plain()), "ball": BALL}
    tracks = {"wall": ride((3, 2, -40), (3, 2, -0.02)), "ball": ride((0, 0, -5), (0, 0, -5))}
    passes = make(animation_of(tracks), meshes, contender.spec)
    assert set(np.unique(passes.ids(0))) == {1, 2}
    assert (passes.ids(1) == 2).all()
    assert passes.depth_m(1) == pytest.approx(0.02, rel=1e-5)


def test_no_entities_at_all_are_valid_black_frames_and_a_finding(contender, make):
    passes = make(animation_of({}), {}, contender.spec)
    for frame in (0, 1):
        for picture in (passes.normal(frame), passes.ids(frame), passes.rgb(frame), passes.depth_m(frame)):
            assert picture.shape[:2] == (90, 160)
            assert not picture.any()
    assert passes.facts.findings == (NO_FRAME.format(2, 2, 0),)


def test_no_visible_entity_is_a_black_frame_and_a_finding(contender, make):
    visible = {"ball": np.array([True, False, True])}
    passes = make(animation_of({"ball": ride(*[(0, 0, -5)] * 3)}, visible=visible), {"ball": BALL}, contender.spec)
    assert passes.ids(0).any()
    assert not passes.ids(1).any()
    assert np.array_equal(passes.ids(0), passes.ids(2))
    assert passes.facts.findings == (NO_FRAME.format(1, 3, 1),)


@pytest.mark.parametrize(("height", "width"), [(70, 94), (1, 3), (91, 161)])
def test_one_frame_of_a_size_that_is_no_multiple_of_8(contender, make, height, width):
    animation = animation_of({"ball": ride((0, 0, -3))}, Size(height, width, height, width))
    spec = contender.spec.model_copy(update={"supersampling": 2})
    passes = make(animation, {"ball": BALL}, spec)
    assert passes.depth_m(0).shape == (height, width)
    assert [path.name for path in sorted((passes.folder / "id").iterdir())] == ["000000.png"]
    # Depth is that of the nearest sample; ids are those of the centres.
    assert np.count_nonzero(passes.ids(0) != truth_of(animation, {"ball": BALL}).ids) <= 10


def test_a_mesh_too_large_for_its_numbers_is_refused_by_name(contender, make):
    broken = sphere(1)
    broken.vertices[3, 1] = -3e38
    with pytest.raises(StageError, match=rf"^ball: its mesh reaches 3e\+38 m from its origin, more than {FAR}; scale"):
        make(animation_of({"ball": ride((0, 0, -5))}), {"ball": broken}, contender.spec)


@pytest.mark.parametrize("where", [(0, 3), (1, 1)])
def test_a_place_too_far_for_its_numbers_is_refused_by_frame_and_name(contender, make, where):
    animation = animation_of({"ball": ride(*[(0, 0, -5)] * 3)})
    animation.world_from_entity["ball"][1][where] = 1e25
    with pytest.raises(StageError, match=rf"^frame 1: ball is placed or scaled beyond {FAR} m; look at the edits"):
        make(animation, {"ball": BALL}, contender.spec)


def test_a_camera_too_far_for_its_numbers_is_refused_by_frame(contender, make):
    animation = animation_of({"ball": ride(*[(0, 0, -5)] * 2)})
    animation.world_from_camera[1, 2, 3] = 1e25
    with pytest.raises(StageError, match=rf"^frame 1: the camera is beyond {FAR} m; look at the shot's camera moves"):
        make(animation, {"ball": BALL}, contender.spec)


def test_what_is_as_far_and_as_large_as_can_be_is_drawn_in_finite_numbers(contender, make):
    """The largest mesh in the largest scale, at the farthest place; its motion comes from beside the camera."""
    huge = replace(BALL, vertices=BALL.vertices * np.float32(9e8), corner_uv=BALL.corner_uv * np.float32(1e35))
    tracks = {"huge": ride((3, 2, -9e8), (9e8, 2, -9e8), linear=9e8), "ball": ride((0, 0, -5), (9e8, 0, -0.02))}
    spec = contender.spec.model_copy(update={"supersampling": 2, "extra_passes": ("motion", "uv"), "multilayer": True})
    passes = make(animation_of(tracks), {"huge": huge, "ball": BALL}, spec)
    for frame in (0, 1):
        assert passes.ids(frame).any()
        assert np.isfinite(passes.depth_m(frame)).all()
        assert np.isfinite(passes.uv(frame)).all()
        assert all(np.isfinite(flow.move_px).all() for flow in passes.motion(frame))
