"""Lifts by SAM 3D, over a stand-in worker that is a process and speaks the protocol."""

import json

import numpy as np
import pytest

from r2s2r.artifacts.entity import Entity
from r2s2r.artifacts.progress import unheard
from r2s2r.errors import StageError
from r2s2r.geometry.topology import is_closed
from r2s2r.geometry.transforms import transform_points
from r2s2r.spec.entities import PlaceSpec
from r2s2r.spec.lift import LiftSpec, Sam3dSpec
from r2s2r.stages.lift import LiftInputs, make_entity
from r2s2r.stages.lift.entities.contact import ground_contact
from r2s2r.stages.lift.entities.lifter import View
from r2s2r.stages.lift.entities.silhouette import silhouette
from r2s2r.stages.lift.entities.small_view import SmallView
from r2s2r.stages.lift.workers.bodies import BodyClip, body_frames
from r2s2r.stages.lift.workers.sam3d import Sam3dLifter
from tests.lift.material import grain, overlap, static_camera, store_footage, store_mask
from tests.lift.workers.truth import asymmetric, camera, glb_of, in_opencv, store_weights, worker_of

VIEW = camera()
MESH = asymmetric()
FACES = np.asarray(MESH.faces, np.int32)
WORLD = np.asarray(MESH.vertices) + np.array([0.3, 0, -3.5])
MASK = silhouette(WORLD, FACES, VIEW)
FRAME = grain(240, 320, 3)
POSE = {
    "rotation": np.array([0.8, 0.3, -0.4, 0.33]),
    "translation": np.array([0.2, -0.4, 3.0]),
    "scale": np.full(3, 1.7),
}
# A colour for each height; red where it is high.
COLOURS = np.stack([255 * WORLD[:, 1] / WORLD[:, 1].max(), 0 * WORLD[:, 1], 0 * WORLD[:, 1] + 40], axis=1).astype(
    np.uint8
)
OPENCV = in_opencv(WORLD, VIEW)


def object_truth(**changed):
    glb = glb_of(changed.pop("world", WORLD), VIEW, **POSE)
    return {"vertices": glb, "faces": FACES, "colours": COLOURS, **POSE} | changed


def body_truth(**changed):
    shift = np.array([0.1, 0.2, 3.5])
    return {"vertices": OPENCV - shift, "faces": FACES, "translation": shift} | changed


def view(depth_m=None):
    return View(FRAME, MASK, VIEW, ground_contact(MASK, VIEW), depth_m, clip_frame=66)


def lift(folder, mode="good", *, model="objects", seen=None, truth=None, **spec):
    truth = truth or (object_truth() if model == "objects" else body_truth())
    weights = store_weights(folder / "weights", mode, **truth)
    return Sam3dLifter(Sam3dSpec(model=model, **spec), worker_of(folder, weights)).lift(seen or view()).mesh


@pytest.mark.parametrize("model", ["objects", "body"])
def test_what_the_model_sees_lies_where_it_is(tmp_path, model):
    mesh = lift(tmp_path, model=model)
    assert np.allclose(np.sort(mesh.vertices, axis=0), np.sort(WORLD, axis=0), atol=2e-5)
    assert overlap(silhouette(mesh.vertices.astype(float), mesh.faces, VIEW), MASK) > 0.999
    assert is_closed(mesh.faces)
    outwards = mesh.corner_normals.mean(axis=1) @ [0, 1, 0]
    assert outwards[mesh.vertices[mesh.faces].mean(axis=1)[:, 1] > 1.15].min() > 0.3


@pytest.mark.parametrize("model", ["objects", "body"])
def test_the_request_says_all_there_is_to_know(tmp_path, model):
    lift(tmp_path, model=model, seed=1234, seen=view(np.full((240, 320), 2.5, np.float32)))
    asked = json.loads((tmp_path / "seen" / "asked.json").read_text())
    assert (asked["protocol"], asked["version"], asked["model"]) == ("r2s2r lift-worker", 1, f"sam3d_{model}")
    assert asked["seed"] == 1234
    assert asked["weights"] == str(tmp_path / "weights")
    assert np.allclose(asked["intrinsics"], VIEW.intrinsics)
    assert asked["frames"] == [{"frame": 66, "image": "frames/000066.png", "mask": "masks/000066.png"}]
    assert asked["pointmap"] == "pointmap.npz"
    assert asked["script"] == {"objects": "lift_objects.py", "body": "lift_body.py"}[model]


