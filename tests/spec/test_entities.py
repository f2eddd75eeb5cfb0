"""Entities: one origin each, copies of what exists, names that shots can use."""

import pytest

HEAD = "version: 1\nname: test\nsource: {clip: clip.mp4}\nshots: {a: {}}\nentities:\n"


def _entity(text):
    return f"{HEAD}  bunny: {{select: {{box_px: [1, 2, 3, 4]}}}}\n  x: {text}\n"


@pytest.mark.parametrize(
    ("entity", "expected"),
    [
        ("{}", "7:3: entities.x: give exactly one of select, asset, copy; given: none"),
        ("{copy: bunny, asset: clip.mp4}", "7:3: entities.x: give exactly one of select, asset, copy; given: asset,"),
        ("{select: {}}", "7:7: entities.x.select: give exactly one of box_px, points_px, polygon_px, mask, text"),
        ("{select: {box_px: [1, 2, 3, 4], mask: clip.mp4}}", "given: box_px, mask"),
        ("{select: {box_px: [3, 2, 1, 4]}}", "7:16: entities.x.select.box_px: must be [x0, y0, x1, y1] with x0 < x1"),
        ("{select: {box_px: [1, 2, 3]}}", "entities.x.select.box_px: needs 4 numbers, has 3"),
        ("{select: {box_px: 10%}}", "entities.x.select.box_px: needs a list of 4 numbers, is the text '10%'"),
        ("{select: {polygon_px: [[1, 2], [3, 4]]}}", "entities.x.select.polygon_px: needs at least 3, has 2"),
        ("{select: {polygon_px: [[1, 2], [3, 4], [5]]}}", "entities.x.select.polygon_px[2]: needs 2 numbers, has 1"),
        ("{selec: {box_px: [1, 2, 3, 4]}, copy: bunny}", "entities.x.selec: unknown key"),
        ("{copy: bunny, lift: {inflate: {thickness: 2}}}", "a copy is not lifted: move lift to the entity"),
        ("{asset: clip.mp4, lift: {inflate: {thickness: 2}}}", "an asset is not lifted: remove lift"),
        ("{copy: bunny, place: {height_m: 0}}", "entities.x.place.height_m: must be >= 0.001, is 0"),
        ("{copy: bunny, place: {move_cm: [1, 2, 3]}}", "did you mean move_m?"),
        ("{copy: buny}", "7:13: entities.x.copy: there is no entity 'buny'; entities here: bunny; did you mean bunny?"),
        ("{copy: x}", "entities.x.copy: copies go round in a circle, x -> x: one of them needs select or asset"),
    ],
)  # fmt: skip
def test_a_wrong_entity_says_what_is_right(findings, entity, expected):
    (finding,) = findings("", head=_entity(entity))
    assert expected in finding


def test_copies_in_a_circle_are_said_once(findings):
    head = f"{HEAD}  a: {{copy: b}}\n  b: {{copy: c}}\n  c: {{copy: a}}\n  d: {{copy: a}}\n"
    (finding,) = findings("", head=head)
    assert "entities.a.copy: copies go round in a circle, a -> b -> c -> a" in finding


def test_a_copy_of_a_copy_comes_after_it(load):
    head = f"{HEAD}  a: {{copy: b}}\n  b: {{copy: c}}\n  c: {{select: {{box_px: [1, 2, 3, 4]}}}}\n"
    assert list(load("", head=head).entities) == ["c", "b", "a"]


def test_assets_and_masks_are_found(load, folder):
    (folder / "a.glb").write_bytes(b"x")
    (folder / "m.png").write_bytes(b"x")
    entities = load("", head=f"{HEAD}  a: {{asset: a.glb}}\n  m: {{select: {{mask: m.png}}}}\n").entities
    assert (entities["a"].files, entities["m"].files) == ({"asset": folder / "a.glb"}, {"mask": folder / "m.png"})


def test_only_selected_entities_are_lifted(load, folder):
    (folder / "a.glb").write_bytes(b"x")
    entities = load("", head=f"{HEAD}  a: {{asset: a.glb}}\n  b: {{select: {{box_px: [1, 2, 3, 4]}}}}\n").entities
    assert [entities[name].spec.lift.backend for name in "ab"] == ["auto", "inflate"]


@pytest.mark.parametrize(
    "shot",
    [
        "{camera: [{type: orbit, around: buny, degrees: 5}]}",
        "{camera: [{type: dolly, distance_m: 5, towards: buny}]}",
        "{camera: [{type: keyframes, keys: [{at: 0, look_at: buny}]}]}",
        "{edits: {buny: []}}",
    ],
)
def test_a_shot_that_speaks_of_an_unknown_entity_names_the_nearest(findings, shot):
    (finding,) = findings(f"shots: {{a: {shot}}}\n")
    assert "there is no entity 'buny'; entities here: bunny; did you mean bunny?" in finding


def test_without_entities_that_is_what_is_said(findings):
    head = "version: 1\nname: x\nsource: {clip: clip.mp4}\n"
    (finding,) = findings("shots: {a: {camera: [{type: orbit, around: bunny, degrees: 5}]}}\n", head=head)
    assert "there is no entity 'bunny'; this scene has none" in finding
