"""Animations from USD: our own come back, and so do those that other programs made of them."""

import re
from pathlib import Path

import numpy as np
import pytest
from pxr import Gf, Sdf, Usd, UsdGeom

from r2s2r.errors import MediaError
from r2s2r.geometry.camera import Camera
from r2s2r.media.animations import read_animation
from r2s2r.media.animations.usd import read_here
from r2s2r.media.usd import write_usd
from tests.media.animations.shots import FRAMES, HEIGHT, RATE, WIDTH, lenses, placed, poses, seen, usd_shot

NAMES = {"bunny": "bunny", "crate.1": "crate_1"}
POINTS = np.random.default_rng(0).uniform([-1, 0, -6], [1, 1.5, -3], (100, 3))


@pytest.fixture
def folder(tmp_path):
    write_usd(tmp_path, usd_shot())
    return tmp_path


@pytest.fixture
def stage(folder):
    """A stage on top of the shot, as somebody saves who changed it."""
    made = Usd.Stage.CreateNew(str(folder / "moved.usda"))
    made.GetRootLayer().subLayerPaths.append("./shot.usda")
    for name, value in (("upAxis", "Y"), ("metersPerUnit", 1.0)):
        made.SetMetadata(name, value)
    made.SetTimeCodesPerSecond(16)
    made.SetStartTimeCode(0)
    made.SetEndTimeCode(FRAMES - 1)
    return made


def _read(stage):
    """Read in this process, which is quick; see ``test_our_own_comes_back`` for the way in."""
    stage.Save()
    path = _path(stage)
    return read_here(path, {layer: path.with_name(layer) for layer in ("shot.usda", "edit.usda", "base.usdc")})


def _path(stage):
    return Path(stage.GetRootLayer().realPath)


def test_our_own_comes_back(folder):
    found = read_animation(folder / "shot.usda")
    assert (found.moments, found.fps) == (FRAMES, RATE)
    for name, one in found.of(NAMES).items():
        np.testing.assert_allclose(one.world_from_object, placed()[name], atol=1e-12)
        np.testing.assert_array_equal(one.visible, seen()[name])
    track = found.cameras["Camera"]
    np.testing.assert_allclose(track.world_from_camera, poses(), atol=1e-12)
    for frame in range(FRAMES):
        ours, _ = Camera(poses()[frame], lenses()[frame], HEIGHT, WIDTH).project(POINTS)
        theirs, _ = Camera(track.world_from_camera[frame], track.intrinsics[frame], HEIGHT, WIDTH).project(POINTS)
        assert np.abs(ours - theirs).max() < 1e-3


def test_what_was_moved_on_top_is_found(stage):
    bunny = UsdGeom.Xformable(stage.GetPrimAtPath("/World/Entities/bunny"))
    for frame, matrix in enumerate(placed()["bunny"]):
        lifted = np.array(matrix)
        lifted[1, 3] += 0.5 if frame > 3 else 0
        bunny.GetOrderedXformOps()[0].Set(Gf.Matrix4d(lifted.T.tolist()), frame)
    moved_m = _read(stage).of(NAMES)["bunny"].world_from_object[:, 1, 3] - placed()["bunny"][:, 1, 3]
    np.testing.assert_allclose(moved_m, [0] * 4 + [0.5] * (FRAMES - 4), atol=1e-12)


def test_a_transform_on_the_mesh_itself_counts(stage):
    mesh = UsdGeom.Xformable(stage.GetPrimAtPath("/World/Entities/crate_1/crate_1"))
    mesh.AddTranslateOp().Set(Gf.Vec3d(0, 0, -1))
    one = _read(stage).of(NAMES)["crate.1"]
    np.testing.assert_allclose(one.world_from_object[:, :3, 3], np.tile([-1, 0, -7], (FRAMES, 1)))


