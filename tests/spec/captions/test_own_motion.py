"""What captions say of entities that move by themselves, as in the clip or as another does."""

import pytest

from tests.spec.conftest import HEAD

MOVING = HEAD.replace("40]}}", "40]}, motion: keep}")


@pytest.mark.parametrize(
    ("edit", "expected"),
    [
        ("", "The bunny moves as in the original footage."),
        ("{type: motion, speed: 2}", "The bunny moves as in the original footage, but faster."),
        ("{type: motion, speed: -0.5}", "moves as in the original footage, but backwards and more slowly."),
        (
            "{type: transform, keys: [{at: 0}, {at: 76, move_m: [1, 0, 0]}]}",
            "The bunny moves as in the original footage, moving about a metre to the right",
        ),
    ],
)
def test_what_moves_by_itself_is_told(draft, edit, expected):
    text = draft(f"edits: {{bunny: [{edit}]}}", MOVING)
    assert expected in text
    assert "only the bunny moves" in text


@pytest.mark.parametrize("edit", ["{type: motion, of: none}", "{type: motion, speed: 0}"])
def test_a_motion_that_is_taken_away_is_not_told(draft, edit):
    text = draft(f"edits: {{bunny: [{edit}]}}", MOVING)
    assert "footage" not in text
    assert "The bunny and the background stay perfectly still" in text


def test_another_that_moves_alike_is_told(draft):
    head = MOVING + "  crate: {copy: bunny, description: a crate, place: {move_m: [2, 0, 0]}}\n"
    text = draft("edits: {crate: [{type: motion, of: bunny}]}", head)
    assert "The crate moves just as the bunny does." in text
