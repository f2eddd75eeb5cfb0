"""Advice: said where it helps, and not where it does not."""

import textwrap
from pathlib import Path

import pytest

from pipelines.advice import advice
from r2s2r.spec.load import load_scene

HEAD = """\
version: 1
name: test
source: {clip: clip.mp4, camera: {fov_deg: 45}, ground: {camera_height_m: 1.2, pitch_deg: -4}}
entities:
  bunny: {select: {box_px: [1, 2, 30, 40]}}
  twin: {copy: bunny, place: {move_m: [1, 0, 0]}}
  crate: {asset: crate.glb}
"""
GONE = "twin: [{type: remove}], crate: [{type: remove}]"


@pytest.fixture
def advise(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Returns the advice on shot ``a``, written in flow style, of a scene with further settings."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "clip.mp4").write_bytes(b"clip")
    (tmp_path / "crate.glb").write_bytes(b"glb")
    (tmp_path / "look.png").write_bytes(b"picture")

    def run(shot, more="diffuse: {backend: animate}", head=HEAD):
        Path("scene.yaml").write_text(head + textwrap.dedent(more) + f"\nshots: {{a: {{{shot}}}}}\n")
        scene = load_scene(Path("scene.yaml"))
        return list(advice(scene, scene.shots["a"]))

    return run


def test_a_shot_that_begins_as_the_clip_does_needs_none(advise):
    assert advise(f"edits: {{{GONE}}}, camera: [{{type: orbit, around: bunny, degrees: 24}}]") == []


def test_the_compositor_needs_none(advise):
    assert advise("frames: 3, output: {fps: 24}", "diffuse: {backend: compositor}") == []


@pytest.mark.parametrize("backend", ["animate", "vace"])
def test_what_the_clip_does_not_show_asks_for_the_composite(advise, backend):
    (one,) = advise("edits: {bunny: [{type: remove, from: 0, to: 9}]}", f"diffuse: {{backend: {backend}}}")
    assert one.startswith(f"shots.a.diffuse.{backend}.reference: source is the clip's reference frame")
    assert "bunny is removed, crate is shown, which is not in the clip and twin is shown" in one
    assert "set `reference: composite`" in one


@pytest.mark.parametrize("reference", ["composite", "look.png"])
def test_another_reference_may_begin_as_it_likes(advise, reference):
    assert advise("", f"diffuse: {{backend: animate, animate: {{reference: {reference}}}}}") == []


@pytest.mark.parametrize(
    ("keys", "moved"),
    [
        ("{at: 0}, {at: 9, move_m: [1, 0, 0]}", False),
        ("{at: 9}, {at: 20, position_m: [1, 0, 0]}", False),
        ("{at: 0, move_m: [0, 0.1, 0]}", True),
        ("{at: 20, rotate_deg: [0, 5, 0]}", True),  # the first key holds before it
        ("{at: 0, scale: 2}", True),
        ("{at: 0, scale: [1, 1, 0.5]}", True),
        ("{at: 0, position_m: [0, 0, -3]}", True),
    ],
)
def test_an_entity_that_starts_elsewhere_is_named(advise, keys, moved):
    found = advise(f"edits: {{{GONE}, bunny: [{{type: transform, keys: [{keys}]}}]}}")
    assert ["bunny is not where the clip has it" in one for one in found] == [True] * moved


@pytest.mark.parametrize(
    ("edit", "moved"),
    [
        ("path, relative: true, points: [[0, 0, 0], [1, 0, 0]]", False),
        ("path, points: [[0, 0, -3], [1, 0, -3]]", True),
        ("spin, turns: 1", False),
        ("spin, degrees: 90, to: 0", True),
        ("spin, turns: 2, to: 0", False),
        ("bounce, height_m: 1", False),
        ("follow, target: twin", False),
        ("look_at, target: camera", True),
        ("look_at, target: camera, from: 1s", False),
        ("drop", False),
        ("scale, factor: 2", False),
        ("deform, squash: 0.5, to: 0", True),
        ("motion, of: twin, shot: b, start_s: 1", True),
        ("motion, of: twin, shot: b", False),
        ("hide, from: 9", False),
    ],
)
def test_an_edit_that_has_moved_something_by_frame_0_is_named(advise, edit, moved):
    found = advise(f"edits: {{{GONE}, bunny: [{{type: {edit}}}]}}}}, b: {{enabled: false")
    assert ["bunny is not where the clip has it" in one for one in found] == [True] * moved


def test_what_takes_an_entitys_place_is_named(advise):
    (one,) = advise(f"edits: {{{GONE}, bunny: [{{type: replace, asset: crate.glb}}]}}")
    assert "at frame 0 bunny is replaced: set" in one


def test_a_file_that_moves_things_is_not_in_a_drafted_prompt(advise):
    reference, prompt = advise(f"edits: {{{GONE}}}, animation: {{file: crate.glb}}")
    assert "things may be elsewhere, as crate.glb has them" in reference
    assert prompt.startswith("shots.a.prompt: auto does not know what crate.glb moves: say it")


@pytest.mark.parametrize(
    ("place", "moved"),
    [("{}", False), ("{height_m: 3}", False), ("{move_m: [0, 0, 1]}", True), ("{rotate_deg: [0, 30, 0]}", True)],
)
def test_an_entity_that_is_placed_elsewhere_is_named(advise, place, moved):
    head = HEAD.replace("40]}}", f"40]}}, place: {place}}}")
    assert len(advise(f"edits: {{{GONE}}}", head=head)) == moved


@pytest.mark.parametrize(
    ("camera", "elsewhere"),
    [
        ("{type: static}", False),
        ("{type: pan, degrees: 30}", False),
        ("{type: pan, degrees: 30, from: 0, to: 0}", True),
        ("{type: dolly, distance_m: 1, to: 0}", True),
        ("{type: dolly, distance_m: 1, from: 9, to: 9}", False),
        ("{type: orbit, around: bunny, degrees: 0, to: 0}", False),
        ("{type: keyframes, keys: [{at: 0}, {at: 9, position_m: [1, 1, 1]}]}", False),
        ("{type: keyframes, keys: [{at: 0, position_m: [0, 1.2, 0], fov_deg: 45, rotate_deg: [0, 0, 0]}]}", False),
        ("{type: keyframes, keys: [{at: 9, position_m: [0, 1.3, 0]}]}", True),
        ("{type: keyframes, keys: [{at: 0, fov_deg: 30}]}", True),
        ("{type: keyframes, keys: [{at: 0, rotate_deg: [0, 1, 0]}]}", True),
        ("{type: keyframes, keys: [{at: 0, look_at: bunny}]}", True),
        ("{type: keyframes, keys: [{at: 0, look_at: [0, 0.5007, -10]}]}", False),  # on the lens's axis
        ("{type: keyframes, keys: [{at: 0, look_at: [1, 0.5, -10]}]}", True),
        ("{type: keyframes, keys: [{at: 0, look_at: [0, 0.5, 10]}]}", True),
        ("{type: keyframes, keys: [{at: 0, look_at: [0, 0.5007, -10], roll_deg: 3}]}", True),
        ("{type: keyframes, keys: [{at: 0, orientation_wxyz: [0.0348995, 0.9993908, 0, 0]}]}", False),  # its pitch
        ("{type: keyframes, keys: [{at: 0, orientation_wxyz: [0, 1, 0, 0]}]}", True),
        ("{type: keyframes, keys: [{at: 0, focal_mm: 43.456}]}", False),  # 45 degrees for 36 mm
        ("{type: keyframes, keys: [{at: 0, focal_mm: 50}]}", True),
        ("{type: tilt, degrees: 3}", False),
        ("{type: roll, degrees: 3, to: 0}", True),
        ("{type: zoom, factor: 2, to: 0}", True),
        ("{type: zoom, fov_deg: 45, to: 0}", False),
        ("{type: truck, distance: 0.5x, subject: bunny, to: 0}", True),
        ("{type: crane, distance: 0.5x, subject: bunny}", False),
        ("{type: arc, around: bunny, rise_deg: 5, to: 0}", True),
        ("{type: spiral, around: bunny, degrees: 5}", False),
        ("{type: spiral, around: bunny, degrees: 0, radius: 0.5x, to: 0}", True),
        ("{type: follow, target: bunny}", False),
        ("{type: handheld, amount: 5}", False),  # a hand is at rest at frame 0
        ("{type: look_at, target: bunny}", True),
        ("{type: look_at, target: bunny, from: 0}", True),
        ("{type: look_at, target: bunny, from: 1}", False),  # it comes in
        ("{type: look_at, target: [0, 0.5007, -10]}", False),
        ("{type: path, relative: true, points: [[0, 0, 0], [1, 0, 0]]}", False),
        ("{type: path, relative: true, aim: along, points: [[0, 0, 0], [1, 0, 0]]}", True),
        ("{type: path, points: [[0, 1.2, 0], [1, 1, 0]], from: 9}", False),
        ("{type: path, points: [[1, 1.2, 0], [1, 1, 0]], from: 9}", True),  # it waits at its first point
        ("{type: file, file: crate.glb}", True),
        ("{type: file, file: crate.glb, relative: true, lens: keep}", False),
    ],
)
def test_a_camera_that_starts_elsewhere_is_named(advise, camera, elsewhere):
    found = advise(f"edits: {{{GONE}}}, camera: [{{type: static}}, {camera}]")
    assert ["the camera is not where the clip's is (camera[1])" in one for one in found] == [True] * elsewhere


@pytest.mark.parametrize(
    ("edits", "prompt", "backend", "warns"),
    [
        (GONE, "a rabbit in the sun", "animate", True),
        (GONE, "a rabbit in the sun; the camera is static", "animate", False),
        (GONE, "auto", "animate", False),
        (GONE, "a rabbit in the sun", "vace", False),
        ("twin: [{type: remove}]", "a rabbit and a crate", "animate", False),
        (f"{GONE}, bunny: [{{type: remove}}]", "a meadow", "animate", False),
    ],
)
def test_a_prompt_for_one_entity_has_to_speak_of_the_camera(advise, edits, prompt, backend, warns):
    more = f"diffuse: {{backend: {backend}, {backend}: {{reference: composite}}}}"
    found = advise(f"edits: {{{edits}}}, prompt: '{prompt}'", more)
    assert [one.startswith("shots.a.prompt: says nothing of the camera") for one in found] == [True] * warns


@pytest.mark.parametrize(
    ("encode", "expected"),
    [("{}", "set output.fps: 16 and encode.deliver_fps: 24"), ("{deliver_fps: 25}", "set output.fps: 16")],
)
def test_another_rate_than_the_models_is_named(advise, encode, expected):
    (one,) = advise(f"edits: {{{GONE}}}, output: {{fps: 24}}, encode: {encode}")
    assert one.startswith("shots.a.output.fps: is 24, but the model was trained at 16 frames a second")
    assert one.endswith(expected)


@pytest.mark.parametrize(
    ("frames", "settings", "expected"),
    [
        (77, "animate", None),
        (81, "animate", "81 frames cost two segments, as 153 are generated: 77 would cost one, and up to 153 cost no"),
        (102, "animate", "102 frames cost two segments"),
        (103, "animate", None),
        (153, "animate", None),
        (160, "animate", "160 frames cost three segments, as 229 are generated: 153 would cost two, and up to 229"),
        (20, "animate", "20 frames cost a whole segment: up to 77 frames cost no more"),
        (30, "animate", None),
        (81, "vace", None),
        (90, "vace", "90 frames cost two segments, as 157 are generated: 81 would cost one"),
        (12, "animate, animate: {segment_frames: 9, reference: composite}", None),
        (19, "animate, animate: {segment_frames: 9, reference: composite}", "19 frames cost three segments"),
    ],
)
def test_frames_that_hardly_use_their_last_segment_are_named(advise, frames, settings, expected):
    found = advise(f"frames: {frames}, edits: {{{GONE}}}", f"diffuse: {{backend: {settings}}}")
    assert len(found) == (expected is not None)
    assert all(one.startswith(f"shots.a.frames: {expected}") for one in found)


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ("{precision: fp8, allow_fallback: [fp8]}", ["fp8 has no effect"]),
        ("{vae_tiling: true, allow_fallback: [fp8, tiling]}", ["tiling has no effect"]),
        ("{precision: bf16, allow_fallback: [fp8, tiling]}", []),
        ("{precision: fp8, vae_tiling: true, step_cache: taylorseer}", []),
    ],
)
def test_a_fallback_to_what_is_on_already_is_named(advise, settings, expected):
    found = advise(f"edits: {{{GONE}}}", f"diffuse: {{backend: animate, animate: {settings}}}")
    assert len(found) == len(expected)
    for one, words in zip(found, expected, strict=True):
        assert one.startswith(f"shots.a.diffuse.animate.allow_fallback: {words}")
