"""USD files: meshes, materials, skins and timelines; nothing is read that is not listed."""

import shlex
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image
from pxr import Gf, Sdf, Usd, UsdGeom, UsdShade, UsdSkel, UsdUtils

from r2s2r.errors import MediaError
from r2s2r.media.assets.merge import merged
from r2s2r.media.assets.read import read_asset
from r2s2r.media.assets.referred import files_with
from r2s2r.media.assets.usd import child
from r2s2r.media.assets.usd.read import read_here

POINTS = [(x, y, z) for x in (0, 100) for y in (0, 100) for z in (0, 200)]
SIDES = [[0, 1, 3, 2], [4, 6, 7, 5], [0, 4, 5, 1], [2, 3, 7, 6], [0, 2, 6, 4], [1, 5, 7, 3]]


def box(stage, path="/world/box"):
    mesh = UsdGeom.Mesh.Define(stage, path)
    mesh.CreatePointsAttr(POINTS)
    mesh.CreateFaceVertexCountsAttr([4] * 6)
    mesh.CreateFaceVertexIndicesAttr(np.ravel(SIDES).tolist())
    mesh.CreateSubdivisionSchemeAttr("none")
    return mesh


def textured(stage, mesh, picture):
    material = UsdShade.Material.Define(stage, "/world/material")
    surface = UsdShade.Shader.Define(stage, "/world/material/surface")
    surface.CreateIdAttr("UsdPreviewSurface")
    texture = UsdShade.Shader.Define(stage, "/world/material/texture")
    texture.CreateIdAttr("UsdUVTexture")
    texture.CreateInput("file", Sdf.ValueTypeNames.Asset).Set(picture)
    rgb = texture.CreateOutput("rgb", Sdf.ValueTypeNames.Float3)
    surface.CreateInput("diffuseColor", Sdf.ValueTypeNames.Color3f).ConnectToSource(rgb)
    material.CreateSurfaceOutput().ConnectToSource(surface.CreateOutput("surface", Sdf.ValueTypeNames.Token))
    UsdShade.MaterialBindingAPI.Apply(mesh.GetPrim()).Bind(material)
    st = UsdGeom.PrimvarsAPI(mesh).CreatePrimvar("st", Sdf.ValueTypeNames.TexCoord2fArray, "faceVarying")
    st.Set([(0.1, 0.6), (0.9, 0.6), (0.9, 0.9), (0.1, 0.9)] * 6)


@pytest.fixture
def new(tmp_path):
    """A stage in centimetres, z up, as many programs write it."""

    def create(name="a.usda"):
        stage = Usd.Stage.CreateNew(str(tmp_path / name))
        UsdGeom.SetStageUpAxis(stage, "Z")
        UsdGeom.SetStageMetersPerUnit(stage, 0.01)
        UsdGeom.Xform.Define(stage, "/world")
        return stage

    return create


def read(path):
    """As ``read_asset`` does after its process has tried the file out, which costs a second."""
    return read_here(path, files_with(path, (path.parent,)))


def whole(asset):
    return merged(asset.parts, name="it", fills=True)


def colours(mesh):
    height, width = mesh.texture.shape[:2]
    u, v = mesh.corner_uv.mean(axis=1).T
    return {tuple(c) for c in mesh.texture[(v * height).astype(int), (u * width).astype(int)].tolist()}


def test_a_box_is_read_with_its_unit_axis_and_place(new, tmp_path):
    stage = new()
    UsdGeom.Xformable(box(stage)).AddTranslateOp().Set((0, 0, 50))
    stage.Save()
    asset = read_asset(tmp_path / "a.usda", {})
    assert (asset.metres_per_unit, asset.up, asset.clips) == (0.01, "z", ())
    found = whole(asset)
    assert (len(found.vertices), len(found.mesh.faces), found.repairs.holes) == (8, 12, 0)
    assert np.allclose(found.vertices.max(axis=0), [100, 100, 250])


