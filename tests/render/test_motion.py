"""Motion is exact, and what is hidden at the other frame is known."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

from r2s2r.geometry.camera import pixel_centres
from r2s2r.geometry.flow import Flow
from r2s2r.geometry.framing import Rectangle
from r2s2r.geometry.transforms import Array
from r2s2r.stages.render.layers import Wanted, blank_layers
from r2s2r.stages.render.motion import Tracker
from r2s2r.stages.render.scene_mesh import SceneMesh
from r2s2r.stages.render.still import Still
from r2s2r.stages.render.view import View
from tests.render.bends import CRATE, WORM, bent
from tests.render.conftest import faces_seen, scene_mesh
from tests.render.contract.scenes import random_scene
from tests.render.flow_oracle import outlines, true_flow
from tests.render.oracle import true_passes
from tests.render.shapes import noise, placed, sheet, sphere, triangles, view_of

GREY = noise(1)
WALL = sheet(20.0, 20.0, GREY)
CARD = sheet(0.5, 0.5, GREY)


def faces_of(still: Still) -> NDArray[np.int32]:
    return faces_seen(still.mesh, still.view)


def flow_between(now: Still, then: Still) -> Flow:
    flow = blank_layers(now.view.height, now.view.width, Wanted(motion=True)).forward
    # What an earlier frame left must not show through.
    flow.move_px.fill(7)
    flow.seen.fill(True)
    Tracker().find_flow(now, then, faces_now=faces_of(now), faces_then=faces_of(then), flow=flow)
    return flow


def stills(mesh: SceneMesh, now: View, then: View) -> tuple[Still, Still]:
    return Still(0, mesh, now), Still(1, mesh, then)


def disturbed(view: View, seed: int, turn_deg: float, way_m: float) -> View:
    """Everything moved a little before the camera, each entity its own way."""
    random = np.random.default_rng(seed)
    matrices = view.camera_from_entity.copy()
    for matrix in matrices:
        turn = Rotation.from_rotvec(np.radians(turn_deg) * random.normal(size=3)).as_matrix()
        matrix[:3, :3] = turn @ matrix[:3, :3]
        matrix[:3, 3] += way_m * random.normal(size=3)
    return replace(view, camera_from_entity=matrices)


def check_against_the_truth(now: Still, then: Still) -> None:
    flow, face_idx = flow_between(now, then), faces_of(now)
    truth = true_flow(now, then, face_idx)
    either = flow.seen | truth.seen
    true_px = truth.place - pixel_centres(*face_idx.shape)
    assert np.abs(flow.move_px - true_px)[either].max() <= 1e-3
    wrong = flow.seen != truth.seen
    assert np.count_nonzero(wrong) <= 0.005 * wrong.size
    assert np.count_nonzero(~truth.seen & (face_idx >= 0)) >= 100
    columns, rows = np.floor(truth.place[wrong]).astype(int).T
    assert outlines(true_passes(then.mesh, then.view).depth_m)[rows, columns].all()


@pytest.mark.parametrize(("seed", "turn_deg", "way_m"), [(0, 1.0, 0.02), (1, 5.0, 0.2), (2, 5.0, 0.2)])
def test_what_is_seen_at_the_other_frame_is_what_the_oracle_sees(seed, turn_deg, way_m):
    mesh, view = random_scene(seed)
    check_against_the_truth(*stills(mesh, view, disturbed(view, seed, turn_deg, way_m)))


def test_things_that_bend_move_with_their_vertices():
    mesh = scene_mesh(CRATE, WORM)
    shapes = [np.concatenate([bent(CRATE, frame), bent(WORM, frame)]) for frame in (1, 2)]
    now, then = (replace(mesh, vertices=shape) for shape in shapes)
    view = view_of(placed(-0.8, 0, -5), placed(0.3, 0, -4))
    moved = view_of(placed(-0.7, 0.1, -5), placed(0.3, 0, -4.1))
    check_against_the_truth(Still(1, now, view), Still(2, then, moved))


def test_flow_between_pixels_meets_the_projected_vertices():
    mesh = scene_mesh(sphere(4))
    view = view_of(placed(-0.3, 0, -4), height=180, width=320)
    turned = placed(-0.2, 0.05, -3.9, Rotation.from_euler("yx", [3, 2], degrees=True).as_matrix())
    then = replace(view, camera_from_entity=np.diag([1.0, -1, -1, 1])[None] @ turned)
    flow = flow_between(*stills(mesh, view, then))
    starts, depth_m = projected(mesh, view)
    ends, _ = projected(mesh, then)
    # Vertices of the half that faces the camera, whose four pixels all show the ball.
    column, row = np.floor(starts - 0.5).astype(int).T
    corners = np.stack([flow.seen[row + down, column + right] for down in (0, 1) for right in (0, 1)])
    chosen = (depth_m < 3.7) & corners.all(axis=0)
    assert np.count_nonzero(chosen) > 300
    right, down = (starts - 0.5 - np.stack([column, row], axis=1)).T[..., None]
    move = flow.move_px.astype(float)
    upper = move[row, column] * (1 - right) + move[row, column + 1] * right
    lower = move[row + 1, column] * (1 - right) + move[row + 1, column + 1] * right
    error_px = np.linalg.norm(starts + upper * (1 - down) + lower * down - ends, axis=1)[chosen]
    assert error_px.mean() <= 0.02


def projected(mesh: SceneMesh, view: View) -> tuple[Array, Array]:
    matrix = view.intrinsics @ view.camera_from_entity[0, :3]
    pixels = mesh.vertices.astype(float) @ matrix[:, :3].T + matrix[:, 3]
    return pixels[:, :2] / pixels[:, 2:], pixels[:, 2]


def test_what_stays_has_a_move_of_exactly_0_and_is_seen():
    mesh, view = random_scene(3)
    flow = flow_between(*stills(mesh, view, replace(view, camera_from_entity=view.camera_from_entity.copy())))
    assert not flow.move_px.any()
    assert np.array_equal(flow.seen, faces_of(Still(0, mesh, view)) >= 0)


def test_a_thing_that_moves_beside_one_that_stays_leaves_its_0():
    mesh = scene_mesh(sphere(2), WALL)
    now, then = view_of(placed(-0.5, 0, -4), placed(z=-8)), view_of(placed(-0.4, 0, -4), placed(z=-8))
    flow = flow_between(*stills(mesh, now, then))
    ids = true_passes(mesh, now).ids
    assert not flow.move_px[ids == 2].any()
    assert flow.move_px[ids == 1][:, 0].min() > 1
    # The ball moves to the right: what it covers next lies right of it, and nothing else.
    covered = (ids == 2) & ~flow.seen
    assert 250 < np.count_nonzero(covered) < 450
    assert np.nonzero(covered)[1].min() > np.nonzero(ids == 1)[1].mean()


def test_a_thing_that_is_not_there_at_the_other_frame_is_not_seen_there():
    mesh = scene_mesh(sphere(2), WALL)
    now = view_of(placed(z=-4), placed(z=-8))
    flow = flow_between(*stills(mesh, now, replace(now, visible=np.array([False, True]))))
    ids = true_passes(mesh, now).ids
    assert not flow.seen[ids == 1].any()
    assert not flow.move_px.any()
    assert flow.seen[ids == 2].all()


@pytest.mark.parametrize("ahead_m", [1e-3, 2.0])
def test_a_thing_that_appears_hides_what_is_behind_it(ahead_m):
    mesh = scene_mesh(CARD, WALL)
    then = view_of(placed(z=-8 + ahead_m), placed(z=-8))
    now = replace(then, visible=np.array([False, True]))
    flow = flow_between(*stills(mesh, now, then))
    assert np.array_equal(flow.seen, true_passes(mesh, then).ids == 2)


def test_a_closed_things_far_side_is_hidden_when_it_turns_away():
    mesh = scene_mesh(sphere(3))
    half_turn = Rotation.from_euler("y", 180, degrees=True).as_matrix()
    flow = flow_between(*stills(mesh, view_of(placed(z=-4)), view_of(placed(z=-4, linear=half_turn))))
    assert np.count_nonzero(flow.seen) <= 0.02 * np.count_nonzero(true_passes(mesh, view_of(placed(z=-4))).ids)


def test_what_comes_nearer_than_the_near_plane_or_behind_the_camera_does_not_move_and_is_not_seen():
    mesh = scene_mesh(CARD)
    now = view_of(placed(z=-3), near_m=0.5)
    for z in (-0.4, 0.0, 2.0):
        flow = flow_between(*stills(mesh, now, view_of(placed(z=z), near_m=0.5)))
        assert not flow.seen.any()
        assert not flow.move_px.any()


def test_of_a_floor_that_crosses_the_near_plane_the_part_before_the_camera_moves():
    mesh = scene_mesh(WALL)
    lying = Rotation.from_euler("x", -90, degrees=True).as_matrix()
    now, then = view_of(placed(0, -1, -22, lying)), view_of(placed(0, -1, -8, lying), near_m=12.0)
    flow = flow_between(*stills(mesh, now, then))
    assert np.isfinite(flow.move_px).all()
    depth_m = true_passes(mesh, now).depth_m
    passed = (depth_m > 0) & (depth_m < 12 + 14)
    assert passed.any()
    assert not flow.move_px[passed].any()
    # Those at the sides leave the picture.
    assert flow.seen[:, 60:100][depth_m[:, 60:100] > 12 + 14 + 0.1].all()


def test_what_leaves_the_picture_is_followed_but_not_seen():
    mesh = scene_mesh(WALL)
    now = view_of(placed(z=-10), active=Rectangle(0, 10, 160, 80))
    flow = flow_between(*stills(mesh, now, replace(now, camera_from_entity=now.camera_from_entity + up_m(1.0))))
    rise_px = now.intrinsics[1, 1] / 10
    ids = true_passes(mesh, now).ids
    assert np.abs(flow.move_px[ids == 1] - [0, -rise_px]).max() <= 1e-4
    rows = pixel_centres(90, 160)[..., 1]
    assert np.array_equal(flow.seen, (ids == 1) & (rows - rise_px >= 10))


def up_m(height_m: float) -> Array:
    """What a level camera's ``camera_from_entity`` changes by when a thing rises."""
    change = np.zeros((1, 4, 4))
    change[0, 1, 3] = -height_m
    return change


