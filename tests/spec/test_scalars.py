"""Unquoted words: numbers and the few words mean what everyone expects, everything doubtful is refused."""

import pytest

from r2s2r.spec.reading.scalars import read_word


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("12", 12), ("-4", -4), ("+4", 4), ("0", 0), ("-0", 0),
        ("1.5", 1.5), (".5", 0.5), ("5.", 5.0), ("-1.25e-2", -0.0125), ("1e3", 1000.0), ("0.0", 0.0),
        ("0x1F", 31),
        ("true", True), ("True", True), ("FALSE", False),
        ("null", None),
    ],
)  # fmt: skip
def test_numbers_and_words_that_all_yaml_versions_agree_on_are_read(text, value):
    word = read_word(text)
    assert (word.value, type(word.value), word.complaint) == (value, type(value), "")


@pytest.mark.parametrize(
    "text",
    [
        "fast",
        "1.5s",
        "50%",
        "30000/1001",
        "media/clip.mp4",
        "y",
        "n",
        "-",
        "...",
        "0x",
        "1e",
        "e3",
        "v1.2",
        "=",
        "1:99",
    ],
)
def test_text_stays_text(text):
    assert read_word(text).value == text
    assert not read_word(text).complaint


@pytest.mark.parametrize(
    ("text", "advice"),
    [
        ("on", "write true"), ("Off", "write false"), ("YES", "write true"), ("no", "write false"),
        ("012", "write 12"), ("-007", "write -7"), ("08", "write 8"), ("01.5", "write 1.5"), ("00", "write 0"),
        ("0o17", "write 15"), ("0b101", "write 5"),
        ("1_000", "write 1000"), ("1_0.5", "write 10.5"),
        ("1:30", "write 90s"), ("1:30:00", "write 5400s"), ("-1:30.5", "write -90.5s"),
        ("16:9", 'write 969s for a time, "16:9" for text'),
        ("2026-11-22", 'write "2026-11-22"'), ("2026-11-22 10:00:00", "is a date"),
        (".nan", "finite"), (".inf", "finite"), ("-.Inf", "finite"), (".NaN", "finite"),
        ("1e999", "too large"),
        ("~", "write null"), ("NULL", "write null"), ("", "has no value"),
    ],
)  # fmt: skip
def test_what_yaml_versions_read_differently_is_refused_with_what_to_write(text, advice):
    assert advice in read_word(text).complaint


def test_a_number_of_thousands_of_digits_is_not_parsed():
    assert read_word("9" * 5000).value == "9" * 5000
