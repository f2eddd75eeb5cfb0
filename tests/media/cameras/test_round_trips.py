"""Cameras that are written and read again: the same, or what is lost is said."""

import json
import math
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from r2s2r.geometry.transforms import inverse
from r2s2r.media.cameras import read_cameras, read_track
from r2s2r.media.cameras.writers.camera_path import write_camera_path
from r2s2r.media.cameras.writers.chan import write_chan
from r2s2r.media.cameras.writers.colmap import write_colmap
from r2s2r.media.cameras.writers.gen3c import write_gen3c
from r2s2r.media.cameras.writers.recammaster import write_recammaster
from r2s2r.media.cameras.writers.transforms import write_transforms
from r2s2r.media.glb.shot import GlbShot, write_glb_shot
from tests.media.cameras.tracks import FPS, HEIGHT, WIDTH, assert_same, track

# What a crop and a letterbox of a solved lens look like: not in the middle, not quite square.
SHIFTED = {"centre": (12.5, -7.25), "stretch": 1.003}


@pytest.mark.parametrize("form", ["colmap", "transforms"])
@pytest.mark.parametrize("how", [{}, {"zoom": False}, {"steep": True}, SHIFTED], ids=str)
def test_what_holds_a_whole_lens_comes_back_whole(tmp_path, form, how):
    written = track(**how)
    if form == "colmap":
        assert write_colmap(tmp_path, written) == ()
        path = tmp_path / "cameras.txt"
    else:
        path = tmp_path / "transforms.json"
        assert write_transforms(path, written) == ()
    assert_same(read_track(path), written)


@pytest.mark.parametrize("how", [{}, {"zoom": False}, {"steep": True}, {"count": 1}], ids=str)
def test_a_camera_path_comes_back_with_its_rate(tmp_path, how):
    written = track(**how)
    assert write_camera_path(tmp_path / "camera_path.json", written, FPS) == ()
    read = read_track(tmp_path / "camera_path.json")
    assert_same(read, written)
    assert read.fps == FPS
    assert read.times_s is not None
    assert np.allclose(read.times_s, np.arange(len(written.intrinsics)) / 16)


@pytest.mark.parametrize("fps", [Fraction(24000, 1001), Fraction(25)])
def test_a_camera_path_keeps_the_rate_of_film(tmp_path, fps):
    write_camera_path(tmp_path / "camera_path.json", track(), fps)
    assert read_track(tmp_path / "camera_path.json").fps == fps


@pytest.mark.parametrize("how", [{}, {"zoom": False}, {"steep": True}], ids=str)
def test_a_chan_comes_back_but_for_the_shape_of_its_pictures(tmp_path, how):
    written = track(**how)
    assert write_chan(tmp_path / "camera.chan", written) == ()
    read = read_track(tmp_path / "camera.chan")
    assert not read.has_shape
    lenses = read.intrinsics * (HEIGHT / read.height)
    lenses[:, 2, 2], lenses[:, 0, 2] = 1, WIDTH / 2
    assert_same(replace(read, intrinsics=lenses, height=HEIGHT, width=WIDTH), written)


def test_the_angles_of_a_chan_never_jump_by_a_whole_turn(tmp_path):
    write_chan(tmp_path / "camera.chan", track(count=60))
    columns = np.loadtxt(tmp_path / "camera.chan")
    assert columns.shape == (60, 8)
    assert np.abs(np.diff(columns[:, 4:7], axis=0)).max() < 30
    assert np.ptp(columns[:, 5]) == pytest.approx(400, abs=5)


@pytest.mark.parametrize(
    ("name", "write"),
    [("camera_path.json", lambda path, made: write_camera_path(path, made, FPS)), ("camera.chan", write_chan)],
)
def test_what_a_format_cannot_hold_is_said(tmp_path, name, write):
    notes = write(tmp_path / name, track(**SHIFTED))
    assert len(notes) == 2
    assert "holds no principal point: everything is shifted by 12.5 px across and 7.25 px down" in notes[0]
    assert "holds one focal length: what is at the left and right edge is off by up to 1.25 px" in notes[1]


def test_solved_cameras_are_read_as_before_from_what_is_written(tmp_path):
    written = track(**SHIFTED)
    write_colmap(tmp_path, written)
    pictures = read_cameras(tmp_path / "cameras.txt").pictures
    assert [picture.name for picture in pictures] == [f"{frame:06d}.png" for frame in range(7)]
    assert (
        np.abs(np.stack([picture.world_from_camera for picture in pictures]) - written.world_from_camera).max() < 1e-9
    )


def test_one_lens_is_one_camera_of_colmap(tmp_path):
    write_colmap(tmp_path, track(zoom=False))
    assert len((tmp_path / "cameras.txt").read_text().splitlines()) == 2


