"""Silhouettes that do not meet: pose and size are refined, or the mesh is refused with a picture."""

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from r2s2r.errors import StageError
from r2s2r.geometry.mesh import Mesh
from r2s2r.geometry.normals import smooth_normals
from r2s2r.media.images import read_rgb
from r2s2r.stages.lift.entities.contact import ground_contact
from r2s2r.stages.lift.entities.distance import at_its_distance
from r2s2r.stages.lift.entities.fit import covered_iou, fitted
from r2s2r.stages.lift.entities.lifter import View
from r2s2r.stages.lift.entities.refine import refine
from r2s2r.stages.lift.entities.silhouette import silhouette
from r2s2r.stages.lift.entities.small_view import SmallView
from tests.lift.material import camera_of, disc, grain
from tests.lift.workers.truth import asymmetric

CAMERA = camera_of(240, 320)
SOLID = asymmetric()
FACES = np.asarray(SOLID.faces, np.int32)
WORLD = Rotation.from_euler("y", 30, degrees=True).apply(SOLID.vertices) + np.array([0.3, 0, -3.5])
MIDDLE = WORLD.mean(axis=0)
MASK = silhouette(WORLD, FACES, CAMERA)
FRAME = grain(240, 320, 1)
DEPTH = SmallView(CAMERA, MASK.astype(np.float32), None).depth_of(WORLD, FACES)
DEPTH = np.where(np.isfinite(DEPTH), DEPTH, np.nan).astype(np.float32)


def mesh_of(vertices, faces=FACES):
    texture, uv = np.zeros((1, 1, 3), np.uint8), np.zeros((len(faces), 3, 2), np.float32)
    return Mesh(vertices.astype(np.float32), faces, uv, smooth_normals(vertices, faces), texture)


def view(depth_m=None, mask=MASK):
    return View(FRAME, mask, CAMERA, ground_contact(mask, CAMERA), depth_m, clip_frame=66)


def moved(*, axis=(0, 1, 0), degrees=0.0, scale=1.0, shift=(0.0, 0, 0)):
    turn = Rotation.from_rotvec(np.radians(degrees) * np.array(axis) / np.linalg.norm(axis))
    return mesh_of(MIDDLE + np.array(shift) + scale * turn.apply(WORLD - MIDDLE))


@pytest.mark.parametrize(
    "off",
    [
        {"shift": (0.25, -0.1, 0.2)},
        {"scale": 1.3},
        {"scale": 0.75},
        {"axis": (0, 0, 1), "degrees": 20},
        {"axis": (1, 0, 0), "degrees": 20},
        {"axis": (1, 2, -1), "degrees": 15, "scale": 1.2, "shift": (-0.2, 0.1, 0.0)},
    ],
    ids=str,
)
def test_a_mesh_that_is_off_by_a_known_amount_is_brought_back(off, tmp_path):
    mesh = moved(**off)
    assert covered_iou(mesh, view()) < 0.9
    fit = fitted(mesh, view(), tmp_path)
    assert fit.iou >= 0.95
    assert covered_iou(fit.mesh, view()) == fit.iou
    assert "refined by the silhouette (turned by" in fit.findings[0]


@pytest.mark.parametrize("degrees", [-15, 15])
def test_known_depth_tells_turns_too(degrees):
    off = moved(axis=(0.3, 1, 0.2), degrees=degrees, scale=1.15, shift=(0.15, 0, 0))
    result = at_its_distance(refine(off, view(DEPTH)).mesh(off), view(DEPTH))
    assert covered_iou(result, view(DEPTH)) >= 0.95
    found = Rotation.align_vectors(result.vertices - result.vertices.mean(axis=0), WORLD - MIDDLE)[0]
    assert np.degrees(found.magnitude()) < 3
    assert np.linalg.norm(result.vertices - WORLD, axis=1).mean() < 0.04


def test_a_mesh_that_fits_is_left_as_it_is(tmp_path):
    mesh = mesh_of(WORLD)
    fit = fitted(mesh, view(), tmp_path)
    assert fit.mesh is mesh
    assert fit.iou == 1
    assert fit.findings == ()


def test_what_was_refined_stands_on_the_ground(tmp_path):
    fit = fitted(moved(shift=(0, 0.4, 0), scale=0.8), view(), tmp_path)
    assert fit.mesh.vertices[:, 1].min() == pytest.approx(0, abs=1e-5)


def test_refinement_is_the_same_each_time(tmp_path):
    off = moved(scale=1.3, degrees=10)
    one, other = (fitted(off, view(), tmp_path).mesh.vertices for _ in range(2))
    assert np.array_equal(one, other)


def test_what_cannot_be_made_to_fit_is_refused_with_a_picture_of_both(tmp_path):
    ring = disc(240, 320, 160, 120, 90) & ~disc(240, 320, 160, 120, 75)
    with pytest.raises(StageError, match=r"only 0\.\d+ in frame 66.*silhouettes\.png \(red: the mask alone") as caught:
        fitted(mesh_of(WORLD), view(mask=ring), tmp_path / "kept")
    picture = read_rgb(tmp_path / "kept" / "silhouettes.png")
    assert str(tmp_path / "kept" / "silhouettes.png") in str(caught.value)
    assert picture.shape == (240, 640, 3)
    assert np.array_equal(picture[:, :320], FRAME)
    red, _, blue = np.moveaxis(picture[:, 320:].astype(int), -1, 0)
    assert (red - blue)[ring].mean() > 40
    assert (blue - red).max() > 40


def test_a_mesh_behind_the_camera_covers_nothing(tmp_path):
    behind = mesh_of(WORLD + np.array([0, 0, 20]))
    assert covered_iou(behind, view()) == 0
    with pytest.raises(StageError, match=r"only 0\.00"):
        fitted(behind, view(), tmp_path)
