"""What captions say of the camera."""

import re

import pytest

from tests.spec.captions.conftest import keys
from tests.spec.conftest import HEAD


@pytest.mark.parametrize("camera", ["", "camera: [{type: static}]", "camera: [{type: pan, degrees: 0}]"])
def test_a_static_camera_is_said_to_be_static(draft, camera):
    text = draft(camera)
    assert "The camera is static and neither moves nor turns." in text
    assert "The bunny and the background stay perfectly still throughout, neither moving nor turning." in text


@pytest.mark.parametrize(
    ("moves", "expected"),
    [
        ("{type: orbit, around: bunny, degrees: -90}", "orbits to the left around the bunny by about ninety"),
        ("{type: orbit, around: bunny, degrees: 180}", "orbits to .*eighty degrees, showing the other side"),
        ("{type: orbit, around: bunny, degrees: 360}", "quickly orbits to the right all the way around the bunny"),
        ("{type: orbit, around: [0, 1, -3], degrees: 20}", "orbits to the right around a fixed point by"),
        ("{type: dolly, distance_m: -1}", "slowly dollies out by about a metre"),
        ("{type: dolly, distance_m: 2, towards: bunny}", "dollies in towards the bunny by about two metres"),
        ("{type: pan, degrees: 30}", "slowly pans to the right by about thirty degrees"),
        (
            "{type: dolly, distance_m: 1, to: 50%}, {type: pan, degrees: 90, from: 50%}",
            "The camera first dollies in by about a metre and then pans to the right by about ninety degrees",
        ),
        (
            "{type: orbit, around: bunny, degrees: 30}, {type: dolly, distance_m: 1}",
            "slowly orbits to the right around the bunny by about thirty degrees, dollying in by about a metre",
        ),
        (
            "{type: pan, degrees: 30, from: 40%, to: 60%}",
            "The camera first stays static, then pans to the right by about thirty degrees, and then comes to rest",
        ),
        (
            "{type: keyframes, keys: [{at: 0}, {at: 76, position_m: [1, 1.6, 0]}]}",
            "The camera slowly moves about a metre to the right",
        ),
        (
            "{type: keyframes, keys: [{at: 0}, {at: 76, position_m: [0, 1.6, -3], look_at: bunny}]}",
            "The camera moves about three metres forward, turning to look at the bunny",
        ),
        (
            "{type: keyframes, keys: [{at: 0, look_at: bunny}, {at: 76, position_m: [0, 3.6, 0], look_at: bunny}]}",
            "The camera moves about two metres upward, keeping the bunny in view",
        ),
        (
            "{type: keyframes, keys: [{at: 0}, {at: 76, rotate_deg: [20, -10, 0], fov_deg: 30}]}",
            "The camera pans about ten degrees to the left, tilting about twenty degrees up and zooming in",
        ),
        (
            "{type: dolly, distance_m: 1, to: 9}, {type: keyframes, keys: [{at: 20}, {at: 76, position_m: [1, 1, 0]}]}",
            "dollies in by .* then moves to another place",
        ),
        (
            "{type: tilt, degrees: -5}",
            "The camera slowly tilts down by about five degrees",
        ),
        (
            "{type: roll, degrees: 6}",
            "The camera slowly rolls clockwise by about six degrees",
        ),
        (
            "{type: zoom, factor: 1.5}",
            "The camera slowly zooms in",
        ),
        (
            "{type: zoom, focal_mm: 20}",
            "zooms out",
        ),
        (
            "{type: zoom, fov_deg: 20, to: 50%}, {type: zoom, fov_deg: 40, from: 50%}",
            "first zooms in and then zooms out",
        ),
        (
            "{type: dolly_zoom, distance: 0.4x, to: 50%}, {type: zoom, fov_deg: 40, from: 50%}",
            "then zooms to another focal length",
        ),
        (
            "{type: dolly, distance: -0.3x, towards: bunny}",
            "The camera slowly dollies out from the bunny",
        ),
        (
            "{type: truck, distance_m: -0.4}",
            "slowly trucks to the left by about forty centimetres",
        ),
        (
            "{type: pedestal, distance_m: 0.5}",
            "slowly rises straight up by about half a metre",
        ),
        (
            "{type: crane, distance: 0.5x, relative_to: size}",
            "cranes up, tilting down to keep the bunny in place",
        ),
        (
            "{type: crane, distance_m: -1}",
            "cranes down by about a metre, tilting up to keep the bunny in place",
        ),
        (
            "{type: arc, around: bunny, degrees: 15, rise_deg: 10}",
            "arcs to the right around the bunny by about fifteen degrees, rising above it",
        ),
        (
            "{type: arc, around: bunny, rise_deg: -30}",
            "arcs down around the bunny by about thirty degrees",
        ),
        (
            "{type: spiral, around: bunny, degrees: -40, radius: 0.8x, rise_m: 0.3}",
            "spirals to the left around the bunny by about forty degrees, coming closer and rising by about thirty",
        ),
        (
            "{type: dolly_zoom, distance: 0.4x}",
            "dollies in, zooming out to keep the bunny at the same size",
        ),
        (
            "{type: handheld}",
            "The camera sways slightly as if held by hand",
        ),
        (
            "{type: look_at, target: bunny, from: 1s}",
            "first stays static, then turns to look at the bunny, and then comes to rest",
        ),
        (
            "{type: truck, distance_m: 1}, {type: look_at, target: bunny}",
            "trucks to the right by about a metre, keeping the bunny in view",
        ),
        (
            "{type: path, relative: true, aim: along, points: [[0, 0, 0], [1, 0, -1], [1, 0, -2]]}",
            "moves along a curve about two metres forward and to the right, looking where it goes",
        ),
        (
            "{type: path, closed: true, relative: true, points: [[0, 0, 0], [1, 0, -1], [1, 0, -2]]}",
            "moves along a curve and back to where it began",
        ),
        (
            "{type: keyframes, curve: hold, keys: [{at: 0}, {at: 2s, position_m: [1, 1, 0]}]}",
            "then jumps to another view",
        ),
        (
            "{type: keyframes, keys: [{at: 0, orientation_wxyz: [0, 1, 0, 0]}, "
            "{at: 76, orientation_wxyz: [0, 0.966, -0.259, 0]}]}",
            "rolls about thirty degrees clockwise",
        ),
        (
            "{type: keyframes, keys: [{at: 0, orientation_wxyz: [0, 1, 0, 0]}, "
            "{at: 76, orientation_wxyz: [0, 0.966, 0, 0.259]}]}",
            "pans about thirty degrees to the right",
        ),
        (
            "{type: dolly, distance: 0.4x}, {type: arc, around: bunny, degrees: 20}, {type: static, from: 60%}, "
            "{type: handheld}",
            "first slowly dollies in, arcing to the right around the bunny, and then stays there, all the while",
        ),
        (
            "{type: pan, degrees: 10, to: 40%}, {type: tilt, degrees: 5, from: 50%}, {type: truck, distance_m: 1}",
            "all the while trucking to the right by about a metre",
        ),
    ],
)  # fmt: skip
def test_camera_moves_are_told(draft, moves, expected):
    text = draft(f"camera: [{moves}]")
    assert re.search(expected, text), text
    assert "only the camera moves" in text


def test_a_camera_that_follows_says_so(draft):
    camera = ", camera: [{type: keyframes, keys: [{at: 0, look_at: bunny}, {at: 76, look_at: bunny}]}]"
    text = draft(keys("{at: 0}", "{at: 76, move_m: [2, 0, 0]}", more=camera))
    assert "The camera keeps the bunny in view." in text
    assert "only the bunny and the camera move." in text


def test_a_camera_that_follows_the_clips_is_told_so(draft):
    head = HEAD.replace("clip: clip.mp4", "clip: clip.mp4, camera: {solve: sfm}")
    assert "The camera moves as in the original footage" in draft("camera: [{type: source}]", head)
    assert "backwards" in draft("camera: [{type: source, speed: -1}]", head)
    assert "original footage" not in draft("camera: [{type: source}]"), "a camera that stands is not followed"
