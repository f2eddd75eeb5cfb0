"""The inflated lift: closed, in its silhouette, of a good shape, and the same every time."""

import manifold3d
import numpy as np
import pytest

from r2s2r.geometry.normals import face_normals
from r2s2r.geometry.topology import is_closed, volume_m3
from r2s2r.spec.lift import InflateSpec
from r2s2r.stages.lift.entities.contact import ground_contact
from r2s2r.stages.lift.entities.inflate import Inflater
from r2s2r.stages.lift.entities.lifter import View
from r2s2r.stages.lift.entities.silhouette import silhouette
from tests.lift.material import camera_of, disc, grain, overlap
from tests.lift.rasteriser import covered_by_triangles

SIZE = 512
ROWS, COLUMNS = np.indices((SIZE, SIZE)) + 0.5
ANGLE = np.arctan2(ROWS - 256, COLUMNS - 256)
RADIUS = np.hypot(ROWS - 256, COLUMNS - 256)
SHAPES = {
    "disc": RADIUS < 180,
    "star": 130 + 70 * np.cos(5 * ANGLE) > RADIUS,
    "ring": (RADIUS < 200) & (RADIUS > 90),
    "two pieces": disc(SIZE, SIZE, 150, 300, 80) | disc(SIZE, SIZE, 370, 260, 110),
    "thin limbs": (
        ((np.abs(COLUMNS - 256) < 30) & (np.abs(ROWS - 256) < 180))
        | ((np.abs(ROWS - 200) < 4) & (np.abs(COLUMNS - 256) < 200))
        | ((np.abs(COLUMNS - 150) < 3) & (np.abs(ROWS - 280) < 80))
    ),
    "touching the border": ((COLUMNS < 140) & (ROWS > 200)) | disc(SIZE, SIZE, 80, 200, 80),
    "box": (np.abs(COLUMNS - 256) < 150) & (np.abs(ROWS - 256) < 100),
    "small": disc(SIZE, SIZE, 300.3, 400.7, 9),
    "half the picture": ROWS > 256,
}

# Perspective makes eggs of balls, and a camera that looks down leans on them.
LONG_LENS = camera_of(SIZE, SIZE, fov_deg=4.0, camera_height_m=5.0, pitch_deg=0.0)


def lift(mask, frame=None, *, camera=None, **spec):
    height, width = mask.shape
    camera = camera or camera_of(height, width)
    frame = np.full((height, width, 3), 128, np.uint8) if frame is None else frame
    view = View(frame, mask, camera, ground_contact(mask, camera))
    return Inflater(InflateSpec(**spec)).lift(view).mesh, camera


def solid_of(mesh):
    return manifold3d.Manifold(manifold3d.Mesh(mesh.vertices, mesh.faces.astype(np.uint32)))


@pytest.mark.parametrize("name", SHAPES)
def test_the_silhouette_is_the_mask_and_the_mesh_is_closed(name):
    mask = SHAPES[name]
    mesh, camera = lift(mask, max_faces=1_000_000)
    assert overlap(silhouette(mesh.vertices.astype(float), mesh.faces, camera), mask) >= 0.99
    simple, _ = lift(mask, max_faces=5000)
    assert len(simple.faces) <= 5000
    assert overlap(silhouette(simple.vertices.astype(float), simple.faces, camera), mask) >= 0.98
    for lifted in (mesh, simple):
        assert solid_of(lifted).status() == manifold3d.Error.NoError
        assert solid_of(lifted).volume() > 0  # not inside out
        assert is_closed(lifted.faces)


@pytest.mark.parametrize("pitch_deg", [0.0, -20.0, -50.0, -89.0])
def test_the_silhouette_holds_for_every_pitch(pitch_deg):
    camera = camera_of(SIZE, SIZE, fov_deg=75.0, pitch_deg=pitch_deg)
    mask = SHAPES["star"] & (ROWS > 240)
    mesh, _ = lift(mask, camera=camera)
    assert overlap(silhouette(mesh.vertices.astype(float), mesh.faces, camera), mask) >= 0.99


def test_coverage_is_that_of_the_slow_reference():
    camera = camera_of(60, 80)
    mesh, _ = lift(disc(60, 80, 41.2, 30.9, 19) & ~disc(60, 80, 45, 30, 7), camera=camera, max_faces=600)
    expected = covered_by_triangles(mesh.vertices, mesh.faces, camera)
    assert np.array_equal(silhouette(mesh.vertices.astype(float), mesh.faces, camera), expected)


