"""Motion edits: what they play has to be there."""

import pytest

from r2s2r.spec.edits import MotionEdit

HEAD = """\
version: 1
name: test
source: {clip: clip.mp4}
entities:
  bunny: {select: {box_px: [1, 2, 30, 40]}, motion: keep}
  crate: {copy: bunny}
"""


def shot(edits):
    return f"shots: {{a: {{edits: {edits}}}}}\n"


def test_what_is_not_written_plays_the_entitys_own_motion_as_it_is(load):
    scene = load(shot("{bunny: [{type: motion}]}"), head=HEAD)
    assert scene.shots["a"].edit.edits["bunny"] == (MotionEdit(type="motion", of=None, speed=1.0, start_s=0.0),)


@pytest.mark.parametrize("edit", ["{of: bunny}", "{of: none}", "{of: none, speed: 2}"])
def test_another_motion_or_none_may_be_played(load, edit):
    scene = load(shot(f"{{crate: [{{type: motion, {edit[1:]}]}}"), head=HEAD)
    (played,) = scene.shots["a"].edit.edits["crate"]
    assert isinstance(played, MotionEdit)
    assert f"of: {played.of}" in edit


@pytest.mark.parametrize(
    ("edits", "where", "message"),
    [
        ("{crate: [{type: motion, of: buny}]}", ".of", "there is no entity 'buny'; entities here: bunny, crate"),
        ("{bunny: [{type: motion, of: crate}]}", ".of", "crate does not move by itself (those that do: bunny)"),
        (
            "{crate: [{type: motion}]}",
            "",
            "crate does not move by itself (those that do: bunny): give it `motion: keep`",
        ),
        ("{bunny: [{type: motion, speed: 200}]}", ".speed", "100"),
    ],
)
def test_what_cannot_be_played_is_told_where_it_is_written(findings, edits, where, message):
    (finding,) = findings(shot(edits), head=HEAD)
    name = edits[1:].partition(":")[0]
    assert f"shots.a.edits.{name}[0]{where}: " in finding
    assert finding.startswith("7:")
    assert message in finding


def test_a_second_motion_of_one_entity_is_refused(findings):
    (finding,) = findings(shot("{bunny: [{type: motion, speed: 2}, {type: motion, start_s: 1}]}"), head=HEAD)
    assert "shots.a.edits.bunny[1]: an entity has one motion, and edits.bunny[0] says which" in finding


ASSETS = HEAD.replace("{copy: bunny}", "{asset: crate.glb}") + "  stone: {asset: stone.obj}\n"


@pytest.fixture
def assets(folder):
    """The files that ASSETS names."""
    for name in ("crate.glb", "stone.obj"):
        (folder / name).write_bytes(b"mesh")


@pytest.mark.usefixtures("assets")
@pytest.mark.parametrize(
    ("edits", "expected"),
    [
        ('{crate: [{type: animate}], "cr*": [{type: animate}]}', "cr*[0]: an entity has one motion, and edits.crate"),
        ("{crate: [{type: animate}, {type: motion, of: bunny}]}", "edits.crate[1]: an entity has one motion"),
        (
            "{bunny: [{type: replace, asset: crate.glb}, {type: replace, asset: crate.glb}]}",
            "bunny[1]: an entity is replaced once, for the whole shot, and edits.bunny[0] says which: make them one",
        ),
        ("{bunny: [{type: animate}]}", "edits.bunny[0]: bunny is no asset, so that no file has a clip for it"),
        ("{stone: [{type: animate}]}", "edits.stone[0]: stone.obj cannot hold animations: use a GLB, glTF or USD file"),
        ('{"crate, stone": [{type: motion}]}', "crate, stone do not move by itself (those that do: bunny)"),
    ],
)  # fmt: skip
def test_what_plays_a_motion_is_one_edit_that_has_something_to_play(findings, edits, expected):
    (finding,) = findings(shot(edits), head=ASSETS)
    assert expected in finding


@pytest.mark.usefixtures("assets")
@pytest.mark.parametrize(
    "edits",
    [
        "{crate: [{type: animate, clip: walk}]}",
        "{bunny: [{type: replace, asset: crate.glb}, {type: animate}]}",
        '{"*": [{type: motion, speed: 0.5}]}',
        "{crate: [{type: motion, of: bunny, shot: b}]}, enabled: false}, b: {edits: {}",
    ],
)
def test_what_can_be_played_is(load, edits):
    assert load(shot(edits), head=ASSETS).shots


def test_a_motion_that_was_inherited_counts(findings):
    text = """\
    shots:
      a: {edits: {bunny: [{type: motion, speed: 2}]}}
      b: {extends: a, edits: {"*": [{type: motion}]}}
    """
    (finding,) = findings(text, head=HEAD)
    assert "shots.b.edits.*[0]: an entity has one motion, and edits.bunny[0] says which for bunny" in finding
