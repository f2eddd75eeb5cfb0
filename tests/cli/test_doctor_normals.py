"""``r2s2r doctor --normals``: which axes official samples have, on the command line."""

import json

import cv2
import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from pipelines.doctor_normals import check_normals
from r2s2r.media.sample import CONTROL
from r2s2r.stages.diffuse.axes import in_convention
from tests.diffuse.normal_films import FILMS, FLAT
from tests.media.clips import write_clip

PROJECT = "version: 1\ndiffuse: {{animate: {{normal_convention: {convention}}}}}\n"


@pytest.fixture(scope="module")
def pictures():
    return FILMS["several things"]()


@pytest.fixture
def video(folder, pictures):
    """Write a video of normals in a convention, or as they are; returns its name."""

    def write(name, convention="opengl", shown=None, change=lambda picture: picture):
        frames = [change(in_convention(picture, convention)) for picture in (pictures if shown is None else shown)]
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        write_clip(folder / name, frames, rate=16, options={"crf": "18"})
        return name

    return write


@pytest.fixture
def look(r2s2r):
    """Runs doctor and returns the exit code, what it found and name -> (state, said)."""

    def run(*arguments):
        ended = r2s2r("doctor", "--json", "--normals", *arguments)
        found = json.loads(ended.out)
        return (
            ended.code,
            found["normals"],
            {check["name"]: (check["state"], check["said"]) for check in found["checks"]},
        )

    return run


def mirrored(picture):
    left = picture.copy()
    left[picture.any(axis=2), 0] = 255 - picture[picture.any(axis=2), 0]
    return left


@pytest.mark.parametrize("convention", ["opengl", "directx", "opencv"])
def test_the_convention_is_found_and_compared_with_the_project_s(folder, video, look, convention):
    name = video("normals.mp4", convention)
    (folder / "r2s2r.yaml").write_text(PROJECT.format(convention=convention), encoding="utf-8")
    code, found, said = look(name)
    assert (code, found["convention"]) == (0, convention)
    assert said["convention"][0] == "ok"
    assert said["convention"][1].startswith(f"{convention} fits, as the project has it: x right, y ")
    assert all(axis["agreement"] > 0.9 and axis["evidence_px"] > 100 for axis in found["axes"])
    assert found["videos"][0]["frames"] == 4


def test_another_convention_than_the_project_s_is_a_warning_that_says_what_to_set(video, look):
    code, found, said = look(video("normals.mp4", "directx"))
    assert (code, found["convention"]) == (0, "directx")
    state, words = said["convention"]
    assert state == "warning"
    assert "the project has opengl: set `diffuse: {animate: {normal_convention: directx}}`" in words


def test_samples_of_the_release_are_taken_by_their_folder_and_together(video, look):
    for name in ("a", "b"):
        video(f"{name}/{CONTROL}", "opencv")
    _, found, _ = look("a", "b")
    assert found["convention"] == "opencv"
    assert [video["path"] for video in found["videos"]] == [f"a/{CONTROL}", f"b/{CONTROL}"]
    x, of_a = found["axes"][0], found["videos"][0]["axes"][0]
    assert x["evidence_px"] == pytest.approx(2 * of_a["evidence_px"], abs=1)


def test_a_mirrored_x_fits_nothing_and_is_said(video, look):
    code, found, said = look(video("normals.mp4", change=mirrored))
    assert (code, found["convention"]) == (2, None)
    assert said["convention"][0] == "wrong"
    assert said["convention"][1].startswith("x left, y up, z to the viewer: no normal_convention has such axes")


def test_swapped_colours_fit_nothing_and_are_said(video, look):
    code, found, said = look(video("normals.mp4", change=lambda picture: picture[..., ::-1]))
    assert (code, found["convention"]) == (2, None)
    assert said["convention"] == ("wrong", "x, y and z are in blue, green, red: no normal_convention has them there")


