"""What of a frame is drawn: its window, its entities, its size, and nothing of the frame before."""

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from r2s2r.geometry.framing import Rectangle
from r2s2r.stages.render.rasteriser import Raster
from r2s2r.stages.render.still import Still
from tests.render.conftest import scene_mesh
from tests.render.oracle import true_passes
from tests.render.shapes import box, placed, plain, sheet, sphere, triangles, view_of


@pytest.mark.parametrize("supersampling", [1, 2])
def test_nothing_is_drawn_in_the_bars_of_a_letterbox(contender, supersampling):
    bars = {"wide": Rectangle(0, 20, 160, 71), "tall": Rectangle(31, 0, 130, 90)}
    for active in bars.values():
        view = view_of(placed(z=-1.0), active=active)
        seen = contender.visibility(scene_mesh(sheet(9, 9, plain())), view, supersampling)
        for face_idx, side in ((seen.face_idx, 1), (seen.samples, supersampling)):
            inside = np.zeros(face_idx.shape, bool)
            x0, y0, x1, y1 = (int(edge) * side for edge in (active.x0, active.y0, active.x1, active.y1))
            inside[y0:y1, x0:x1] = True
            assert np.array_equal(face_idx >= 0, inside)


def test_an_invisible_entity_is_not_drawn(contender):
    view = view_of(placed(z=-5.0), placed(z=-6.0), visible=np.array([False, True]))
    assert set(np.unique(contender.drawn(scene_mesh(sphere(1), box()), view).ids)) == {0, 2}


def test_no_entity_at_all_is_an_empty_frame(contender):
    assert (contender.faces(scene_mesh(), view_of()) == -1).all()
    nothing = triangles(np.empty((0, 3, 3)))
    seen = contender.faces(scene_mesh(nothing, box()), view_of(placed(z=-5.0), placed(z=-5.0)))
    assert seen.max() >= 0
    assert (contender.faces(scene_mesh(nothing), view_of(placed(z=-5.0))) == -1).all()


@pytest.mark.parametrize(("height", "width"), [(1, 1), (7, 13), (91, 161)])
def test_any_size_is_drawn(contender, height, width):
    layers = contender.drawn(scene_mesh(sheet(9, 9, plain())), view_of(placed(z=-1.0), height=height, width=width))
    assert layers.ids.shape == (height, width)
    assert (layers.ids == 1).all()


@pytest.mark.parametrize(
    ("pose", "pixels_seen"),
    [
        pytest.param(placed(z=5.0), 0, id="behind the camera"),
        pytest.param(placed(z=-1e6), 0, id="a million metres away"),  # less than a pixel, and between pixel centres
        pytest.param(placed(x=1e6, z=-5.0), 0, id="far off the picture"),
        pytest.param(placed(z=-1e6, linear=2e5), 3800, id="far and vast"),
        pytest.param(placed(z=-0.5, linear=1e3), 90 * 160, id="all round the camera"),
    ],
)
def test_entities_far_away_behind_or_all_around_are_drawn_as_they_are(contender, pose, pixels_seen):
    layers = contender.drawn(scene_mesh(sphere(2)), view_of(pose))
    assert np.isfinite(layers.depth_m).all()
    assert np.count_nonzero(layers.ids) == pytest.approx(pixels_seen, rel=0.1)
    assert (layers.depth_m[layers.ids > 0] > 0).all()


@pytest.mark.parametrize(
    "intrinsics",
    [
        pytest.param([[150.0, 0, 31.7], [0, 150, 71.2], [0, 0, 1]], id="its middle aside"),
        pytest.param([[190.0, 0, 80], [0, 120, 45], [0, 0, 1]], id="its pixels not square"),
        pytest.param([[150.0, 0, 190], [0, 150, -20], [0, 0, 1]], id="its middle outside"),
    ],
)
def test_a_camera_is_taken_as_its_intrinsics_say(contender, intrinsics):
    mesh = scene_mesh(box(), sphere(1))
    turn = Rotation.from_euler("xyz", [20, 35, 50], degrees=True).as_matrix()
    view = view_of(placed(-1.2, 0.8, -3.0, turn), placed(-1.0, -0.9, -4.0, turn), intrinsics=np.array(intrinsics))
    truth = true_passes(mesh, view)
    assert np.count_nonzero(truth.ids) > 300
    assert np.count_nonzero(contender.drawn(mesh, view).ids != truth.ids) <= 10


def test_what_moves_turns_stretches_mirrors_or_hides_is_drawn_anew_in_each_frame(contender):
    """By one rasteriser, one frame after the other and in batches: nothing of a frame stays for the next."""
    mesh = scene_mesh(sphere(1), box(), box())
    mirrored = np.diag([-1.0, 1.2, 0.7])
    poses = [
        (placed(0, 0, -3), placed(1, 0, -5), placed(-1, 0, -4)),
        (placed(0, 0, -3), placed(1, 0, -5), placed(-1, 0, -4, mirrored)),
        (placed(0, 0, -8), placed(1, 0, -5), placed(-1, 0, -4, mirrored)),
        (placed(0, 0, -8), placed(0.2, 0, 0.1), placed(-1, 0, -4, mirrored)),
        (placed(0, 0, -3), placed(1, 0, -5), placed(-1, 0, -4)),
    ]
    views = [view_of(*pose) for pose in poses]
    views.insert(2, view_of(*poses[0], visible=np.array([True, False, True])))
    views.insert(3, view_of(*poses[0], fov_deg=35.0))
    alone = [contender.visibility(mesh, view, 2) for view in views]
    rasteriser = contender.backend().new_rasteriser(mesh, Raster(90, 160, 2))
    stills = [Still(frame, mesh, view) for frame, view in enumerate(views)]
    after = [rasteriser.new_visibility() for _ in stills]
    step = rasteriser.batch_frames
    for first in range(0, len(stills), step):
        rasteriser.draw(stills[first : first + step], after[first : first + step])
    for one, other in zip(alone, after, strict=True):
        assert np.array_equal(one.face_idx, other.face_idx)
        assert np.array_equal(one.samples, other.samples)
    assert not np.array_equal(after[0].face_idx, after[1].face_idx)
