"""Names, descriptions and amounts, as captions say them."""

import pytest

from r2s2r.spec.captions.nouns import Noun
from r2s2r.spec.captions.words import degrees, listed, metres, number


@pytest.mark.parametrize(
    ("name", "full", "later", "many"),
    [
        ("bunny", "a bunny", "the bunny", False),
        ("oak_tree2", "an oak tree", "the oak tree", False),
        ("old.oak-tree", "an old oak tree", "the old oak tree", False),
        ("trees", "trees", "the trees", True),
        ("glass", "a glass", "the glass", False),
        ("people", "people", "the people", True),
        ("Anna", "Anna", "Anna", False),
        ("r2d2", "a r2d2", "the r2d2", False),
        ("chair_01", "a chair", "the chair", False),
    ],
)
def test_names_become_nouns(name, full, later, many):
    noun = Noun.from_name(name)
    assert (noun.full, noun.known, noun.many) == (full, later, many)


@pytest.mark.parametrize(
    ("written", "full", "later", "second", "many"),
    [
        ("a fat grey rabbit", "a fat grey rabbit", "the fat grey rabbit", "a second fat grey rabbit", False),
        ("A cup of coffee. ", "a cup of coffee", "the cup", "a second cup", False),
        ("the red car, parked", "the red car, parked", "the red car", "a second red car", False),
        ("old wooden chair", "an old wooden chair", "the old wooden chair", "a second old wooden chair", False),
        ("two old friends", "two old friends", "the old friends", "more old friends", True),
        ("Big Buck Bunny", "Big Buck Bunny", "Big Buck Bunny", "a second Big Buck Bunny", False),
        ("her dog on a lead", "her dog on a lead", "her dog", "a second dog", False),
        (
            "a black\n and white cow",
            "a black and white cow",
            "the black and white cow",
            "a second black and white cow",
            False,
        ),
        ("with", "a with", "the with", "a second with", False),
    ],
)
def test_descriptions_become_nouns(written, full, later, second, many):
    noun = Noun.from_description(written)
    assert (noun.full, noun.known, noun.many) == (full, later, many)
    assert noun.another(2) == second


def test_amounts_are_words():
    assert [number(n) for n in (0, 7, 19, 20, 42, 100, 345, 1000)] == [
        "no", "seven", "nineteen", "twenty", "forty-two", "one hundred", "three hundred and forty-five", "1000",
    ]  # fmt: skip
    assert [degrees(d) for d in (0.4, -5, 24, 358, 722, 540)] == [
        "about one degree", "about five degrees", "about twenty-five degrees", "once all the way round",
        "twice all the way round", "about five hundred and forty degrees",
    ]  # fmt: skip
    assert [metres(m) for m in (0.03, 0.2, -0.52, 1.1, 1.5, 2.4)] == [
        "a few centimetres", "about twenty centimetres", "about half a metre", "about a metre",
        "about one and a half metres", "about two metres",
    ]  # fmt: skip
    assert [listed(items) for items in ([], ["a"], ["a", "b"], ["a", "b", "c"])] == ["", "a", "a and b", "a, b and c"]
