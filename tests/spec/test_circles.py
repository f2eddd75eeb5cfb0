"""What follows or looks at something does not wait for itself, and a move knows what it is about."""

import pytest

HEAD = """\
version: 1
name: test
source: {clip: clip.mp4}
entities:
  bunny: {select: {box_px: [1, 2, 30, 40]}}
  crate: {copy: bunny}
  tree: {copy: bunny}
"""


def follow(name):
    return f"[{{type: follow, target: {name}}}]"


@pytest.mark.parametrize(
    ("shot", "field", "circle"),
    [
        (f"edits: {{bunny: {follow('bunny')}}}", "edits.bunny[0].target", "bunny -> bunny"),
        (f"edits: {{bunny: {follow('tree')}, tree: {follow('bunny')}}}", "bunny[0].target", "bunny -> tree -> bunny"),
        (
            f"edits: {{bunny: {follow('crate')}, crate: [{{type: look_at, target: tree}}], "
            "tree: [{type: drop, onto: bunny}]}",
            "edits.bunny[0].target",
            "bunny -> crate -> tree -> bunny",
        ),
        (f'edits: {{"bunny, tree": {follow("tree")}}}', "edits.bunny, tree[0].target", "tree -> tree"),
        (
            f"camera: [{{type: follow, target: bunny}}], edits: {{bunny: {follow('camera')}}}",
            "edits.bunny[0].target",
            "bunny -> the camera -> bunny",
        ),
        (
            f"camera: [{{type: keyframes, keys: [{{at: 0, look_at: tree}}]}}], edits: {{tree: {follow('bunny')}, "
            f"bunny: {follow('camera')}}}",
            "edits.bunny[0].target",
            "bunny -> the camera -> tree -> bunny",
        ),
    ],
)  # fmt: skip
def test_a_circle_is_said_once_where_it_begins(findings, shot, field, circle):
    (finding,) = findings(f"shots: {{a: {{{shot}}}}}\n", head=HEAD)
    assert f"{field}: goes round in a circle, {circle}: one of them has to stand alone" in finding
    assert finding.startswith("8:")


@pytest.mark.parametrize(
    "shot",
    [
        f"edits: {{bunny: {follow('tree')}, crate: {follow('tree')}, tree: {follow('camera')}}}",
        f"camera: [{{type: truck, distance_m: 1}}], edits: {{'*': {follow('camera')}}}",
        "edits: {bunny: [{type: drop}]}",
        "camera: [{type: orbit, around: bunny, degrees: 9}], edits: {crate: [{type: look_at, target: camera}]}",
    ],
)
def test_what_ends_somewhere_is_fine(load, shot):
    assert load(f"shots: {{a: {{{shot}}}}}\n", head=HEAD).shots


def test_a_circle_that_a_parent_closes_is_found(findings):
    text = (
        f"shots: {{a: {{edits: {{bunny: {follow('tree')}}}}}, b: {{extends: a, edits: {{tree: {follow('bunny')}}}}}}}\n"
    )
    (finding,) = findings(text, head=HEAD)
    assert "bunny -> tree -> bunny" in finding
    assert "(in shot b)" in finding


@pytest.mark.parametrize("move", ["crane, distance_m: 1", "dolly_zoom, distance_m: 1", "dolly, distance: 0.5x"])
def test_a_move_says_what_it_is_about_where_the_scene_does_not(findings, load, move):
    (finding,) = findings(f"shots: {{a: {{camera: [{{type: {move}}}]}}}}\n", head=HEAD)
    message = (
        "is missing, and this scene has several entities (bunny, crate, tree): say which one it is about, subject: "
    )
    assert f"shots.a.camera[0].subject: {message}bunny" in finding
    assert load(f"shots: {{a: {{camera: [{{type: {move}, subject: tree}}]}}}}\n", head=HEAD).shots
    assert load(f"shots: {{a: {{camera: [{{type: {move}}}]}}}}\n").shots, "one entity alone is the subject"
    empty = HEAD.partition("entities:")[0]
    (finding,) = findings(f"shots: {{a: {{camera: [{{type: {move}}}]}}}}\n", head=empty)
    assert "this scene has no entity that it could mean: give a point" in finding


@pytest.mark.parametrize(
    ("name", "edit", "field"),
    [("camera", "{type: look_at, target: camera}", "target"), ("ground", "{type: drop, onto: ground}", "onto")],
)
def test_a_word_that_is_an_entitys_name_too_is_refused(findings, name, edit, field):
    (finding,) = findings(f"shots: {{a: {{edits: {{bunny: [{edit}]}}}}}}\n", head=HEAD.replace("tree", name))
    assert (
        f"shots.a.edits.bunny[0].{field}: {name} is an entity here, and the word for the shot's own {name}" in finding
    )


def test_a_camera_may_go_round_what_looks_at_it(load):
    assert load(
        "shots: {one: {camera: [{type: orbit, around: bunny, degrees: 40}], edits: "
        "{bunny: [{type: look_at, target: camera}, {type: hide, from: 50%}]}}}\n"
    )
