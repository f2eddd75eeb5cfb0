"""The source camera, from what the scene gives: a lens, a solved file, a depth that tells the lens."""

import json

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from r2s2r.artifacts.depth import Depth, DepthFacts
from r2s2r.artifacts.progress import unheard
from r2s2r.artifacts.source_camera import SourceCamera
from r2s2r.errors import InputError, MediaError, StageError
from r2s2r.geometry.camera import source_world_from_camera
from r2s2r.geometry.transforms import inverse, transform_points
from r2s2r.spec.film_camera import FilmCameraSpec
from r2s2r.stages.lift import CameraInputs, make_camera
from tests.lift.material import store_footage, store_mask

HEIGHT, WIDTH, FRAMES, REFERENCE = 36, 64, 9, 4
FOCAL_PX = 50.0
OPENGL = np.diag([1.0, -1, -1, 1])
GROUND = {"camera_height_m": 1.5, "pitch_deg": -6.0}


@pytest.fixture
def footage(tmp_path):
    frames = [np.full((HEIGHT, WIDTH, 3), 10 * index, np.uint8) for index in range(FRAMES)]
    return store_footage(tmp_path / "footage", frames, reference=REFERENCE, first_clip_frame=20)


@pytest.fixture
def found(footage, out):
    """Run the stage on a camera as a scene writes it."""

    def run(camera, *, ground=GROUND, file=None, known=None, known_height_m=None, depth=None):
        written = {"camera": camera, "ground": ground, "known_height_m": known_height_m}
        files = {} if file is None else {"camera": file}
        spec = FilmCameraSpec.model_validate(written)
        make_camera(spec, CameraInputs(footage, {}, depth, files, known), out, unheard)
        return SourceCamera.load(out)

    return run


def truth():
    """The camera in our world: it passes the reference frame in a curve, 0.1 m a frame."""
    steps = np.arange(FRAMES) - REFERENCE
    poses = np.tile(np.eye(4), (FRAMES, 1, 1))
    poses[:, :3, :3] = Rotation.from_euler("y", 2.0 * steps[:, None], degrees=True).as_matrix()
    poses[:, 0, 3], poses[:, 2, 3] = 0.1 * steps, 0.01 * steps**2
    return source_world_from_camera(GROUND["camera_height_m"], GROUND["pitch_deg"]) @ poses


def in_solver(world_from_camera, *, unit_m=1.0):
    """The same in a solver's world: turned, moved, and in another unit."""
    solver_from_world = np.eye(4)
    solver_from_world[:3, :3] = Rotation.from_euler("xyz", [70, 20, -110], degrees=True).as_matrix()
    solver_from_world[:3, 3] = [3, -2, 9]
    moved = solver_from_world @ world_from_camera
    moved[..., :3, 3] /= unit_m
    return moved


def write_file(folder, poses, *, first=20, names="frame_{:05d}.png", width=WIDTH, height=HEIGHT, **more):
    frames = [
        {"file_path": names.format(first + index), "transform_matrix": (pose @ OPENGL).tolist()}
        for index, pose in enumerate(poses)
        if pose is not None
    ]
    focal = FOCAL_PX * width / WIDTH
    path = folder / "transforms.json"
    path.write_text(json.dumps({"w": width, "h": height, "fl_x": focal, "frames": frames, **more}))
    return path


def write_colmap(folder, poses, points, *, first=20):
    """The same as text files of COLMAP, with points."""
    (folder / "cameras.txt").write_text(f"1 SIMPLE_PINHOLE {WIDTH} {HEIGHT} {FOCAL_PX} {WIDTH / 2} {HEIGHT / 2}\n")
    lines = []
    for index, pose in enumerate(poses):
        camera_from_world = inverse(pose)
        wxyz = Rotation.from_matrix(camera_from_world[:3, :3]).as_quat(scalar_first=True)
        numbers = " ".join(repr(float(number)) for number in (*wxyz, *camera_from_world[:3, 3]))
        lines += [f"{index} {numbers} 1 {first + index}.jpg", ""]
    (folder / "images.txt").write_text("\n".join(lines) + "\n")
    written = [f"{index} {x} {y} {z} 0 0 0 0" for index, (x, y, z) in enumerate(points)]
    (folder / "points3D.txt").write_text("\n".join(written) + "\n")
    return folder / "cameras.txt"


