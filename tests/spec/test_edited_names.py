"""A key of ``edits`` may mean several entities."""

SCENE = """\
  crate: {asset: crate.glb, copies: {grid: {count: [3, 1, 1], spacing_m: [1, 0, 1]}}}
shots:
  one:
    edits:
      bunny, crate: [{type: spin, turns: 1}]
      crate.*: [{type: remove}]
      "*": [{type: show, from: 50%}]
  two: {extends: one, edits: {crate.*: [{type: hide}]}}
  none: {extends: one, edits: {}}
"""


def _types(shot):
    return {name: [edit.type for edit in edits] for name, edits in shot.edit.edits.items()}


def test_lists_and_patterns_reach_each_entity_in_the_order_of_the_keys(folder, load):
    (folder / "crate.glb").write_bytes(b"mesh")
    assert _types(load(SCENE).shots["one"]) == {
        "bunny": ["spin", "show"],
        "crate": ["spin", "show"],
        "crate.1": ["remove", "show"],
        "crate.2": ["remove", "show"],
    }


def test_a_shot_that_extends_replaces_the_edits_of_the_keys_it_gives(folder, load):
    (folder / "crate.glb").write_bytes(b"mesh")
    shots = load(SCENE).shots
    assert _types(shots["two"])["crate.1"] == ["hide", "show"]
    assert _types(shots["two"])["bunny"] == ["spin", "show"]


def test_no_edits_at_all_clear_the_parents(folder, load):
    (folder / "crate.glb").write_bytes(b"mesh")
    assert load(SCENE).shots["none"].edit.edits == {}


def test_a_pattern_that_fits_nothing_is_said(findings):
    (finding,) = findings("shots: {one: {edits: {crate.*: [{type: remove}]}}}\n")
    assert "shots.one.edits.crate.*" in finding
