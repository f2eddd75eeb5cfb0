"""A camera from a file: exported and read again it is the same; its timing, its lens, and what cannot be used."""

import json
from fractions import Fraction

import numpy as np
import pytest
from pydantic import TypeAdapter, ValidationError

from r2s2r.errors import InputError
from r2s2r.geometry.camera_track import CameraTrack
from r2s2r.geometry.framing import Framing
from r2s2r.media.cameras.writers.camera_path import write_camera_path
from r2s2r.media.cameras.writers.chan import write_chan
from r2s2r.media.cameras.writers.colmap import write_colmap
from r2s2r.media.cameras.writers.transforms import write_transforms
from r2s2r.spec.camera import CameraMove
from r2s2r.spec.edit import EditSpec
from r2s2r.spec.output import OutputSpec
from r2s2r.stages.edit.camera.filed import of_files
from r2s2r.stages.edit.inputs import EditInputs
from r2s2r.stages.edit.timeline import Timeline
from r2s2r.stages.edit.world import World
from tests.edit.conftest import SOURCE, STILL
from tests.media.cameras.tracks import seen, track

FPS = Fraction(16)
FILES = ["camera_path.json", "transforms.json", "cameras.txt", "camera.chan"]
_MOVES: TypeAdapter[tuple[CameraMove, ...]] = TypeAdapter(tuple[CameraMove, ...])
WRITTEN = (
    {"type": "keyframes", "keys": [
        {"at": 0, "position_m": [0, 1.2, 0], "look_at": [0, 1, -4], "fov_deg": 45},
        {"at": "100%", "position_m": [2, 1.8, -2], "look_at": [0, 0.5, -6], "fov_deg": 25},
    ]},
)  # fmt: skip


@pytest.fixture
def run(footage):
    """Return the camera's path over moves, ``files`` being those that they read."""

    def path(*moves, files=None, frames=7, at=None, output=None, fps=16):
        spec = EditSpec(
            frames=frames,
            camera=_MOVES.validate_python(moves, strict=False),
            edits={},
            output=OutputSpec(**(output or {}), fps=fps),
        )
        moments = np.arange(frames, dtype=float) if at is None else np.asarray(at, float)
        world = World(spec, EditInputs(footage, STILL, {}, {}, files=files or {}))
        return world.camera(Timeline(frames, Fraction(fps), moments))

    return path


def exported(path, output):
    """The camera of a path as the shot's camera is exported."""
    size = OutputSpec(**output)
    framing = Framing(SOURCE.height, SOURCE.width, size.height, size.width, size.fit)
    lenses = path.intrinsics(SOURCE.intrinsics, framing)
    return CameraTrack(path.world_from_camera, lenses, size.height, size.width, fps=FPS)


def write(folder, name, made):
    match name:
        case "camera_path.json":
            write_camera_path(folder / name, made, FPS)
        case "transforms.json":
            write_transforms(folder / name, made)
        case "cameras.txt":
            write_colmap(folder, made)
        case _:
            write_chan(folder / name, made)
    return folder / name


def of(path, **more):
    return {"type": "file", "file": path.name, **more}


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize(
    "output",
    [
        {},
        {"width": 480, "height": 832},
        {"width": 832, "height": 832, "fit": "letterbox"},
        {"width": 1000, "height": 400, "fit": "letterbox"},
    ],
    ids=str,
)
def test_a_camera_that_is_exported_and_read_again_is_the_same(run, tmp_path, name, output):
    before = run(*WRITTEN, output=output)
    path = write(tmp_path, name, exported(before, output))
    after = run(of(path), files={"camera[0]": path}, output=output)
    assert np.abs(after.eye_m - before.eye_m).max() < 1e-6
    assert np.abs(after.rotation - before.rotation).max() < 1e-6
    assert np.abs(after.zoom - before.zoom).max() < 1e-6
    assert np.abs(seen(exported(after, output)) - seen(exported(before, output))).max() < 1e-3


def test_pictures_of_the_source_s_shape_are_taken_for_the_source_s(run, tmp_path):
    """As of a camera that was made for the whole clip, whose upright crop the shot is."""
    output = {"width": 480, "height": 832}
    lens = np.tile(SOURCE.intrinsics, (7, 1, 1))
    lens[:, :2] *= 1.5
    lens[:, [0, 1], [0, 1]] *= 2
    made = CameraTrack(np.tile(SOURCE.world_from_camera, (7, 1, 1)), lens, 1080, 1920)
    path = write(tmp_path, "transforms.json", made)
    assert np.allclose(run(of(path), files={"camera[0]": path}, output=output).zoom, 2)