def test_normals_of_the_world_are_told_apart(video, look):
    """Seen after a turn of 55 degrees, some of them point away from the viewer."""
    turn = Rotation.from_euler("y", 55, degrees=True).as_matrix()

    def from_the_side(picture):
        turned = np.rint(((picture / 127.5 - 1) @ turn.T + 1) * 127.5).clip(0, 255).astype(np.uint8)
        return np.where(picture.max(axis=2, keepdims=True) > 0, turned, np.uint8(0))

    code, found, said = look(video("normals.mp4", change=from_the_side))
    assert (code, found["convention"]) == (2, None)
    assert "no normals of the camera's frame" in said["convention"][1]


@pytest.mark.parametrize(
    ("shown", "words"),
    [
        ("a box from the front", "z to the viewer is sure; not ruled out: opengl, directx. Give more videos"),
        ("nothing", "no entity on a black background is seen"),
        ("no background", "no entity on a black background is seen"),
    ],
)
def test_thin_evidence_is_a_warning_and_no_guess(video, look, shown, words):
    code, found, said = look(video("normals.mp4", shown=FLAT[shown]()))
    assert (code, found["convention"]) == (0, None)
    assert said["convention"][0] == "warning"
    assert words in said["convention"][1]


def test_videos_that_disagree_are_a_warning(video, look):
    code, found, said = look(video("a.mp4", "opengl"), video("b.mp4", "directx"))
    assert (code, found["convention"]) == (0, None)
    assert said["convention"] == ("warning", "the videos disagree on y; look at each alone")


def test_what_cannot_be_used_is_named_and_the_others_are_looked_at(folder, video, look, pictures):
    (folder / "garbage.mp4").write_bytes(np.random.default_rng(0).bytes(5000))
    (folder / "empty.mp4").write_bytes(b"")
    (folder / "folder").mkdir()
    whole = (folder / video("whole.mp4")).read_bytes()
    (folder / "cut.mp4").write_bytes(whole[: len(whole) // 2])
    shown = pictures[0].max(axis=2, keepdims=True) > 0
    paint = cv2.resize(np.random.default_rng(0).integers(60, 190, (9, 16, 3), np.uint8), (160, 90))
    video("photo.mp4", shown=[np.where(shown, paint, np.uint8(0))] * 3)
    bad = ["garbage.mp4", "empty.mp4", "cut.mp4", "nowhere.mp4", "photo.mp4"]
    code, found, said = look(*bad, "folder", "whole.mp4")
    assert code == 2
    assert found["convention"] == "opengl"
    assert {name: said[name][0] for name in bad} == dict.fromkeys(bad, "wrong")
    assert said["nowhere.mp4"][1] == "there is no such file"
    assert said[f"folder/{CONTROL}"] == ("wrong", "there is no such file")
    assert "its colours are no normals" in said["photo.mp4"][1]
    assert said["convention"][0] == "ok"


def test_people_get_a_table_and_a_sentence(r2s2r, video, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    ended = r2s2r("doctor", "--normals", video("a.mp4"), video("b.mp4"))
    assert ended.code == 0
    lines = ended.out.splitlines()
    assert "agree" in lines[0]
    assert "a.mp4 (4 frames)" in lines[1]
    assert "right" in lines[1]
    assert any("all together" in line for line in lines)
    assert lines[-1].startswith("ok      normals   convention: opengl fits")


def test_it_says_how_many_videos_it_has_looked_at(folder, video):
    heard = []
    check_normals([folder / video("a.mp4"), folder / "nowhere.mp4"], "opengl", lambda *said: heard.append(said))
    assert heard == [(0, 2), (1, 2)]


def test_only_videos_are_looked_at(r2s2r, video):
    ended = r2s2r("doctor", "--pin", "--normals", video("a.mp4"))
    assert ended.code == 2
    assert "--normals looks at videos only" in ended.err
    ended = r2s2r("doctor", "good.yaml", "--normals", video("a.mp4"))
    assert ended.code == 2
