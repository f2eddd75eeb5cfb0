"""The source camera solved from the clip: against rendered clips whose camera is known."""

import sys

import numpy as np
import pytest

from benchmarks.worlds.clip import stood, travelled, turned
from benchmarks.worlds.errors import camera_error
from r2s2r.artifacts.progress import unheard
from r2s2r.artifacts.source_camera import SourceCamera
from r2s2r.errors import MissingError, StageError
from r2s2r.spec.film_camera import FilmCameraSpec
from r2s2r.stages.lift import CameraInputs, make_camera
from tests.lift.material import grain, store_footage

SIZE = {"height": 180, "width": 320}


def solve(clip, out, **ground):
    spec = FilmCameraSpec.model_validate({"camera": {"solve": "sfm"}, "ground": {**clip.ground, **ground}})
    out.mkdir(exist_ok=True)
    make_camera(spec, CameraInputs(clip.footage, {"ball": clip.mask}, None, {}, None), out, unheard)
    return SourceCamera.load(out)


@pytest.mark.slow
def test_a_camera_that_travels_is_found_to_a_thousandth_of_its_path(tmp_path):
    pytest.importorskip("pycolmap")
    clip = travelled(tmp_path / "clip", frames=16, **SIZE)
    found = solve(clip, tmp_path / "camera", pitch_deg=clip.ground["pitch_deg"] + 8)
    error = camera_error(found, clip.truth)
    assert error.ate is not None
    assert error.ate <= 0.001
    assert error.rotation_deg < 0.1 + 8  # the world is pitched as the scene says
    assert abs(error.focal) < 0.02
    assert error.scale == pytest.approx(1, abs=0.03)
    assert found.facts.registered == 1
    assert any(
        f"set source.ground.pitch_deg: {clip.ground['pitch_deg']:.0f}"[:-1] in text for text in found.facts.findings
    )


@pytest.fixture(scope="module")
def panned(tmp_path_factory):
    """A clip that turns by 24 degrees."""
    return turned(tmp_path_factory.mktemp("panned") / "clip", frames=10, **SIZE)


def test_a_camera_that_turns_on_the_spot_is_found_with_its_lens(panned, tmp_path):
    clip, found = panned, solve(panned, tmp_path / "camera")
    error = camera_error(found, clip.truth)
    assert error.rotation_deg < 0.05
    assert abs(error.focal) < 0.01
    assert np.ptp(found.world_from_camera[:, :3, 3], axis=0).max() == 0
    assert found.facts.registered == 1
    assert "turns on the spot" in found.facts.findings[0]


def test_turns_too_small_to_tell_the_lens_are_found_for_an_assumed_one(tmp_path):
    clip = turned(tmp_path / "clip", frames=8, degrees=1.5, nod_degrees=0.2, **SIZE)
    found = solve(clip, tmp_path / "camera")
    assert "too little to tell its lens: fov_deg 50 is assumed" in found.facts.findings[0]
    way = found.world_from_camera[-1, :3, 2] - found.world_from_camera[0, :3, 2]
    true_way = clip.truth.world_from_camera[-1, :3, 2] - clip.truth.world_from_camera[0, :3, 2]
    moved_px = np.linalg.norm(way) * found.intrinsics[0, 0]
    assert moved_px == pytest.approx(np.linalg.norm(true_way) * clip.truth.intrinsics[0, 0], rel=0.05)


def test_a_camera_that_stands_is_seen_to_and_its_lens_is_said_to_be_assumed(tmp_path):
    found = solve(stood(tmp_path / "clip", frames=6, **SIZE), tmp_path / "camera")
    assert found.facts.is_static
    assert "the clip does not tell its lens: fov_deg 50 is assumed" in found.facts.findings[0]


def test_equal_clips_give_equal_bytes(panned, tmp_path):
    for name in ("one", "other"):
        solve(panned, tmp_path / name)
    for path in (tmp_path / "one").iterdir():
        assert path.read_bytes() == (tmp_path / "other" / path.name).read_bytes()


def test_a_clip_that_shows_no_motion_to_solve_says_how_many_frames_and_what_to_do(tmp_path, out):
    pytest.importorskip("pycolmap")
    frames = [grain(90, 160, seed) for seed in range(6)]
    footage = store_footage(tmp_path / "footage", frames, reference=2)
    spec = FilmCameraSpec.model_validate({"camera": {"solve": "sfm"}})
    with pytest.raises(StageError, match=r"0 of 6 frames could be registered: .*give source\.camera\.fov_deg"):
        make_camera(spec, CameraInputs(footage, {}, None, {}, None), out, unheard)


def test_without_pycolmap_it_says_what_to_install(tmp_path, out, monkeypatch):
    monkeypatch.setitem(sys.modules, "pycolmap", None)
    footage = store_footage(tmp_path / "footage", [grain(90, 160, seed) for seed in range(4)], reference=2)
    spec = FilmCameraSpec.model_validate({"camera": {"solve": "sfm"}})
    with pytest.raises(MissingError, match=r"solve: sfm needs pycolmap.*pip install 'r2s2r\[sfm\]'"):
        make_camera(spec, CameraInputs(footage, {}, None, {}, None), out, unheard)