def yard(seed=0):
    """Points of a scene in our world: ground, a table over it, a wall, and a few strays below the ground."""
    rng = np.random.default_rng(seed)
    ground = np.column_stack([rng.uniform(-3, 3, 150), np.zeros(150), rng.uniform(-8, -2, 150)])
    table = np.column_stack([rng.uniform(-1, 1, 200), np.full(200, 0.7), rng.uniform(-4, -3, 200)])
    wall = np.column_stack([rng.uniform(-4, 4, 200), rng.uniform(0, 4, 200), np.full(200, -8.0)])
    strays = rng.uniform([-2, -2, -6], [0, 0, -4], (10, 3))
    return np.concatenate([ground, table, wall, strays]) + rng.normal(0, 0.003, (560, 3))


def test_a_given_field_of_view_stands_still(found):
    camera = found({"fov_deg": 90})
    assert camera.facts.is_static
    assert camera.intrinsics[0, 0] == pytest.approx(WIDTH / 2)
    assert len(camera.world_from_camera) == FRAMES
    np.testing.assert_array_equal(camera.reference.position_m, [0, 1.5, 0])


def test_a_lens_and_its_sensor_are_a_field_of_view(found):
    assert found({"focal_mm": 35, "sensor_mm": 36}).intrinsics[0, 0] == pytest.approx(WIDTH * 35 / 36)


def test_a_depth_model_may_tell_the_lens(found, tmp_path):
    (tmp_path / "depth").mkdir()
    flat = np.ones((HEIGHT, WIDTH), np.float32)
    depth = Depth.write(tmp_path / "depth", flat, DepthFacts(focal_px=77.0))
    camera = found({"solve": "depth"}, depth=depth)
    assert camera.intrinsics[1, 1] == 77.0
    assert camera.facts.is_static


def test_a_depth_that_tells_no_lens_is_refused(found):
    with pytest.raises(InputError, match=r"camera\.solve: the depth backend does not tell the lens.*depth_pro"):
        found({"solve": "depth"})


def test_a_file_in_metres_brings_every_pose_into_our_world(found, tmp_path):
    camera = found({"file": "x.json", "scale_from": "file"}, file=write_file(tmp_path, in_solver(truth())))
    np.testing.assert_allclose(camera.world_from_camera, truth(), atol=1e-9)
    stated = source_world_from_camera(GROUND["camera_height_m"], GROUND["pitch_deg"])
    np.testing.assert_array_equal(camera.world_from_camera[REFERENCE], stated)
    assert camera.intrinsics[0, 0] == pytest.approx(FOCAL_PX)
    assert not camera.facts.is_static
    assert camera.facts.registered == 1


