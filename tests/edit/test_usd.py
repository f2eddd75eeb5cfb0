"""The USD of a shot, read back with the USD library alone: the same cameras, the same entities, a valid stage."""

import numpy as np
import pytest
from pxr import Usd, UsdGeom, UsdShade, UsdValidation

from r2s2r.artifacts.animation import Animation
from r2s2r.media.images import read_rgb

FIVE_FRAMES = (0, 9, 17, 30, 40)
CAMERA = [
    {"type": "keyframes", "keys": [{"at": 0, "fov_deg": 60}, {"at": 40, "fov_deg": 30}]},
    {"type": "orbit", "around": "bunny", "degrees": 40},
    {"type": "dolly", "distance_m": 0.7},
]
EDITS = {
    "bunny": [
        {"type": "transform", "keys": [{"at": 0}, {"at": 30, "move_m": [0.4, 0.3, 0], "rotate_deg": [10, 90, 5]}]},
        {"type": "transform", "keys": [{"at": 5}, {"at": 40, "scale": [1, 2, 0.5]}]},
    ],
    "crate.1": [{"type": "remove", "from": 10, "to": 20}],
}


@pytest.fixture(scope="module")
def shot(animated):
    return animated(CAMERA, EDITS)


def _stage(folder, layer="shot.usda"):
    return Usd.Stage.Open(str(folder / layer))


def _usd_pixels(stage, points, frame, *, height, width):
    """Project with USD's own camera: clip space, then pixels."""
    frustum = UsdGeom.Camera(stage.GetPrimAtPath("/World/Camera")).GetCamera(frame).frustum
    clip_from_world = np.array(frustum.ComputeViewMatrix() * frustum.ComputeProjectionMatrix()).T
    clip = np.concatenate([points, np.ones((len(points), 1))], axis=1) @ clip_from_world.T
    seen = clip[:, :2] / clip[:, 3:]
    return (seen * [1, -1] + 1) / 2 * [width, height]


@pytest.mark.parametrize(
    "output", [{}, {"width": 480, "height": 832}, {"width": 500, "height": 500, "fit": "letterbox"}]
)
def test_its_camera_projects_as_ours(animated, output):
    folder = animated(CAMERA, output=output)
    animation, stage = Animation.load(folder), _stage(folder)
    points = np.random.default_rng(0).uniform([-1, 0, -6], [1, 1.5, -3], (100, 3))
    for frame in FIVE_FRAMES:
        camera = animation.camera(frame)
        ours, _ = camera.project(points)
        theirs = _usd_pixels(stage, points, frame, height=camera.height, width=camera.width)
        assert np.abs(ours - theirs).max() < 0.05


def test_its_entities_stand_where_ours_do(shot):
    animation, stage = Animation.load(shot), _stage(shot)
    for name, path in (("bunny", "/World/Entities/bunny"), ("crate.1", "/World/Entities/crate_1")):
        for frame in FIVE_FRAMES:
            rows = np.array(UsdGeom.Xformable(stage.GetPrimAtPath(path)).ComputeLocalToWorldTransform(frame))
            np.testing.assert_allclose(rows.T, animation.world_from_entity[name][frame], atol=1e-6)


def test_it_shows_and_hides_as_we_do(shot):
    animation, stage = Animation.load(shot), _stage(shot)
    crate = UsdGeom.Imageable(stage.GetPrimAtPath("/World/Entities/crate_1"))
    seen = [crate.ComputeVisibility(frame) == UsdGeom.Tokens.inherited for frame in range(41)]
    np.testing.assert_array_equal(seen, animation.visible["crate.1"])


@pytest.mark.parametrize("layer", ["shot.usda", "base.usdc", "edit.usda"])
def test_usd_finds_nothing_wrong_with_it(shot, layer):
    validators = UsdValidation.ValidationRegistry().GetOrLoadAllValidators()
    assert len(validators) > 10
    errors = UsdValidation.ValidationContext(validators).Validate(_stage(shot, layer))
    assert [error.GetErrorAsString() for error in errors] == []