@pytest.mark.parametrize("suffix", ["usda", "usdc", "usdz"])
def test_its_texture_is_found_beside_it_or_in_its_package(new, tmp_path, suffix):
    (tmp_path / "tex").mkdir()
    Image.fromarray(np.array([[[250, 0, 0]], [[0, 0, 250]]], np.uint8)).resize((8, 8), 0).save(tmp_path / "tex/a.png")
    stage = new("source.usda")
    textured(stage, box(stage), "./tex/a.png")
    stage.Save()
    path = tmp_path / f"a.{suffix}"
    if suffix == "usdz":
        UsdUtils.CreateNewUsdzPackage(str(tmp_path / "source.usda"), str(path))
        (tmp_path / "tex/a.png").unlink()
    else:
        stage.GetRootLayer().Export(str(path))
    assert set(files_with(path, (tmp_path,))) == (set() if suffix == "usdz" else {"tex/a.png"})
    assert colours(whole(read(path)).mesh) == {(250, 0, 0)}  # the upper half, for USD counts v from the bottom


def test_display_colours_and_left_handed_faces_are_read(new, tmp_path):
    stage = new()
    mesh = box(stage)
    mesh.CreateFaceVertexIndicesAttr(np.array(SIDES)[:, ::-1].ravel().tolist())
    mesh.CreateOrientationAttr("leftHanded")
    mesh.CreateDisplayColorPrimvar("uniform").Set([Gf.Vec3f(1, 0, 0)] * 3 + [Gf.Vec3f(0, 1, 0)] * 3)
    stage.Save()
    found = whole(read(tmp_path / "a.usda"))
    assert found.repairs.turned == 0
    assert colours(found.mesh) == {(255, 0, 0), (0, 255, 0)}


def test_faces_of_a_mesh_may_have_materials_of_their_own(new, tmp_path):
    stage = new()
    mesh = box(stage)
    for name, sides, colour in (("a", [0, 1], (1, 0, 0)), ("b", [2, 3, 4, 5], (0, 0, 1))):
        material = UsdShade.Material.Define(stage, f"/world/{name}")
        surface = UsdShade.Shader.Define(stage, f"/world/{name}/surface")
        surface.CreateIdAttr("UsdPreviewSurface")
        surface.CreateInput("diffuseColor", Sdf.ValueTypeNames.Color3f).Set(colour)
        material.CreateSurfaceOutput().ConnectToSource(surface.CreateOutput("surface", Sdf.ValueTypeNames.Token))
        subset = UsdShade.MaterialBindingAPI.Apply(mesh.GetPrim()).CreateMaterialBindSubset(name, sides)
        UsdShade.MaterialBindingAPI.Apply(subset.GetPrim()).Bind(material)
    stage.Save()
    found = whole(read(tmp_path / "a.usda"))
    assert len(found.vertices) == 8
    assert colours(found.mesh) == {(255, 0, 0), (0, 0, 255)}


def test_layers_and_instances_are_read_and_listed(new, tmp_path):
    part = new("part.usda")
    box(part)
    part.SetDefaultPrim(part.GetPrimAtPath("/world"))
    part.Save()
    stage = new()
    for number in range(2):
        prim = UsdGeom.Xform.Define(stage, f"/world/copy{number}")
        prim.AddTranslateOp().Set((500 * number, 0, 0))
        prim.GetPrim().GetReferences().AddReference("./part.usda")
        prim.GetPrim().SetInstanceable(True)
    stage.Save()
    path = tmp_path / "a.usda"
    assert set(files_with(path, (tmp_path,))) == {"part.usda"}
    assert len(whole(read(path)).vertices) == 16
    with pytest.raises(MediaError, match=r"part\.usda', which was not there"):
        read_here(path, {})


def test_transforms_over_time_are_its_timeline(new, tmp_path):
    stage = new()
    turn = UsdGeom.Xformable(box(stage)).AddRotateZOp()
    turn.Set(0.0, 1)
    turn.Set(90.0, 25)
    stage.SetStartTimeCode(1)
    stage.SetEndTimeCode(25)
    stage.Save()
    asset = read(tmp_path / "a.usda")
    (clip,) = asset.clips
    assert clip.duration_s == pytest.approx(1)
    assert np.allclose(clip.vertices_at(0), np.concatenate([part.vertices for part in asset.parts]))
    assert np.allclose(clip.vertices_at(1).min(axis=0), [-100, 0, 0], atol=1e-4)