def test_another_axis_unit_and_first_frame_are_turned_round(folder, tmp_path):
    """As Blender writes it: +Z up, below a root, other names of prims; here in centimetres, and from frame 1 on."""
    made = Usd.Stage.CreateNew(str(tmp_path / "blender.usda"))
    UsdGeom.SetStageUpAxis(made, UsdGeom.Tokens.z)
    UsdGeom.SetStageMetersPerUnit(made, 0.01)
    made.SetTimeCodesPerSecond(24)
    made.SetStartTimeCode(1)
    made.SetEndTimeCode(FRAMES)
    UsdGeom.Xform.Define(made, "/root").AddTransformOp().Set(
        Gf.Matrix4d().SetScale(100) * Gf.Matrix4d().SetRotate(Gf.Rotation((1, 0, 0), 90))
    )
    prim = UsdGeom.Xform.Define(made, "/root/thing")
    prim.GetPrim().CreateAttribute("userProperties:blender:object_name", Sdf.ValueTypeNames.String).Set("crate.1")
    transform = prim.AddTransformOp()
    for frame, matrix in enumerate(placed()["bunny"]):
        transform.Set(Gf.Matrix4d(matrix.T.tolist()), frame + 1)
    UsdGeom.Mesh.Define(made, "/root/thing/mesh").CreatePointsAttr([(0, 0, 0), (1, 0, 0), (0, 1, 0)])
    found = _read(made)
    assert (found.moments, found.metres_per_unit) == (FRAMES, pytest.approx(0.01))
    np.testing.assert_allclose(found.of(NAMES)["crate.1"].world_from_object, placed()["bunny"], atol=1e-6)


def test_where_nothing_moves_there_is_one_moment(tmp_path):
    made = Usd.Stage.CreateNew(str(tmp_path / "still.usda"))
    made.SetStartTimeCode(0)
    made.SetEndTimeCode(250)
    UsdGeom.Mesh.Define(made, "/bunny").CreatePointsAttr([(0, 0, 0)])
    assert _read(made).moments == 1


def test_the_mesh_that_is_called_so_is_taken_before_one_that_hangs_on_it(stage):
    UsdGeom.Mesh.Define(stage, "/World/Entities/bunny/aaa_hat")
    assert _read(stage).of(NAMES)["bunny"].where.endswith("/World/Entities/bunny/bunny")


@pytest.mark.parametrize(
    ("matrix", "said"),
    [
        (np.diag([-1.0, 1, 1, 1]), "/World/Camera: frame 3: is mirrored"),
        (np.diag([1.0, 2, 1, 1]), "/World/Camera: frame 3: is scaled differently along its axes, or sheared"),
        (np.diag([1.0, np.nan, 1, 1]), "/World/Camera: frame 3: holds numbers that are none"),
        (np.zeros((4, 4)), "/World/Camera: frame 3: is mirrored, or of no size"),
    ],
)
def test_a_camera_that_is_none_is_named_with_its_frame(stage, matrix, said):
    camera = UsdGeom.Xformable(stage.GetPrimAtPath("/World/Camera"))
    for frame in range(FRAMES):
        camera.GetOrderedXformOps()[0].Set(Gf.Matrix4d(matrix.tolist() if frame == 3 else 1.0), frame)
    with pytest.raises(MediaError, match=re.escape(said)):
        _read(stage)


@pytest.mark.parametrize("unit_m", [-1.0, 1e300, float("inf"), float("nan")])
def test_a_unit_that_is_no_length_is_refused(stage, unit_m):
    stage.SetMetadata("metersPerUnit", unit_m)
    with pytest.raises(MediaError, match=r"moved\.usda: metersPerUnit is .*, which is no length"):
        _read(stage)


@pytest.mark.parametrize("rate", [1e-5, 1e308])
def test_a_rate_beyond_all_bounds_is_not_believed(stage, rate):
    stage.SetTimeCodesPerSecond(rate)
    assert _read(stage).fps == 24


def test_more_meshes_and_frames_than_memory_holds_are_refused(stage, monkeypatch):
    monkeypatch.setattr("r2s2r.media.animations.usd._MOST_PLACES", 5)
    with pytest.raises(MediaError, match=r"moved\.usda: holds \d+ meshes in \d+ frames; export fewer"):
        _read(stage)


def test_a_layer_outside_of_the_folder_is_not_read(folder, tmp_path_factory):
    outside = tmp_path_factory.mktemp("outside") / "other.usda"
    Usd.Stage.CreateNew(str(outside)).Save()
    inside = Usd.Stage.CreateNew(str(folder / "asks.usda"))
    inside.GetRootLayer().subLayerPaths.append(str(outside))
    inside.Save()
    with pytest.raises(MediaError, match=r"other\.usda"):
        read_animation(folder / "asks.usda")


def test_a_damaged_file_is_named(tmp_path):
    (tmp_path / "broken.usda").write_text('#usda 1.0\ndef Xform "World" {')
    with pytest.raises(MediaError, match=r"broken\.usda"):
        read_animation(tmp_path / "broken.usda")


def test_a_camera_file_is_sent_where_it_belongs(tmp_path):
    (tmp_path / "arc.chan").write_text("1 0 0 0 0 0 0 45\n")
    with pytest.raises(MediaError, match="holds a camera and no animation"):
        read_animation(tmp_path / "arc.chan")
