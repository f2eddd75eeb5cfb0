"""Captions: drafted from the scene in plain sentences that say what moves, what stays still, and the camera."""

import re
from pathlib import Path

import numpy as np
import pytest

from r2s2r.spec.captions import caption, speaks_of_camera
from r2s2r.spec.load import load_scene


def test_a_written_prompt_is_left_as_it_is(draft):
    assert draft("prompt: ' a rabbit,  by itself '") == " a rabbit,  by itself "


def test_the_demos_captions():
    scene = load_scene(Path(__file__).parents[3] / "scenes" / "bunny.yaml")
    orbit, hop = (caption(scene, scene.shots[name]) for name in ("orbit", "hop"))
    assert "The camera slowly orbits to the right around the " in orbit
    assert "by about twenty-five degrees, showing more and more of the right-hand side." in orbit
    assert "and the surroundings stay in place, neither moving nor turning; only the camera moves." in orbit
    assert "second" not in orbit
    assert "farther back to the right" in hop
    assert "hops about forty centimetres to the right, turning about forty-five degrees counterclockwise" in hop
    assert "then hops back to the start, turning back as well, and then stays there." in hop
    assert "The camera slowly dollies in by about forty centimetres." in hop
    assert all(50 <= len(text.split()) <= 120 for text in (orbit, hop))


def _random_scene(rng):
    """Return entities and shot of a scene with more going on than anyone would write."""
    between = rng.uniform

    def choose(items):
        return items[rng.integers(len(items))]

    names = [f"{choose(['chair', 'red_box', 'Anna', 'people'])}{number}" for number in range(choose([0, 1, 2, 5, 12]))]

    def vector(size):
        return [round(choose([0, between(-size, size)]), 2) for _ in range(3)]

    def move():
        target = choose(names) if names else "[0, 1, -3]"
        span = f"from: {choose([0, 20, 40])}%, to: {choose([50, 80, 100])}%"
        camera_keys = ", ".join(
            f"{{at: {share}%, {choose([f'position_m: {vector(3)}', f'look_at: {target}', 'fov_deg: 30'])}}}"
            for share in (0, 20, 45, 70, 100)
        )
        return choose(
            [
                f"{{type: orbit, around: {target}, degrees: {between(-400, 400):.1f}, {span}}}",
                f"{{type: dolly, distance_m: {between(-3, 3):.2f}, {span}}}",
                f"{{type: pan, degrees: {between(-90, 90):.1f}, {span}}}",
                f"{{type: keyframes, keys: [{camera_keys}]}}",
                f"{{type: arc, around: {target}, degrees: {between(-90, 90):.1f}, rise_deg: 20, {span}}}",
                f"{{type: spiral, around: {target}, degrees: {between(-90, 90):.1f}, radius: 0.6x, rise_m: 1, {span}}}",
                f"{{type: dolly_zoom, distance: {between(-1, 1):.2f}x, subject: {target}, {span}}}",
                f"{{type: crane, distance_m: {between(-1, 1):.2f}, subject: {target}, {span}}}",
                f"{{type: path, relative: true, aim: along, points: [[0, 0, 0], {vector(2)}, [1, 1, 1]]}}",
                f"{{type: look_at, target: {target}, {span}}}",
                f"{{type: handheld, amount: {between(0.5, 9):.1f}}}",
                f"{{type: static, {span}}}",
            ]
        )

    def edit():
        entity_keys = ", ".join(
            f"{{at: {share}%, move_m: {vector(1)}, rotate_deg: {vector(40)}, scale: {choose([1, 1.5, 0.4])}}}"
            for share in (0, 20, 45, 70, 100)
        )
        removal = f"{{type: remove, from: {choose([0, 30])}%, to: {choose([50, 100])}%}}"
        others = [
            f"{{type: spin, turns: {between(-3, 3):.1f}, axis: {choose(['x', 'y', 'z'])}}}",
            "{type: bounce, height_m: 1, times: 4, decay: 0.5, squash: 0.2, from: 30%}",
            "{type: look_at, target: [0, 1, 5], from: 20%, to: 70%}",
            "{type: scale, factor: [1, 2, 1], from: 10%}",
            "{type: deform, bend_deg: 30, twist_deg: 400, squash: 0.5, taper: 2, to: 60%}",
            f"{{type: path, relative: true, orient: true, points: [[0, 0, 0], {vector(2)}, [1, 1, 1]]}}",
            "{type: hide, from: 40%, to: 60%}",
        ]
        return choose([removal, f"{{type: transform, keys: [{entity_keys}]}}", *others])

    entities = "".join(f"  {name}: {{select: {{box_px: [1, 2, 3, 4]}}}}\n" for name in names)
    edits = ", ".join(f"{name}: [{edit()}, {edit()}]" for name in names if rng.random() < 0.7)
    camera = ", ".join(move() for _ in range(choose([0, 1, 2, 4])))
    head = "version: 1\nname: t\nsource: {clip: clip.mp4}\n" + (f"entities:\n{entities}" if entities else "")
    return head, f"frames: {choose([40, 77, 300])}, camera: [{camera}], edits: {{{edits}}}"


@pytest.mark.parametrize("seed", range(60))
def test_a_caption_is_whole_sentences_of_30_to_120_words_that_speak_of_the_camera(draft, seed):
    head, shot = _random_scene(np.random.default_rng(seed))
    text = draft(shot, head)
    assert 30 <= len(text.split()) <= 120, text
    assert speaks_of_camera(text)
    assert re.fullmatch(r"([A-Z][^.]*[a-z]\.)( [A-Z][^.]*[a-z]\.)*", text), text
    assert not re.search(r"  | [.,;]|,,|\bnan\b|\d", text), text
    assert draft(shot, head) == text


@pytest.mark.parametrize("frames", [1, 2])
def test_the_shortest_shots_have_captions(draft, frames):
    text = draft(f"frames: {frames}, camera: [{{type: pan, degrees: 9}}], edits: {{bunny: [{{type: remove, to: 0}}]}}")
    assert len(text.split()) >= 30


@pytest.mark.parametrize(
    "text",
    ["The camera is static.", "slow orbit around a car", "a wide SHOT of it", "dollying in", "zoomed out", "hand-held",
     "panning left", "Kamerafahrt", "la cámara gira", "la caméra tourne", "камера движется", "镜头缓慢环绕"],
)  # fmt: skip
def test_prompts_that_speak_of_the_camera(text):
    assert speaks_of_camera(text)


@pytest.mark.parametrize("text", ["a panda eats", "a rabbit in the sun", "campaign pancakes", "an orbital station", ""])
def test_prompts_that_do_not(text):
    assert not speaks_of_camera(text)