def test_nothing_of_ours_but_places_is_told_to_the_worker(tmp_path, monkeypatch):
    monkeypatch.setenv("SECRET_TOKEN", "x")
    monkeypatch.setenv("PYTHONPATH", "/somewhere")
    lift(tmp_path)
    environment = json.loads((tmp_path / "seen" / "asked.json").read_text())["environment"]
    assert not {"SECRET_TOKEN", "PYTHONPATH"} & environment.keys()
    assert environment["HF_HUB_OFFLINE"] == "1"


def test_nothing_is_left_of_a_request_that_was_answered(tmp_path):
    lift(tmp_path)
    assert not list((tmp_path / "scratch").iterdir())


def test_the_same_answer_gives_the_same_mesh(tmp_path):
    one, other = (lift(tmp_path / name, max_faces=200) for name in ("a", "b") if not (tmp_path / name).mkdir())
    for name in ("vertices", "faces", "corner_uv", "texture"):
        assert np.array_equal(getattr(one, name), getattr(other, name))


def test_by_its_size_alone_it_stands_on_the_ground(tmp_path):
    """A model that takes everything for a third as large and as near covers the same pixels."""
    eye = VIEW.position_m
    mesh = lift(tmp_path, truth=object_truth(world=eye + (WORLD - eye) / 3))
    assert np.allclose(np.sort(mesh.vertices, axis=0), np.sort(WORLD, axis=0), atol=1e-4)


def test_known_depth_says_how_far_away_it_is(tmp_path):
    drawn = SmallView(VIEW, MASK.astype(np.float32), None).depth_of(WORLD, FACES)
    depth_m = np.where(np.isfinite(drawn), 2 * drawn, np.nan).astype(np.float32)
    mesh = lift(tmp_path, seen=view(depth_m))
    eye = VIEW.position_m
    assert np.allclose(np.sort(mesh.vertices, axis=0), np.sort(eye + 2 * (WORLD - eye), axis=0), atol=0.01)


def test_too_many_faces_are_simplified_and_keep_shape_and_colours(tmp_path):
    mesh = lift(tmp_path, max_faces=300)
    assert len(mesh.faces) <= 300
    assert is_closed(mesh.faces)
    assert overlap(silhouette(mesh.vertices.astype(float), mesh.faces, VIEW), MASK) > 0.97
    place = (mesh.corner_uv * mesh.texture.shape[1::-1]).astype(int)
    red = mesh.texture[place[..., 1], place[..., 0], 0].astype(float)
    linear = COLOURS[:, 0].max() * mesh.vertices[mesh.faces][..., 1] / WORLD[:, 1].max() / 255
    expected = 255 * np.where(linear < 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)
    assert np.abs(red - expected).mean() < 12


def test_colours_that_are_not_gltfs_linear_ones_are_kept_as_they_are(tmp_path):
    mesh = lift(tmp_path, "srgb")
    place = (mesh.corner_uv.mean(axis=1) * mesh.texture.shape[1::-1]).astype(int)
    expected = COLOURS[:, 0].astype(float)[FACES].mean(axis=1)
    assert np.abs(np.sort(mesh.texture[place[:, 1], place[:, 0], 0]) - np.sort(expected)).max() <= 2


def test_holes_are_closed(tmp_path):
    keep = np.arange(len(FACES)) > 3
    mesh = lift(tmp_path, truth=object_truth(faces=FACES[keep]))
    assert is_closed(mesh.faces)
    assert overlap(silhouette(mesh.vertices.astype(float), mesh.faces, VIEW), MASK) > 0.97


def test_a_shell_is_refused_with_its_hole_edges_counted(tmp_path):
    front = (WORLD[FACES].mean(axis=1)[:, 2] > -3.5) & (np.arange(len(FACES)) % 3 > 0)
    with pytest.raises(StageError, match=r"not closed: \d+ hole edges in \d+ faces"):
        lift(tmp_path, truth=object_truth(faces=FACES[front]))