def test_a_move_goes_on_from_it(run, tmp_path):
    path = write(tmp_path, "camera.chan", track())
    both = run(of(path), {"type": "zoom", "factor": 2, "ease": "linear"}, files={"camera[0]": path})
    alone = run(of(path), files={"camera[0]": path})
    assert np.allclose(both.zoom, alone.zoom * 2 ** np.linspace(0, 1, 7))


def test_relative_it_moves_from_where_the_camera_is(run, tmp_path):
    made = track()
    path = write(tmp_path, "camera.chan", made)
    files = {"camera[1]": path}
    before = {"type": "pan", "degrees": 30, "to": 0}
    after = run(before, of(path, relative=True), files=files)
    start = run(before).world_from_camera[0]
    poses = made.world_from_camera
    assert np.allclose(after.world_from_camera, start @ (np.linalg.inv(poses[0]) @ poses), atol=1e-9)
    assert np.allclose(after.zoom, np.linspace(1, 2, 7)), "the file's lens zooms by 2, from the camera's own"


def test_a_lens_may_be_kept(run, tmp_path):
    path = write(tmp_path, "camera.chan", track())
    assert np.all(run(of(path, lens="keep"), files={"camera[0]": path}).zoom == 1)


def test_stretched_it_goes_from_first_to_last_frame_as_eased(run, tmp_path):
    made = track(count=5)
    path = write(tmp_path, "transforms.json", made)
    move = of(path, timing="stretch", to=20, ease="linear", **{"from": 10})
    eyes = run(move, files={"camera[0]": path}, frames=31).eye_m
    assert np.allclose(eyes[:11], made.world_from_camera[0, :3, 3])
    assert np.allclose(eyes[20:], made.world_from_camera[4, :3, 3])
    assert np.allclose(eyes[15], made.world_from_camera[2, :3, 3])
    eased = run({**move, "ease": "in_out"}, files={"camera[0]": path}, frames=31).eye_m
    assert np.linalg.norm(eased[11] - eased[10]) < 0.3 * np.linalg.norm(eyes[11] - eyes[10])


def test_in_seconds_it_plays_at_its_own_rate_and_holds_its_end(run, tmp_path):
    made = track(count=9)
    path = write(tmp_path, "camera_path.json", made)
    eyes = run(of(path, timing="seconds"), files={"camera[0]": path}, frames=11, fps=8).eye_m
    assert np.allclose(eyes[:5], made.world_from_camera[::2, :3, 3])
    assert np.allclose(eyes[5:], made.world_from_camera[8, :3, 3])


def test_a_camera_that_stands_may_have_one_frame(run, tmp_path):
    made = track(count=1)
    path = write(tmp_path, "transforms.json", made)
    assert np.allclose(run(of(path), files={"camera[0]": path}).eye_m, made.world_from_camera[0, :3, 3])


@pytest.mark.parametrize("timing", ["frames", "seconds", "stretch"])
@pytest.mark.parametrize("relative", [False, True])
def test_any_moments_in_any_order_give_the_same_bits(run, tmp_path, timing, relative):
    path = write(tmp_path, "camera_path.json", track(count=61))
    move, files = of(path, timing=timing, relative=relative), {"camera[0]": path}
    whole = run(move, files=files, frames=61)
    at = [17, 60, 3, 44, 0]
    for some in (run(move, files=files, frames=61, at=at), run(move, files=files, frames=61, at=at[::-1])):
        order = at if np.array_equal(some.eye_m[0], whole.eye_m[17]) else at[::-1]
        assert np.array_equal(some.eye_m, whole.eye_m[order])
        assert np.array_equal(some.rotation, whole.rotation[order])
        assert np.array_equal(some.zoom, whole.zoom[order])
    for frame in range(0, 61, 7):
        assert np.array_equal(run(move, files=files, frames=61, at=[frame]).rotation[0], whole.rotation[frame])


