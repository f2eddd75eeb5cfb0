"""Selecting on real pictures, against masks drawn by hand."""

import pytest

from benchmarks.pictures.drawn import CLIPS, drawn, names
from benchmarks.select import selected_iou


def of(name, *clips):
    """Return what was drawn; skip where its clip is not here."""
    found = drawn(name, clips)
    if found is None:
        pytest.skip(f"needs the clip of {name}; `make demo` fetches the demo's")
    return found


@pytest.mark.parametrize("name", ["coin", "saucer"])
@pytest.mark.parametrize("way", ["box", "box+points"])
def test_before_a_plain_background_a_box_finds_it(name, way):
    assert of(name).is_plain
    assert selected_iou(of(name), way) >= 0.93


@pytest.mark.parametrize("name", ["ball", "cup", "mug"])
@pytest.mark.parametrize("way", ["box", "box+points", "1 point"])
def test_before_a_plain_background_it_is_found_in_a_clip_too(name, way, shared):
    assert selected_iou(of(name, shared / "media"), way) >= 0.93


@pytest.mark.parametrize(
    ("name", "way", "iou"),
    [
        ("coin", "1 point", 0.93),
        ("saucer", "points in", 0.93),
        ("cat", "points in+out", 0.9),
        ("rocket", "box", 0.7),
        ("astronaut", "box", 0.85),
    ],
)
def test_what_points_and_harder_backgrounds_give_does_not_get_worse(name, way, iou):
    assert selected_iou(of(name), way) >= iou


@pytest.mark.parametrize("way", ["box+points", "points in+out"])
def test_points_tell_the_bunny_from_his_cave(way):
    assert selected_iou(of("bunny", CLIPS), way) >= 0.9


def test_there_are_masks_of_eight_pictures_at_least(shared):
    assert len([name for name in (*names("skimage"), *names("clip")) if drawn(name, (shared / "media", CLIPS))]) >= 8