def test_a_skeleton_bends_its_mesh(new, tmp_path):
    stage = new()
    UsdSkel.Root.Define(stage, "/world/root")
    skeleton = UsdSkel.Skeleton.Define(stage, "/world/root/skeleton")
    up = Gf.Matrix4d(1).SetTranslate((0, 0, 100))
    skeleton.CreateJointsAttr(["a", "a/b"])
    skeleton.CreateBindTransformsAttr([Gf.Matrix4d(1), up])
    skeleton.CreateRestTransformsAttr([Gf.Matrix4d(1), up])
    mesh = box(stage, "/world/root/box")
    binding = UsdSkel.BindingAPI.Apply(mesh.GetPrim())
    binding.CreateSkeletonRel().SetTargets([skeleton.GetPath()])
    binding.CreateJointIndicesPrimvar(False, 1).Set([int(z > 0) for _, _, z in POINTS])
    binding.CreateJointWeightsPrimvar(False, 1).Set([1.0] * 8)
    animation = UsdSkel.Animation.Define(stage, "/world/root/animation")
    animation.CreateJointsAttr(["a", "a/b"])
    animation.CreateTranslationsAttr([(0, 0, 0), (0, 0, 100)])
    animation.CreateScalesAttr([(1, 1, 1)] * 2)
    turns = animation.CreateRotationsAttr()
    for time, degrees in ((0, 0), (24, 90)):
        turn = Gf.Quatf(Gf.Rotation((0, 0, 1), degrees).GetQuat())
        turns.Set([Gf.Quatf(1), turn], time)
    UsdSkel.BindingAPI.Apply(skeleton.GetPrim()).CreateAnimationSourceRel().SetTargets([animation.GetPath()])
    stage.Save()
    asset = read(tmp_path / "a.usda")
    moved = asset.clips[0].vertices_at(1)
    high = np.array(POINTS)[:, 2] > 0
    assert np.allclose(moved[~high], np.array(POINTS)[~high])
    assert np.allclose(moved[high], np.array([(-y, x, z) for x, y, z in POINTS])[high], atol=1e-3)


def test_what_is_no_mesh_is_left_out_and_said(new, tmp_path):
    stage = new()
    box(stage)
    UsdGeom.Sphere.Define(stage, "/world/ball")
    hidden = box(stage, "/world/hidden")
    hidden.MakeInvisible()
    stage.Save()
    asset = read(tmp_path / "a.usda")
    assert len(asset.parts) == 1
    assert "1 Sphere" in asset.findings[0]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda mesh: mesh.GetFaceVertexIndicesAttr().Set([99] * 24), "a point that is not there"),
        (lambda mesh: mesh.GetFaceVertexCountsAttr().Set([4] * 5), "do not fit together"),
        (lambda mesh: mesh.GetFaceVertexCountsAttr().Set([-1] * 6), "do not fit together"),
        (lambda mesh: mesh.GetPointsAttr().Set([(float("nan"), 0, 0)] * 8), "not numbers"),
        (lambda mesh: mesh.GetPrim().SetActive(False), "has no faces"),
    ],
)
def test_what_makes_no_sense_is_said(new, tmp_path, change, message):
    stage = new()
    change(box(stage))
    stage.Save()
    with pytest.raises(MediaError, match=message):
        whole(read(tmp_path / "a.usda"))


def test_a_damaged_file_is_refused_by_the_process_that_goes_first(new, tmp_path):
    stage = new("whole.usdc")
    box(stage)
    stage.Save()
    path = tmp_path / "a.usdc"
    path.write_bytes((tmp_path / "whole.usdc").read_bytes()[:-300])
    with pytest.raises(MediaError, match=r"a\.usdc: the file is damaged"):
        read_asset(path, {})
    (tmp_path / "b.usda").write_text("#usda 1.0\ndef Mesh {")
    with pytest.raises(MediaError, match=r"b\.usda: the file is damaged"):
        files_with(tmp_path / "b.usda", (tmp_path,))


def test_a_file_that_is_read_without_end_is_given_up(new, tmp_path, monkeypatch):
    stage = new()
    box(stage)
    stage.Save()
    monkeypatch.setattr(child, "_LIMIT_S", 0.01)
    with pytest.raises(MediaError, match=r"was not read in 0\.01 s"):
        read_asset(tmp_path / "a.usda", {})


def test_the_process_that_goes_first_keeps_to_a_limit_that_is_lower_than_its_own(new, tmp_path):
    """As a cluster sets them: such a limit cannot be raised again."""
    stage = new()
    box(stage)
    stage.Save()
    given = [str(tmp_path / "a.usda"), "{}"]
    command = f"ulimit -v {2**23}; exec {sys.executable} -m {child.__name__} read {shlex.join(given)}"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
