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
