"""USD names: valid, of one's own, and the same for the same names."""

import re

from hypothesis import given
from hypothesis import strategies as st

from r2s2r.media.usd_names import identifiers

_names = st.sets(st.from_regex(r"[A-Za-z][A-Za-z0-9_.-]{0,9}", fullmatch=True), max_size=20)


@given(_names)
def test_every_name_gets_a_valid_identifier_of_its_own(names):
    given = identifiers(names)
    assert set(given) == names
    assert len({identifier.casefold() for identifier in given.values()}) == len(names)
    assert all(re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", identifier) for identifier in given.values())
    assert identifiers(sorted(names, reverse=True)) == given


def test_a_valid_name_keeps_itself_before_others_that_look_like_it():
    assert identifiers(["a-b", "a.b", "a_b"]) == {"a_b": "a_b", "a-b": "a_b_2", "a.b": "a_b_3"}


def test_names_that_differ_in_case_get_files_that_differ_anywhere():
    assert identifiers(["Bunny", "bunny"]) == {"Bunny": "Bunny", "bunny": "bunny_2"}