@pytest.mark.parametrize("layer", ["shot.usda", "base.usdc", "edit.usda"])
def test_every_layer_says_what_its_numbers_mean(shot, layer):
    stage = _stage(shot, layer)
    assert UsdGeom.GetStageUpAxis(stage) == UsdGeom.Tokens.y
    assert UsdGeom.GetStageMetersPerUnit(stage) == 1
    assert (stage.GetTimeCodesPerSecond(), stage.GetStartTimeCode(), stage.GetEndTimeCode()) == (16, 0, 40)
    assert stage.GetRootLayer().defaultPrim == "World"


def test_the_base_alone_is_the_scene_before_the_shot(shot, source, placement):
    stage = _stage(shot, "base.usdc")
    rows = np.array(UsdGeom.Xformable(stage.GetPrimAtPath("/World/Entities/bunny")).ComputeLocalToWorldTransform(0))
    np.testing.assert_allclose(rows.T, placement, atol=1e-6)
    camera = UsdGeom.Camera(stage.GetPrimAtPath("/World/Camera")).GetCamera(0)
    np.testing.assert_allclose(camera.frustum.position, source.position_m, atol=1e-6)
    np.testing.assert_allclose(camera.frustum.ComputeViewDirection(), source.world_from_camera[:3, 2], atol=1e-6)


def test_without_edits_the_edit_layer_is_empty(animated):
    stage = _stage(animated(), "edit.usda")
    assert list(stage.TraverseAll()) == []


def test_its_meshes_are_ours_with_texture_and_name(shot, entities):
    mesh, stage = entities["crate.1"].mesh(), _stage(shot)
    crate = stage.GetPrimAtPath("/World/Entities/crate_1")
    assert (crate.GetDisplayName(), crate.GetCustomDataByKey("r2s2r:name")) == ("crate.1", "crate.1")
    prim = UsdGeom.Mesh(stage.GetPrimAtPath("/World/Entities/crate_1/crate_1"))
    np.testing.assert_array_equal(np.array(prim.GetPointsAttr().Get()), mesh.vertices)
    np.testing.assert_array_equal(np.array(prim.GetFaceVertexIndicesAttr().Get()).reshape(-1, 3), mesh.faces)
    np.testing.assert_array_equal(np.array(prim.GetNormalsAttr().Get()).reshape(-1, 3, 3), mesh.corner_normals)
    st = np.array(UsdGeom.PrimvarsAPI(prim).GetPrimvar("st").Get()).reshape(-1, 3, 2)
    np.testing.assert_allclose(st, mesh.corner_uv * [1, -1] + [0, 1], atol=1e-7)
    material, _ = UsdShade.MaterialBindingAPI(prim).ComputeBoundMaterial()
    texture = UsdShade.Shader(stage.GetPrimAtPath(material.GetPath().AppendChild("Texture")))
    file = texture.GetInput("file").Get()
    assert file.path == "./textures/crate_1.png"
    np.testing.assert_array_equal(read_rgb(shot / file.path), mesh.texture)


def test_nothing_in_it_depends_on_where_it_lies(shot):
    for layer in ("shot.usda", "edit.usda", "base.usdc"):
        assert str(shot).encode() not in (shot / layer).read_bytes()


def test_its_lens_is_a_real_one(shot):
    """Full-frame film at a field of view of 60 degrees; lenses are measured in tenths of the unit, a metre."""
    stage = _stage(shot)
    camera = UsdGeom.Camera(stage.GetPrimAtPath("/World/Camera"))
    assert camera.GetHorizontalApertureAttr().Get() * 100 == pytest.approx(36)
    cropped = (1280 * 480 / 720) / 832
    assert camera.GetFocalLengthAttr().Get(0) * 100 == pytest.approx(18 / np.tan(np.radians(30)) * cropped, abs=1e-3)