def test_a_disc_becomes_a_ball():
    mesh, _ = lift(SHAPES["disc"], camera=LONG_LENS, max_faces=1_000_000)
    middle = (mesh.vertices.min(axis=0) + mesh.vertices.max(axis=0)) / 2
    distance = np.linalg.norm(mesh.vertices - middle, axis=1)
    radius = np.ptp(mesh.vertices[:, 0]) / 2
    assert np.abs(distance / radius - 1).max() < 0.03
    assert volume_m3(mesh.vertices, mesh.faces) == pytest.approx(4 / 3 * np.pi * radius**3, rel=0.03)


def test_a_strip_becomes_a_tube():
    mask = (np.abs(COLUMNS - 256) < 40) & (np.abs(ROWS - 256) < 240)
    mesh, _ = lift(mask, camera=LONG_LENS)
    y = mesh.vertices[:, 1]
    shaft = mesh.vertices[np.abs(y - y.mean()) < 0.35 * np.ptp(y)]
    assert np.ptp(shaft[:, 2]) == pytest.approx(np.ptp(shaft[:, 0]), rel=0.03)


def test_thickness_scales_the_depth_alone():
    extents = [np.ptp(lift(SHAPES["star"], camera=LONG_LENS, thickness=k)[0].vertices, axis=0) for k in (0.5, 1.0)]
    assert extents[0][:2] == pytest.approx(extents[1][:2], rel=0.01)
    assert extents[0][2] == pytest.approx(extents[1][2] / 2, rel=0.02)


@pytest.mark.parametrize("pitch_deg", [-5.0, -30.0])
def test_it_stands_on_the_ground_upright(pitch_deg):
    camera = camera_of(SIZE, SIZE, pitch_deg=pitch_deg)
    mesh, _ = lift((np.abs(COLUMNS - 256) < 40) & (ROWS > 200) & (ROWS < 420), camera=camera)
    y, z = mesh.vertices[:, 1], mesh.vertices[:, 2]
    assert y.min() == pytest.approx(0, abs=1e-6)
    above_its_foot = (y > 0.05 * y.max()) & (y < 0.25 * y.max())
    low, high = ((z[part].min() + z[part].max()) / 2 for part in (above_its_foot, y > 0.8 * y.max()))
    # Its base is flattened onto the ground, which takes a little of its front.
    assert low == pytest.approx(high, abs=0.15 * float(np.ptp(z)))


def test_normals_point_outwards():
    mesh, _ = lift(SHAPES["two pieces"])
    facing = np.einsum("fci,fi->fc", mesh.corner_normals, face_normals(mesh.vertices.astype(float), mesh.faces))
    assert (facing > 0).mean() > 0.99
    assert np.allclose(np.linalg.norm(mesh.corner_normals, axis=2), 1, atol=1e-5)


def colours_of(mesh, faces):
    height, width = mesh.texture.shape[:2]
    uv = mesh.corner_uv[faces].mean(axis=1)
    return mesh.texture[(uv[:, 1] * height).astype(int), (uv[:, 0] * width).astype(int)].astype(float)


def test_the_front_shows_the_picture_without_a_fringe_of_background():
    frame = np.zeros((SIZE, SIZE, 3), np.uint8)
    frame[...] = (0, 255, 0)
    frame[disc(SIZE, SIZE, 256, 256, 179)] = (200, 40, 40)  # a pixel smaller than the mask: the mask is a bit loose
    mesh, _ = lift(SHAPES["disc"], frame)
    assert np.abs(colours_of(mesh, np.arange(len(mesh.faces))) - [200, 40, 40]).max() <= 2


def test_the_back_has_no_second_face():
    frame = np.full((SIZE, SIZE, 3), 180, np.uint8)
    for x in (200, 312):
        frame[disc(SIZE, SIZE, x, 220, 14)] = 0  # eyes
    mesh, camera = lift(SHAPES["disc"], frame)
    middle = mesh.vertices[mesh.faces].mean(axis=1)
    away = face_normals(mesh.vertices.astype(float), mesh.faces)[:, 2] < 0
    inner = np.linalg.norm(camera.project(middle.astype(float))[0] - 256, axis=1) < 140
    front, back = (colours_of(mesh, inner & side) for side in (~away, away))
    assert front.min() < 10
    assert back.min() > 150


def test_the_same_picture_gives_the_same_mesh():
    frame = grain(SIZE, SIZE, 3)
    one, other = lift(SHAPES["star"], frame)[0], lift(SHAPES["star"], frame)[0]
    for name in ("vertices", "faces", "corner_uv", "corner_normals", "texture"):
        assert getattr(one, name).tobytes() == getattr(other, name).tobytes()
