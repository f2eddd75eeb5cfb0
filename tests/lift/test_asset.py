"""Inserted entities: any mesh file becomes a closed mesh in metres, placed, with what an author should know."""

import manifold3d
import numpy as np
import pytest
import trimesh
from pxr import Usd, UsdGeom

from r2s2r.artifacts.entity import Entity
from r2s2r.artifacts.progress import unheard
from r2s2r.errors import MediaError
from r2s2r.geometry.transforms import transform_points
from r2s2r.spec.entities import PlaceSpec
from r2s2r.spec.imports import ImportSpec
from r2s2r.stages.lift import import_entity

THERE = PlaceSpec(position_m=(0.0, 0.0, -3.0))


def saved(path, mesh):
    match path.suffix:
        case ".glb":
            path.write_bytes(mesh.scene().export(file_type="glb"))
        case ".obj":
            path.write_text(mesh.export(file_type="obj", include_normals=False))
        case ".ply":
            path.write_bytes(mesh.export(file_type="ply"))
    return path


def usd(path, mesh, *, unit=1.0, up="Y"):
    stage = Usd.Stage.CreateNew(str(path))
    UsdGeom.SetStageUpAxis(stage, up)
    UsdGeom.SetStageMetersPerUnit(stage, unit)
    prim = UsdGeom.Mesh.Define(stage, "/mesh")
    prim.CreatePointsAttr(mesh.vertices.tolist())
    prim.CreateFaceVertexCountsAttr([3] * len(mesh.faces))
    prim.CreateFaceVertexIndicesAttr(mesh.faces.ravel().tolist())
    stage.Save()
    return path


def asset(path, out, place=THERE, **reading):
    import_entity(ImportSpec(**reading), place, {"asset": path}, out, unheard)
    return Entity.load(out)


def extent(entity):
    return np.ptp(transform_points(entity.world_from_entity, entity.mesh().vertices.astype(float)), axis=0)


def box(*extents):
    return trimesh.creation.box(extents=extents)


def test_an_asset_stands_on_its_base_where_it_is_put(tmp_path, out):
    path = saved(tmp_path / "a.glb", box(2, 4, 2).apply_translation((7, 9, 1)))
    entity = asset(path, out, PlaceSpec(position_m=(1.2, 0.0, -3.0), height_m=0.5))
    vertices = transform_points(entity.world_from_entity, entity.mesh().vertices.astype(float))
    assert np.allclose(vertices.min(axis=0), [1.2 - 0.125, 0, -3.125])
    assert np.allclose(vertices.max(axis=0), [1.2 + 0.125, 0.5, -2.875])
    assert np.allclose(entity.world_from_entity[:3, :3], np.eye(3))
    assert entity.facts.findings == ()


@pytest.mark.parametrize("name", ["a.glb", "a.obj", "a.ply", "a.usda", "a.usdc"])
def test_every_format_gives_the_same_box(tmp_path, out, name):
    make = usd if ".usd" in name else saved
    entity = asset(make(tmp_path / name, box(1, 2, 3)), out)
    assert np.allclose(extent(entity), [1, 2, 3])
    mesh = entity.mesh()
    solid = manifold3d.Manifold(manifold3d.Mesh(vert_properties=mesh.vertices, tri_verts=mesh.faces.astype(np.uint32)))
    assert solid.status() == manifold3d.Error.NoError
    assert solid.volume() == pytest.approx(6)
    assert entity.facts.findings == ()


def test_a_file_that_says_its_unit_and_axis_is_believed(tmp_path, out):
    entity = asset(usd(tmp_path / "a.usda", box(100, 200, 300), unit=0.01, up="Z"), out)
    assert np.allclose(extent(entity), [1, 3, 2])


def test_what_the_scene_says_of_unit_and_axis_wins(tmp_path, out):
    entity = asset(saved(tmp_path / "a.obj", box(100, 200, 300)), out, metres_per_unit=0.001, up="z")
    assert np.allclose(extent(entity), [0.1, 0.3, 0.2])
    mesh = entity.mesh()
    top = mesh.vertices[mesh.faces][..., 1].min(axis=1) > 0.29
    assert np.allclose(mesh.corner_normals[top], [0, 1, 0], atol=1e-6)