def test_before_the_first_and_after_the_last_frame_nothing_is_seen():
    mesh, view = random_scene(0)
    flow = blank_layers(view.height, view.width, Wanted(motion=True)).forward
    flow.move_px.fill(7)
    flow.seen.fill(True)
    Tracker().find_flow(
        Still(0, mesh, view), None, faces_now=faces_of(Still(0, mesh, view)), faces_then=None, flow=flow
    )
    assert not flow.move_px.any()
    assert not flow.seen.any()


def test_a_million_metres_away_motion_is_as_exact():
    mesh = scene_mesh(sphere(2))
    far = np.eye(3) * 2e5
    now, then = view_of(placed(z=-1e6, linear=far)), view_of(placed(1e4, 2e4, -1.1e6, far))
    flow, truth = (
        flow_between(*stills(mesh, now, then)),
        true_flow(*stills(mesh, now, then), faces_of(Still(0, mesh, now))),
    )
    assert np.count_nonzero(truth.seen) > 100
    assert np.abs(flow.move_px - (truth.place - pixel_centres(90, 160)))[truth.seen].max() <= 1e-3
    assert np.count_nonzero(flow.seen != truth.seen) <= 0.005 * truth.seen.size


def test_slivers_and_faces_that_collapse_at_the_other_frame_give_finite_moves():
    corners = np.array([[[-1, 0, 0], [1, 1e-6, 0], [1, 0.3, 0]], [[-1, 0.5, 0], [1, 0.5, 0], [0, 0.9, 0]]])
    mesh = scene_mesh(triangles(corners))
    vertices = mesh.vertices.copy()
    vertices[3:] = vertices[3]
    view = view_of(placed(z=-2))
    flow = flow_between(Still(0, mesh, view), Still(1, replace(mesh, vertices=vertices), view))
    assert np.isfinite(flow.move_px).all()


def test_what_a_tracker_keeps_of_other_frames_changes_nothing():
    mesh, view = random_scene(3)
    shots = [Still(frame, mesh, disturbed(view, frame, 5.0, 0.1)) for frame in range(5)]
    faces = [faces_of(still) for still in shots]
    flow = blank_layers(view.height, view.width, Wanted(motion=True)).forward
    tracker = Tracker()
    for now, then in ((0, 1), (1, 2), (1, 0), (2, 3), (2, 1), (4, 3), (0, 1), (1, 0)):
        tracker.find_flow(shots[now], shots[then], faces_now=faces[now], faces_then=faces[then], flow=flow)
        fresh = flow_between(shots[now], shots[then])
        np.testing.assert_array_equal(flow.move_px, fresh.move_px)
        np.testing.assert_array_equal(flow.seen, fresh.seen)
