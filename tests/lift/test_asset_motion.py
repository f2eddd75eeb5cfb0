"""The animation of an asset's file, baked to the vertices of its entity."""

import numpy as np
import pytest
from pxr import Usd, UsdGeom

from r2s2r.artifacts.entity import Entity
from r2s2r.artifacts.motion import Motion
from r2s2r.artifacts.progress import unheard
from r2s2r.errors import MediaError
from r2s2r.spec.entities import PlaceSpec
from r2s2r.spec.imports import ImportSpec
from r2s2r.stages.lift import import_entity, import_motion
from tests.media.assets.gltf_files import CUBE, CUBE_FACES, Gltf


@pytest.fixture
def waving(tmp_path):
    """A cube that stands at x = 5, with two animations: up by 1 in 2 s, and twice as large at once."""
    gltf = Gltf()
    node = gltf.node(mesh=gltf.mesh(), translation=[5, 0, 0])
    gltf.animation([(node, "translation", [0, 2], [[5, 0, 0], [5, 1, 0]], "LINEAR")], "rise")
    gltf.animation([(node, "scale", [0], [[2, 2, 2]], "STEP")], "grow")
    return gltf.glb(tmp_path / "a.glb")


def baked(path, folder, place=None, **reading):
    for name in ("entity", "motion"):
        (folder / name).mkdir()
    spec, files = ImportSpec(**reading), {"asset": path}
    import_entity(spec, place or PlaceSpec(), files, folder / "entity", unheard)
    entity = Entity.load(folder / "entity")
    import_motion(spec, entity, files, folder / "motion", unheard)
    return entity, Motion.load(folder / "motion")


def test_the_first_animation_is_played_from_the_reference_frame_on(waving, tmp_path):
    entity, motion = baked(waving, tmp_path)
    assert motion.facts.moments == 61
    assert np.allclose(motion.times_s, np.arange(61) / 30)
    assert np.array_equal(motion.reference_from_entity, np.tile(np.eye(4), (61, 1, 1)))
    vertices, still = motion.vertices(), entity.mesh().vertices
    assert vertices.dtype == np.float32
    assert np.allclose(vertices[0], still, atol=1e-6)
    assert np.allclose(vertices[30], still + np.array([0, 0.5, 0]), atol=1e-6)
    assert np.allclose(vertices[60], still + np.array([0, 1, 0]), atol=1e-6)


def test_the_named_animation_is_played(waving, tmp_path):
    entity, motion = baked(waving, tmp_path, clip="grow")
    assert motion.facts.moments == 1
    assert np.allclose(motion.vertices()[0], entity.mesh().vertices * 2, atol=1e-6)


def test_it_is_sized_and_turned_as_its_entity_is(waving, tmp_path):
    entity, motion = baked(waving, tmp_path, PlaceSpec(height_m=3.0), metres_per_unit=0.01, up="z")
    assert entity.facts.height_m == pytest.approx(3, rel=1e-5)
    # Up in the file, its y, is away from the viewer, -z, in the world.
    assert np.allclose(motion.vertices()[60], entity.mesh().vertices + np.array([0, 0, -3]), atol=1e-5)


def test_what_repair_adds_and_cuts_moves_too(tmp_path):
    gltf = Gltf()
    vertices = np.concatenate([CUBE, CUBE + np.array([1, 1, 0], np.float32)])
    faces = np.concatenate([CUBE_FACES[1:], CUBE_FACES[1:] + 8]).astype(np.uint16)
    node = gltf.node(mesh=gltf.mesh(vertices, faces))
    gltf.animation([(node, "rotation", [0, 1], [[0, 0, 0, 1], [0, 1, 0, 0]], "LINEAR")])
    entity, motion = baked(gltf.glb(tmp_path / "a.glb"), tmp_path)
    still = entity.mesh().vertices.astype(float)
    shift = motion.vertices()[30] - still * [-1, 1, -1]
    assert np.allclose(shift, shift[0], atol=1e-5)


def test_a_usd_timeline_is_played(tmp_path):
    stage = Usd.Stage.CreateNew(str(tmp_path / "a.usda"))
    UsdGeom.SetStageUpAxis(stage, "Z")
    UsdGeom.SetStageMetersPerUnit(stage, 0.01)
    mesh = UsdGeom.Mesh.Define(stage, "/cube")
    mesh.CreateFaceVertexCountsAttr([3] * 12)
    mesh.CreateFaceVertexIndicesAttr(CUBE_FACES.ravel().tolist())
    for time, size in ((10, 100), (34, 200)):
        mesh.CreatePointsAttr().Set((CUBE * size).tolist(), time)
    stage.Save()
    entity, motion = baked(tmp_path / "a.usda", tmp_path)
    assert motion.times_s[-1] == pytest.approx(1)
    assert np.allclose(np.ptp(motion.vertices()[0], axis=0), 1)
    assert np.allclose(np.ptp(motion.vertices()[-1], axis=0), 2)
    assert np.allclose(motion.vertices()[0], entity.mesh().vertices, atol=1e-6)


def test_equal_files_give_equal_bytes(waving, tmp_path):
    for name in ("one", "other"):
        (tmp_path / name).mkdir()
        baked(waving, tmp_path / name)
    for file in (tmp_path / "one" / "motion").iterdir():
        assert file.read_bytes() == (tmp_path / "other" / "motion" / file.name).read_bytes()


def test_an_unknown_animation_is_refused_with_those_there_are(waving, tmp_path):
    with pytest.raises(MediaError, match="has no animation 'raise'; it has 'rise', 'grow'") as error:
        baked(waving, tmp_path, clip="raise")
    assert error.value.field == "clip"


def test_a_file_without_animation_is_refused(tmp_path):
    gltf = Gltf()
    gltf.node(mesh=gltf.mesh())
    with pytest.raises(MediaError, match="has no animation to play; name a file with one") as error:
        baked(gltf.glb(tmp_path / "a.glb"), tmp_path)
    assert error.value.field == "clip"


@pytest.mark.parametrize(
    ("times", "values", "message"),
    [
        ([0, 1e9], [[0, 0, 0], [1, 0, 0]], "lasts 1e\\+09 s, which is too long"),
        ([0, 1], [[0, 0, 0], [1e30, 0, 0]], "makes no sense at"),
    ],
)
def test_an_animation_beyond_reason_is_refused(tmp_path, times, values, message):
    gltf = Gltf()
    node = gltf.node(mesh=gltf.mesh())
    gltf.animation([(node, "translation", times, values, "LINEAR")], "far")
    with pytest.raises(MediaError, match=message) as error:
        baked(gltf.glb(tmp_path / "a.glb"), tmp_path)
    assert error.value.field == "clip"
