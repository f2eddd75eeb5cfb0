"""What is told of entities that are too fast to be seen."""

from tests.edit.conftest import box
from tests.edit.lint.conftest import FAR, about, moving, slab


def test_an_entity_that_crosses_the_picture_too_fast_is_told_with_its_frames(told):
    """At 6 m the picture is 4.97 m wide: 8 % are 0.4 m."""
    things = {"one": (slab(0.5, 0.5, 0.05), (-2, 1, -6))}
    dash = moving((0, [0, 0, 0]), (10, [0, 0, 0]), (15, [2.5, 0, 0]), (40, [2.5, 0, 0]))
    found = told(things, edits={"one": dash})
    assert len(found) == 1
    assert found[0].startswith("one is too fast for 16 fps at frames 11-15: it moves by 10% of the picture's width")
    assert told(things, edits={"one": moving((0, [0, 0, 0]), (40, [4, 0, 0]))}) == ()


def test_a_jump_while_hidden_is_no_speed(told):
    jump = moving((0, [0, 0, 0]), (20, [2, 0, 0]), curve="hold")
    assert about(told({"one": FAR}, edits={"one": jump}), "one is too fast for 16 fps at frame 20")
    hidden = [*jump, {"type": "hide", "from": 19, "to": 21}]
    assert not about(told({"one": FAR}, edits={"one": hidden}), "too fast")


def test_what_is_fast_outside_the_picture_is_left_alone(told):
    beyond = moving((0, [20, 0, 0]), (40, [80, 0, 0]))
    assert not about(told({"one": FAR, "jet": (box(), (0, 0, -6))}, edits={"jet": beyond}), "too fast")


def test_longer_shots_than_are_in_hand_at_once_are_looked_at_without_a_seam(told):
    step = told({"one": FAR}, [{"type": "pan", "degrees": 4 * 300, "ease": "linear"}], frames=301)
    assert about(step, "the camera is too fast for 16 fps at frames 1-300")
