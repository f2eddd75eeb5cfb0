"""The files that go with a mesh file: all of them, and none from elsewhere."""

import json
import zipfile

import pytest
from pxr import Sdf, Usd

from r2s2r.errors import MediaError
from r2s2r.media.assets.referred import files_with
from tests.media.assets.gltf_files import Gltf


def gltf(path, uri):
    path.write_text(json.dumps({"asset": {"version": "2.0"}, "buffers": [{"byteLength": 4, "uri": uri}]}))
    return path


def obj(path, name):
    path.write_text("mtllib m.mtl\nv 0 0 0\n")
    (path.parent / "m.mtl").write_text(f"newmtl a\nmap_Kd {name}\n")
    return path


def ply(path, name):
    path.write_text(f"ply\nformat ascii 1.0\ncomment TextureFile {name}\nend_header\n")
    return path


def usd(path, name):
    stage = Usd.Stage.CreateNew(str(path))
    prim = stage.DefinePrim("/a")
    prim.CreateAttribute("inputs:file", Sdf.ValueTypeNames.Asset).Set(name)
    stage.Save()
    return path


WRITERS = [(gltf, "a.gltf"), (obj, "a.obj"), (ply, "a.ply"), (usd, "a.usda")]


@pytest.fixture
def root(tmp_path):
    folder = tmp_path / "root"
    (folder / "deep").mkdir(parents=True)
    (folder / "near.png").write_bytes(b"x")
    (tmp_path / "far.png").write_bytes(b"x")
    return folder


@pytest.mark.parametrize(("write", "name"), WRITERS)
def test_a_file_above_is_found_inside_of_the_root(root, write, name):
    files = files_with(write(root / "deep" / name, "../near.png"), (root,))
    assert files["../near.png"] == root / "near.png"


@pytest.mark.parametrize(("write", "name"), WRITERS)
def test_a_file_outside_of_the_root_is_refused(root, write, name):
    with pytest.raises(MediaError, match=rf"{name}: refers to '\.\./far\.png', which leads to .*far\.png, outside"):
        files_with(write(root / name, "../far.png"), (root,))


@pytest.mark.parametrize(("write", "name"), WRITERS)
def test_a_link_that_leads_outside_is_refused(root, write, name):
    (root / "link.png").symlink_to(root.parent / "far.png")
    with pytest.raises(MediaError, match=r"'link\.png', which leads to .*far\.png, outside"):
        files_with(write(root / name, "link.png"), (root,))


@pytest.mark.parametrize(("write", "name"), WRITERS)
@pytest.mark.parametrize(
    ("reference", "message"),
    [
        ("/etc/wood.png", "by an absolute path"),
        ("C:/wood.png", "by an absolute path"),
        ("https://example.org/wood.png", "which is not a file here"),
        ("gone.png", r"gone\.png is not there"),
    ],
)
def test_what_cannot_be_a_file_beside_it_is_refused_by_name(root, write, name, reference, message):
    with pytest.raises(MediaError, match=message):
        files_with(write(root / name, reference), (root,))


def test_references_of_references_are_followed(root):
    layer = Usd.Stage.CreateNew(str(root / "deep" / "layer.usda"))
    layer.DefinePrim("/a").CreateAttribute("inputs:file", Sdf.ValueTypeNames.Asset).Set("../near.png")
    layer.SetDefaultPrim(layer.GetPrimAtPath("/a"))
    layer.Save()
    stage = Usd.Stage.CreateNew(str(root / "a.usda"))
    stage.DefinePrim("/b").GetReferences().AddReference("./deep/layer.usda")
    stage.Save()
    found = files_with(root / "a.usda", (root,))
    assert found == {"deep/layer.usda": root / "deep/layer.usda", "near.png": root / "near.png"}
    layer.GetPrimAtPath("/a").GetAttribute("inputs:file").Set("../../far.png")
    layer.Save()
    with pytest.raises(MediaError, match=r"a\.usda: refers to '\.\./far\.png'"):
        files_with(root / "a.usda", (root,))


def test_layers_that_refer_to_each_other_are_read_once(root):
    for name, other in (("a", "b"), ("b", "a")):
        (root / f"{name}.usda").write_text(f"#usda 1.0\n(\n subLayers = [@./{other}.usda@]\n)\n")
    assert set(files_with(root / "a.usda", (root,))) == {"b.usda", "a.usda"}


def test_a_package_that_refers_outside_or_is_compressed_is_refused(root):
    (root / "layer.usda").write_text("#usda 1.0\n(\n subLayers = [@../../far.usda@]\n)\n")
    with zipfile.ZipFile(root / "a.usdz", "w") as package:
        package.write(root / "layer.usda", "layer.usda")
    with pytest.raises(MediaError, match=r"far\.usda"):
        files_with(root / "a.usdz", (root,))
    with zipfile.ZipFile(root / "b.usdz", "w", zipfile.ZIP_DEFLATED) as package:
        package.write(root / "layer.usda", "layer.usda")
    with pytest.raises(MediaError, match="compressed"):
        files_with(root / "b.usdz", (root,))


def test_a_change_of_a_material_file_is_seen(root):
    path = obj(root / "a.obj", "near.png")
    assert set(files_with(path, (root,))) == {"m.mtl", "near.png"}
    (root / "m.mtl").write_text("newmtl a\n")
    assert set(files_with(path, (root,))) == {"m.mtl"}


@pytest.mark.parametrize("name", ["a.fbx", "a", "a.blend"])
def test_other_kinds_of_files_are_refused_with_those_that_are_read(root, name):
    (root / name).write_bytes(b"Kaydara FBX Binary")
    with pytest.raises(MediaError, match="is not read; export GLB, glTF, OBJ, PLY or USD"):
        files_with(root / name, (root,))


def test_a_file_is_what_it_holds_whatever_its_name(root):
    made = Gltf()
    made.node(mesh=made.mesh())
    assert files_with(made.glb(root / "a.obj"), (root,)) == {}