def test_nerfstudio_s_world_is_z_up_and_its_cameras_look_along_minus_z(tmp_path):
    level = replace(track(count=1), world_from_camera=np.diag([1.0, -1, -1, 1])[None] + np.eye(4)[None] * 0)
    level.world_from_camera[0, :3, 3] = [1, 2, 3]
    write_transforms(tmp_path / "transforms.json", level)
    matrix = np.array(json.loads((tmp_path / "transforms.json").read_text())["frames"][0]["transform_matrix"])
    assert matrix[:3, 3].tolist() == [1, -3, 2]
    assert (-matrix[:3, 2]).tolist() == [0, 1, 0], "our -Z, ahead, is its +Y"
    assert matrix[:3, 1].tolist() == [0, 0, 1]


def test_a_level_camera_in_a_chan_has_no_turns(tmp_path):
    level = replace(track(count=1, zoom=False), world_from_camera=np.diag([1.0, -1, -1, 1])[None])
    write_chan(tmp_path / "camera.chan", level)
    frame, *columns, fov_deg = (float(word) for word in (tmp_path / "camera.chan").read_text().split())
    assert (frame, *columns) == (0,) * 7
    assert fov_deg == pytest.approx(2 * math.degrees(math.atan(240 / 700)))


def test_gen3c_finds_its_entries_and_the_last_frame_is_held(tmp_path):
    written = track()
    notes = write_gen3c(tmp_path / "camera.npz", written)
    assert "GEN3C takes 121 frames and the shot has 7: the last one is held" in notes
    with np.load(tmp_path / "camera.npz") as held:
        assert held["w2cs_all"].shape == (121, 4, 4)
        assert held["Ks_all"].dtype == np.float32
        assert np.allclose(held["w2cs_all"][:7], inverse(written.world_from_camera), atol=1e-5)
        assert np.allclose(held["Ks_all"][:7], written.intrinsics, rtol=1e-6)
        assert (held["Ks_all"][7:] == held["Ks_all"][6]).all()
    write_gen3c(tmp_path / "camera.npz", track(count=122))
    with np.load(tmp_path / "camera.npz") as held:
        assert len(held["w2cs_all"]) == 241


def as_recammaster_reads(path, camera):
    """What its inference script makes of the file: poses relative to the first frame's, in OpenCV's axes, metres."""
    held = json.loads(path.read_text())
    matrices = []
    for frame in range(81):
        rows = held[f"frame{frame}"][camera].strip().split("] [")
        matrix = np.array([[float(word) for word in row.strip("[]").split()] for row in rows]).T
        matrix = matrix[:, [1, 2, 0, 3]]
        matrix[:3, 1] *= -1
        matrix[:3, 3] /= 100
        matrices.append(matrix)
    return np.linalg.inv(matrices[0]) @ np.stack(matrices)


@pytest.mark.parametrize("count", [7, 81, 90])
def test_recammaster_reads_the_same_motion(tmp_path, count):
    written = track(count=count)
    notes = write_recammaster(tmp_path / "camera_extrinsics.json", written)
    assert any("holds no lens: the zoom by 2 is lost" in note for note in notes)
    assert any("takes 81 frames" in note for note in notes) == (count != 81)
    poses = inverse(written.world_from_camera[0]) @ written.world_from_camera
    read = as_recammaster_reads(tmp_path / "camera_extrinsics.json", "cam07")
    shown = min(count, 81)
    assert np.abs(read[:shown] - poses[:shown]).max() < 1e-6
    assert np.abs(read[shown:] - poses[shown - 1]).max(initial=0) < 1e-6


@pytest.mark.parametrize("name", ["transforms.json", "camera_path.json", "camera.chan", "cameras.txt"])
def test_a_unit_other_than_the_metre_is_applied_to_places_only(tmp_path, name):
    written = track()
    write_transforms(tmp_path / "transforms.json", written)
    write_camera_path(tmp_path / "camera_path.json", written, FPS)
    write_chan(tmp_path / "camera.chan", written)
    write_colmap(tmp_path, written)
    read = read_track(tmp_path / name, metres_per_unit=0.01)
    assert np.allclose(read.world_from_camera[:, :3, 3] * 100, written.world_from_camera[:, :3, 3], atol=1e-6)
    assert np.allclose(read.world_from_camera[:, :3, :3], written.world_from_camera[:, :3, :3], atol=1e-9)


@pytest.mark.parametrize("how", [{}, {"zoom": False}], ids=str)
def test_a_glb_s_camera_comes_back(tmp_path, how):
    written = track(**how)
    size = {"height": HEIGHT, "width": WIDTH}
    shot = GlbShot(FPS, written.world_from_camera, written.intrinsics, **size, entities={})
    write_glb_shot(tmp_path / "shot.glb", shot)
    read = read_track(tmp_path / "shot.glb")
    assert_same(read, written)
    assert read.fps == FPS
    centimetres = read_track(tmp_path / "shot.glb", metres_per_unit=0.01)
    assert np.allclose(centimetres.world_from_camera[:, :3, 3] * 100, read.world_from_camera[:, :3, 3])