@pytest.mark.parametrize("name", ["a.obj", "a.ply"])
def test_an_implausible_size_without_a_unit_is_told(tmp_path, out, name):
    entity = asset(saved(tmp_path / name, box(180, 90, 60)), out)
    (finding,) = entity.facts.findings
    assert "180 m, for its file does not say its unit: give import.metres_per_unit" in finding


@pytest.mark.parametrize("reading", [{"metres_per_unit": 0.01}, {}])
def test_a_given_size_is_not_doubted(tmp_path, out, reading):
    place = THERE if reading else PlaceSpec(position_m=(0, 0, -3), height_m=1.8)
    assert asset(saved(tmp_path / "a.obj", box(60, 180, 60)), out, place, **reading).facts.findings == ()
    assert Entity.load(out).facts.height_m == pytest.approx(1.8, rel=1e-5)


def test_an_asset_nobody_placed_says_so(tmp_path, out):
    entity = asset(saved(tmp_path / "a.glb", box(1, 1, 1)), out, PlaceSpec())
    assert "place.position_m" in entity.facts.findings[0]


def open_box():
    mesh = box(1, 1, 1)
    mesh.update_faces(np.arange(len(mesh.faces)) > 0)
    return mesh


def test_an_open_asset_is_closed_and_says_so(tmp_path, out):
    entity = asset(saved(tmp_path / "a.glb", open_box()), out)
    (finding,) = entity.facts.findings
    assert "was not closed: 1 holes with 3 edges were filled" in finding
    assert len(entity.mesh().faces) == 12


def test_an_open_asset_may_be_refused(tmp_path, out):
    with pytest.raises(MediaError, match=r"a\.glb: is not closed: 1 holes with 3 open edges") as error:
        asset(saved(tmp_path / "a.glb", open_box()), out, holes="refuse")
    assert error.value.field == "asset"
    assert not list(out.iterdir())


@pytest.mark.parametrize("name", ["a.glb", "a.obj", "a.ply", "a.usda"])
def test_a_million_metre_asset_is_refused_unless_its_height_is_given(tmp_path, out, name):
    make = usd if ".usd" in name else saved
    path = make(tmp_path / name, box(1e6, 2e6, 1e6))
    with pytest.raises(MediaError, match=r"its largest extent is 2e\+06 m; give place\.height_m"):
        asset(path, out)
    assert not list(out.iterdir())
    tall = PlaceSpec(height_m=2.0, position_m=(0.0, 0.0, -3.0))
    assert asset(path, out, tall).facts.height_m == pytest.approx(2, rel=1e-5)


def test_a_flat_asset_has_no_height(tmp_path, out):
    flat = box(1, 1, 1)
    flat.vertices[:, 1] *= 1e-8
    with pytest.raises(MediaError, match=r"flat on the ground|a sheet"):
        asset(saved(tmp_path / "a.glb", flat), out, PlaceSpec(height_m=2.0))


def test_equal_files_give_equal_bytes(tmp_path):
    path = saved(tmp_path / "a.glb", open_box())
    for name in ("one", "other"):
        (tmp_path / name).mkdir()
        asset(path, tmp_path / name)
    for file in (tmp_path / "one").iterdir():
        assert file.read_bytes() == (tmp_path / "other" / file.name).read_bytes()


@pytest.mark.parametrize("share", range(10))
def test_a_truncated_file_is_refused(tmp_path, out, share):
    path = saved(tmp_path / "a.glb", trimesh.creation.icosphere())
    data = path.read_bytes()
    path.write_bytes(data[: len(data) * share // 10])
    with pytest.raises(MediaError, match=r"a\.glb: ") as error:
        asset(path, out)
    assert error.value.field == "asset"
    assert not list(out.iterdir())