def test_a_file_solved_on_smaller_pictures_is_scaled(found, tmp_path):
    file = write_file(tmp_path, in_solver(truth()), width=WIDTH // 2, height=HEIGHT // 2)
    camera = found({"file": "x.json", "scale_from": "file"}, file=file)
    np.testing.assert_allclose(camera.intrinsics, [[50, 0, 32], [0, 50, 18], [0, 0, 1]])


def test_pictures_numbered_from_one_are_known_by_their_lowest(found, tmp_path):
    # Of a whole clip: numbers 1 to 29 are the frames 0 to 28; the footage has 20 to 28.
    poses = [in_solver(truth()[0])] * 20 + list(in_solver(truth()))
    camera = found({"file": "x.json", "scale_from": "file"}, file=write_file(tmp_path, poses, first=1))
    np.testing.assert_allclose(camera.world_from_camera, truth(), atol=1e-9)
    assert "numbered from 1: frame_00001.png is taken for the clip's frame 0" in camera.facts.findings[0]


def test_frames_that_the_file_lacks_are_interpolated_and_listed(found, tmp_path):
    poses = list(in_solver(truth()))
    poses[2] = poses[6] = poses[8] = None
    camera = found({"file": "x.json", "scale_from": "file"}, file=write_file(tmp_path, poses))
    assert camera.facts.interpolated == (2, 6, 8)
    assert camera.facts.registered == pytest.approx(6 / 9, abs=1e-6)
    np.testing.assert_allclose(camera.world_from_camera[[2, 6], :3, 3], truth()[[2, 6], :3, 3], atol=0.02)
    np.testing.assert_allclose(camera.world_from_camera[8], truth()[7], atol=1e-9)
    assert (
        "found at 6 of 9 frames (67%) and is interpolated at the clip's frames 22, 26, 28" in camera.facts.findings[-1]
    )


@pytest.mark.parametrize("unit_m", [0.2, 1.0, 30.0])
def test_the_ground_gives_the_scale(found, tmp_path, unit_m):
    world_from_solver = np.eye(4)
    poses = in_solver(truth(), unit_m=unit_m)
    world_from_solver = truth()[0] @ np.diag([unit_m, unit_m, unit_m, 1]) @ inverse(poses[0])
    points = transform_points(inverse(world_from_solver), yard())
    camera = found({"file": "cameras.txt"}, file=write_colmap(tmp_path, poses, points))
    np.testing.assert_allclose(camera.world_from_camera, truth(), atol=0.005)
    assert not any("pitch" in finding for finding in camera.facts.findings)


def test_a_ground_that_contradicts_the_scene_is_said_with_what_to_set(found, tmp_path):
    file = write_colmap(tmp_path, truth(), yard())
    camera = found({"file": "cameras.txt"}, file=file, ground={"camera_height_m": 1.5, "pitch_deg": 4})
    (said,) = (finding for finding in camera.facts.findings if "pitch" in finding)
    assert "the scene says 4: set source.ground.pitch_deg: -6.0" in said


def test_a_known_height_gives_the_scale_and_the_cameras_height(found, tmp_path):
    # A post of 0.9 m stands on the ground 3 m before the camera.
    view = truth()[REFERENCE]
    camera_from_world = inverse(view)
    foot, top = (transform_points(camera_from_world, np.array([0, y, -3.0])) for y in (0, 0.9))
    rows = [FOCAL_PX * point[1] / point[2] + HEIGHT / 2 for point in (top, foot)]
    mask = np.zeros((HEIGHT, WIDTH), bool)
    mask[round(rows[0]) : round(rows[1]), 31:34] = True
    known = store_mask(tmp_path / "mask", [mask] * FRAMES, reference=REFERENCE)
    poses = truth()
    poses[:, :3, 3] /= 0.25
    camera = found(
        {"file": "cameras.txt", "scale_from": "post"},
        file=write_colmap(tmp_path, poses, yard() / 0.25),
        known=known,
        known_height_m=0.9,
        ground={"camera_height_m": 2.5, "pitch_deg": -6},
    )
    moved = camera.world_from_camera[:, :3, 3] - camera.world_from_camera[REFERENCE, :3, 3]
    np.testing.assert_allclose(
        np.linalg.norm(moved[0]) / np.linalg.norm(truth()[0, :3, 3] - truth()[REFERENCE, :3, 3]), 1, atol=0.08
    )
    (said,) = (finding for finding in camera.facts.findings if "over the ground" in finding)
    assert "the scene says 2.5: set source.ground.camera_height_m: 1." in said


def test_without_points_the_ground_gives_no_scale(found, tmp_path):
    with pytest.raises(StageError, match=r"the scale cannot be told: it has no points; give scale_from"):
        found({"file": "x.json"}, file=write_file(tmp_path, in_solver(truth())))


def test_a_file_whose_camera_stands_needs_no_scale(found, tmp_path):
    camera = found({"file": "x.json"}, file=write_file(tmp_path, [in_solver(truth()[0])] * FRAMES))
    assert camera.facts.is_static


def test_distortion_and_zoom_are_said(found, tmp_path):
    file = write_file(tmp_path, in_solver(truth()), k1=-0.2)
    data = json.loads(file.read_text())
    data["frames"][0]["fl_x"] = FOCAL_PX * 1.2
    file.write_text(json.dumps(data))
    findings = found({"file": "x.json", "scale_from": "file"}, file=file).facts.findings
    assert any("distortion is ignored: it moves the corners of the picture by 4." in finding for finding in findings)
    assert any("the lens zooms by 20.0% over the clip" in finding for finding in findings)


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"first": 500}, "which do not hold the reference frame 24"),
        ({"names": "left_{:05d}/x.png"}, "holds no number"),
        ({"names": "frame_00007_.png"}, "are both number 7"),
    ],
)
def test_pictures_of_other_frames_are_refused(found, tmp_path, more, said):
    file = write_file(tmp_path, in_solver(truth()), **more)
    with pytest.raises(MediaError, match=said):
        found({"file": "x.json", "scale_from": "file"}, file=file)


def test_equal_files_give_equal_bytes(found, out, tmp_path):
    file = write_colmap(tmp_path, truth(), yard())
    found({"file": "cameras.txt"}, file=file)
    first = [path.read_bytes() for path in sorted(out.iterdir())]
    found({"file": "cameras.txt"}, file=file)
    assert first == [path.read_bytes() for path in sorted(out.iterdir())]
