"""The small pictures of a report."""

import shutil
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from r2s2r.artifacts.action import Action, Request
from r2s2r.report.content import NightReport, ShotReport
from tests.report.conftest import START, Night, recipe, shot_of, write_video


def pixels(night: Night, shot: ShotReport) -> np.ndarray:
    assert shot.thumbnail is not None
    return np.asarray(Image.open(night.page.parent / shot.thumbnail))


def made(night: Night, frames: int = 3) -> NightReport:
    night.shots = [shot_of("bunny", "hop")]
    night.make_all(night.shots[0])
    night.deliver(night.shots[0], frames=frames)
    return night.report()


@pytest.mark.parametrize("frames", [1, 3, 41, 100])
def test_a_thumbnail_is_the_middle_frame_of_the_video(night: Night, frames: int):
    (shot,) = made(night, frames).shots
    red, green, _ = pixels(night, shot).mean(axis=(0, 1))
    assert red > green + 40
    assert (shot.picture, shot.is_earlier) == ("video", False)


def test_a_video_that_cannot_be_read_leaves_the_report_whole_and_is_told(night: Night):
    night.shots = [shot_of("bunny", "hop"), shot_of("fox", "still")]
    for shot in night.shots:
        night.make_all(shot)
    night.deliver(night.shots[0]).write_bytes(b"no video")
    night.deliver(night.shots[1])
    bad, good = night.report().shots
    assert bad.thumbnail is None
    assert any("video.mp4: no picture can be read" in finding for finding in bad.findings)
    assert good.thumbnail is not None


def test_a_contact_sheet_does_where_there_is_no_video(night: Night):
    night.shots = [shot_of("bunny", "hop")]
    video = night.deliver(night.shots[0])
    Image.new("RGB", (200, 100), "red").save(video.with_name("contact.png"))
    video.unlink()
    (shot,) = night.report().shots
    assert (shot.picture, shot.video, shot.contact) == ("contact", None, "../../bunny/hop/final/contact.png")
    assert pixels(night, shot).shape == (100, 200, 3)


def test_what_was_not_delivered_is_shown_from_the_store_and_a_lost_object_is_passed_over(night: Night):
    night.shots = [shot_of("bunny", "hop")]
    night.make_all(night.shots[0])
    store = night.store
    for node, file in (("encode", "video.mp4"), ("control", "frames.mkv")):
        folder = store.workspace(node)
        write_video(folder / "film.mp4", frames=3, colour=200 if node == "encode" else 40)
        (folder / "film.mp4").rename(folder / file)
        (own,) = (one for name, one, _, _ in night.shots[0].nodes if name == node)
        request = Request(node, 1, "auto", {}, {})
        store.record(Action(recipe("key", own), request, store.publish(folder), 1.0, "", "", {}))
    (shot,) = night.report().shots
    assert shot.picture == "video"
    (own,) = (one for name, one, _, _ in night.shots[0].nodes if name == "encode")
    encoded = store.action(recipe("key", own))
    assert encoded is not None
    store.discard(encoded.result)
    (shot,) = night.report().shots
    assert shot.picture == "control"


def test_a_failed_shot_shows_its_earlier_video_as_such(night: Night):
    night.shots = [shot_of("bunny", "hop")]
    night.deliver(night.shots[0])
    night.tell(night.shots[0], "edit", "failed", 5, message="no route")
    (shot,) = night.report().shots
    assert shot.is_earlier
    assert shot.video == "../../bunny/hop/final/video.mp4"
    assert shot.thumbnail is not None


def test_only_what_changed_is_made_again_and_what_is_gone_is_removed(night: Night):
    night.shots = [shot_of("bunny", "hop"), shot_of("fox", "still")]
    for shot in night.shots:
        night.deliver(shot)
    report = night.report()
    kept, old = (night.page.parent / str(shot.thumbnail) for shot in report.shots)
    before = kept.stat().st_mtime_ns
    night.deliver(night.shots[1], frames=7)
    report = night.report()
    assert kept.stat().st_mtime_ns == before
    assert not old.exists()
    assert (night.page.parent / str(report.shots[1].thumbnail)).exists()


def test_the_next_night_takes_over_thumbnails_of_what_did_not_change(night: Night):
    (shot,) = made(night).shots
    first = night.page.parent / str(shot.thumbnail)
    second = replace(night, run_id="20261124-220000-bbbbbbbb", started=START + 86_400, since=START + 86_400, told=[])
    (shot,) = second.report().shots
    assert (second.out / "night" / "2026-11-24" / str(shot.thumbnail)).samefile(first)
    shutil.rmtree(first.parents[1])
    assert np.asarray(Image.open(second.out / "night" / "2026-11-24" / str(shot.thumbnail))).any()


@pytest.mark.parametrize("name", ["..", ".", "", "a/b", "x" * 300, "a\0b"])
def test_a_name_that_is_no_folder_has_no_picture(night: Night, name: str):
    night.shots = [replace(shot_of("bunny", "hop"), scene=name)]
    (shot,) = night.report().shots
    assert (shot.video, shot.thumbnail) == (None, None)
