"""What a change to a scene makes stale, and what it leaves alone."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.pipelines.conftest import Project

SHOT_NODES = ["edit", "render", "diffuse", "encode"]


@pytest.fixture
def copied(built: Project, tmp_path: Path) -> Iterator[Project]:
    """The built project, with its store, at the same path it was built at, so that every test may change it."""
    scene = built.scene.read_text()
    keep = tmp_path / "store"
    shutil.copytree(built.store, keep)
    yield built
    built.scene.write_text(scene)
    shutil.rmtree(built.store)
    shutil.copytree(keep, built.store)


def test_everything_is_fresh_after_a_run(built: Project) -> None:
    assert built.not_fresh() == {}
    again = built.run()
    assert again.code == 0
    assert "nothing rebuilt" in again.out


def test_comments_whitespace_and_key_order_leave_everything_fresh(copied: Project) -> None:
    copied.change("version: 1\nname: tiny\n", "# a comment\nname:   tiny\n\nversion: 1\n")
    copied.change("{fov_deg: 45}", "\n    fov_deg: 45.0  # degrees")
    copied.change("{type: orbit, around: left, degrees: 24, ease: in_out}", "{degrees: 24, around: left, type: orbit}")
    assert copied.not_fresh() == {}


def test_a_camera_change_rebuilds_only_what_follows_the_edit_of_that_shot_and_is_named(copied: Project) -> None:
    copied.change("degrees: 24", "degrees: 31")
    assert copied.not_fresh() == {"orbit": SHOT_NODES}
    assert copied.plan()["orbit"]["edit"] == ("stale", ["camera[0].degrees 24 -> 31"])
    assert copied.plan()["orbit"]["render"] == ("unknown", ["waits for edit"])


def test_an_edit_that_gives_the_same_bytes_stops_there(copied: Project) -> None:
    copied.change("    frames: 2\n", "    frames: 2\n    camera: [{type: static}]\n")
    assert copied.not_fresh() == {"still": SHOT_NODES}
    assert copied.run("--until", "edit").code == 0
    assert copied.not_fresh() == {}


def test_a_changed_selection_rebuilds_that_entity_the_plate_and_what_follows(copied: Project) -> None:
    copied.change("[[30, 30], [60, 30]", "[[31, 30], [60, 30]")
    expected = ["mask:left", "entity:left", "plate", *SHOT_NODES]
    assert copied.not_fresh() == {"orbit": expected, "still": expected}
    assert copied.plan()["still"]["mask:left"] == ("stale", ["select.polygon_px[0][0] 30 -> 31"])


def test_a_changed_setting_of_the_encoder_leaves_the_frames_alone(copied: Project) -> None:
    copied.change("output:", "encode: {crf: 20}\noutput:")
    assert copied.not_fresh() == {"orbit": ["encode"], "still": ["encode"]}


def test_another_lens_or_ground_leaves_footage_masks_and_plate_alone(copied: Project) -> None:
    expected = ["camera", "entity:left", "entity:right", *SHOT_NODES]
    for old, new in (("pitch_deg: -4", "pitch_deg: -5"), ("fov_deg: 45", "fov_deg: 46")):
        copied.change(old, new)
        assert copied.not_fresh() == {"orbit": expected, "still": expected}
        copied.change(new, old)


def test_what_goes_with_an_entity_leaves_its_mesh_alone(copied: Project) -> None:
    copied.change("[30, 80]]}}\n", "[30, 80]]}, also_remove: [{box_px: [30, 80, 60, 90]}]}\n")
    expected = ["traces:left", "plate", "diffuse", "encode"]
    assert copied.not_fresh() == {"orbit": expected, "still": expected}


def test_a_new_entity_leaves_the_others_lift_alone(copied: Project) -> None:
    copied.change("shots:\n", "  twin: {copy: left, place: {move_m: [0.5, 0, -1]}}\nshots:\n")
    assert copied.not_fresh() == {shot: ["entity:twin", *SHOT_NODES] for shot in ("orbit", "still")}


def test_undoing_a_change_finds_the_old_results_again(copied: Project) -> None:
    copied.change("degrees: 24", "degrees: 25")
    assert copied.run("--shot", "orbit").code == 0
    copied.change("degrees: 25", "degrees: 24")
    assert copied.not_fresh() == {}


def test_a_changed_clip_is_noticed_and_named(copied: Project) -> None:
    clip = copied.folder / "clip.mkv"
    content = clip.read_bytes()
    try:
        clip.write_bytes(content + b"\0")
        state, why = copied.plan()["still"]["footage"]
        assert state == "stale"
        assert why == [f"the file {clip} changed"]
    finally:
        clip.write_bytes(content)