def test_a_body_keeps_every_vertex_in_its_place(tmp_path):
    mesh = lift(tmp_path, model="body", max_faces=100)
    assert np.array_equal(mesh.faces, FACES)
    assert np.allclose(mesh.vertices, WORLD, atol=1e-4)


def test_a_body_wears_what_the_picture_shows(tmp_path):
    mesh = lift(tmp_path, model="body")
    assert mesh.texture.std() > 10


@pytest.mark.parametrize(
    ("model", "mode", "message"),
    [
        ("objects", "nan", r"pose\.npz: translation has values that are not numbers"),
        ("objects", "shape", r"pose\.npz: rotation has the shape \(3,\), not \(4,\)"),
        ("objects", "pickle", r"pose\.npz cannot be read"),
        ("objects", "truncated", r"cannot be used: .*mesh\.glb"),
        ("objects", "huge", r"mesh\.glb has 2,000,000,000 bytes"),
        ("objects", "bomb", r"pose\.npz unpacks to [\d,]+ bytes"),
        ("objects", "behind", "puts it behind the camera"),
        ("objects", "model", "the worker for sam3d_objects answered as sam3d_hands"),
        ("body", "nan", r"000066\.npz: pred_vertices has values that are not numbers"),
        ("body", "shape", r"000066\.npz: has \d+ vertices, its faces name more"),
        ("body", "truncated", r"000066\.npz cannot be read"),
        ("body", "version", "speaks r2s2r lift-worker 2, and r2s2r r2s2r lift-worker 1"),
    ],
)
def test_nothing_of_a_wrong_answer_is_used(tmp_path, model, mode, message):
    with pytest.raises(StageError, match=message):
        lift(tmp_path, mode, model=model)


def test_nobody_found_is_said_with_the_frame(tmp_path):
    with pytest.raises(StageError, match="finds nothing at the mask in frame 66"):
        lift(tmp_path, model="body", truth=body_truth(nobody_in=np.array([66])))


def test_an_entity_is_made_and_placed_as_every_lift_is(tmp_path, out):
    footage = store_footage(tmp_path / "footage", [FRAME], first_clip_frame=66)
    weights = store_weights(tmp_path / "weights", "good", **object_truth())
    inputs = LiftInputs(
        footage,
        store_mask(tmp_path / "mask", [MASK]),
        static_camera(footage),
        None,
        tmp_path / "kept",
        worker_of(tmp_path, weights),
    )
    make_entity(LiftSpec(backend="sam3d"), PlaceSpec(), inputs, out, unheard)
    entity = Entity.load(out)
    vertices = transform_points(entity.world_from_entity, entity.mesh().vertices.astype(float))
    assert np.allclose(np.sort(vertices, axis=0), np.sort(WORLD, axis=0), atol=0.01)
    assert entity.facts.silhouette_iou is not None
    assert entity.facts.silhouette_iou > 0.99


@pytest.fixture
def clip(tmp_path):
    frames = [grain(240, 320, seed) for seed in range(4)]
    masks = [MASK, np.roll(MASK, 1, axis=1), np.zeros_like(MASK), MASK]
    footage = store_footage(tmp_path / "footage", frames, first_clip_frame=40)
    return BodyClip(footage, store_mask(tmp_path / "mask", masks), static_camera(footage))


def test_a_body_is_followed_in_one_request_through_the_frames_it_is_masked_and_found_in(tmp_path, clip):
    weights = store_weights(tmp_path / "weights", "good", **body_truth(nobody_in=np.array([43])))
    found = list(body_frames(Sam3dSpec(model="body", seed=5), worker_of(tmp_path, weights), clip))
    assert [frame.index for frame in found] == [0, 1]
    assert np.allclose(found[0].vertices_m, OPENCV, atol=1e-9)
    assert np.allclose(found[1].vertices_m - found[0].vertices_m, [0.01, 0, 0])
    assert found[0].confidence > 0.99
    assert 0.9 < found[1].confidence < 1
    asked = json.loads((tmp_path / "seen" / "asked.json").read_text())
    assert ([one["frame"] for one in asked["frames"]], asked["seed"]) == ([40, 41, 43], 5)
    assert not list((tmp_path / "scratch").iterdir())