def test_another_number_of_frames_is_said_with_what_to_do(run, tmp_path):
    path = write(tmp_path, "camera.chan", track(count=9))
    with pytest.raises(InputError) as refused:
        run(of(path), files={"camera[0]": path})
    assert refused.value.field == "camera[0].file"
    assert "camera.chan has 9 frames and the shot 7: give the shot `frames: 9`" in refused.value.message


def test_a_file_without_times_does_not_play_in_seconds(run, tmp_path):
    path = write(tmp_path, "transforms.json", track())
    with pytest.raises(InputError, match="does not say when its frames are") as refused:
        run(of(path, timing="seconds"), files={"camera[0]": path})
    assert refused.value.field == "camera[0].timing"


def test_a_mirrored_pose_is_named_by_file_and_frame(run, tmp_path):
    path = write(tmp_path, "transforms.json", track())
    held = json.loads(path.read_text())
    held["frames"][2]["transform_matrix"][0] = [-number for number in held["frames"][2]["transform_matrix"][0]]
    path.write_text(json.dumps(held))
    with pytest.raises(InputError, match=r"transforms.json: frames\[2\] .*: its pose mirrors") as refused:
        run(of(path), files={"camera[0]": path})
    assert refused.value.field == "camera[0].file"


def test_a_file_that_changed_is_read_again(run, tmp_path):
    path = write(tmp_path, "camera.chan", track())
    before = run(of(path), files={"camera[0]": path})
    write(tmp_path, "camera.chan", track(zoom=False))
    assert not np.allclose(run(of(path), files={"camera[0]": path}).zoom, before.zoom)


def test_from_to_and_ease_are_for_stretch(run):
    with pytest.raises(ValidationError, match="from, to and ease are for timing: stretch"):
        run({"type": "file", "file": "camera.chan", "to": 3})


def test_between_its_frames_it_flows_through_them(run, tmp_path):
    """Few frames stretched over a long shot: no jerk at any of them."""
    path = write(tmp_path, "transforms.json", track(count=5))
    at = np.linspace(0, 400, 4001)
    move = of(path, timing="stretch", ease="linear")
    seen_by = run(move, files={"camera[0]": path}, frames=401, at=at)
    speed = np.diff(seen_by.eye_m, axis=0)[100:-100]
    assert np.abs(np.diff(speed, axis=0)).max() < 0.01 * np.abs(speed).max()
    turn = np.diff(seen_by.rotation, axis=0)[100:-100]
    assert np.abs(np.diff(turn, axis=0)).max() < 0.02 * np.abs(turn).max()


@pytest.fixture(scope="module")
def usd(animated):
    """A shot as USD."""
    return animated(WRITTEN, frames=7, output={"width": 832, "height": 480}) / "shot.usda"


def test_the_camera_of_a_usd_file_comes_back(run, usd):
    before, output = run(*WRITTEN), {"width": 832, "height": 480}
    after = run(of(usd), files={"camera[0]": usd, "camera[0]/edit.usda": usd.with_name("edit.usda"),
                                "camera[0]/base.usdc": usd.with_name("base.usdc")})  # fmt: skip
    assert np.abs(after.world_from_camera - before.world_from_camera).max() < 1e-6
    assert np.abs(seen(exported(after, output)) - seen(exported(before, output))).max() < 1e-3


def test_a_camera_that_the_file_has_not_is_named_with_those_it_has(run, usd):
    beside = {f"camera[0]/{name}": usd.with_name(name) for name in ("edit.usda", "base.usdc")}
    with pytest.raises(InputError, match=r"shot.usda: holds no camera left; there are Camera") as refused:
        run(of(usd, camera="left"), files={"camera[0]": usd, **beside})
    assert refused.value.field == "camera[0].file"


def test_a_shifted_lens_is_said(run, tmp_path, footage):
    path = write(tmp_path, "transforms.json", track(centre=(20, -5)))
    moves = _MOVES.validate_python([of(path)], strict=False)
    spec = EditSpec(frames=7, camera=moves, edits={}, output=OutputSpec())
    (said,) = of_files(spec, EditInputs(footage, STILL, {}, {}, files={"camera[0]": path}))
    assert said.startswith("camera[0]: the lens of transforms.json is shifted by 20.0 px across and -5.0 px down")
    (kept,) = _MOVES.validate_python([of(path, lens="keep")], strict=False)
    without = spec.model_copy(update={"camera": (kept,)})
    assert not list(of_files(without, EditInputs(footage, STILL, {}, {}, files={"camera[0]": path})))
