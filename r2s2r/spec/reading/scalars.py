"""What an unquoted YAML word means: where YAML 1.1, YAML 1.2 and people disagree, it is refused."""

import math
import re
from dataclasses import dataclass
from typing import TypeAlias

Plain: TypeAlias = str | int | float | bool | None

_TRUE, _FALSE = ("true", "True", "TRUE"), ("false", "False", "FALSE")
_NULL = ("~", "Null", "NULL")
_BOOL_IN_YAML_1_1 = {"on": True, "yes": True, "off": False, "no": False}

_INTEGER = re.compile(r"[-+]?(0|[1-9]\d*)")
_FLOAT = re.compile(r"[-+]?(\.\d+|(0|[1-9]\d*)(\.\d*)?)([eE][-+]?\d+)?")
_HEXADECIMAL = re.compile(r"0x[0-9a-fA-F]{1,15}")
_LEADING_ZERO = re.compile(r"[-+]?0\d+(\.\d*)?")
_OTHER_BASE = re.compile(r"[-+]?0(o[0-7]{1,40}|b[01]{1,60})")
_UNDERSCORED = re.compile(r"[-+]?\d[\d_]*_[\d_]*(\.[\d_]*)?")
_SEXAGESIMAL = re.compile(r"[-+]?\d{1,9}(:[0-5]?\d)+(\.\d*)?")
_DATE = re.compile(r"\d{4}-\d\d?-\d\d?([Tt ].*)?")
_NOT_FINITE = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")

_MOST_DIGITS = 300


@dataclass(frozen=True)
class Word:
    """An unquoted word, read.

    Attributes:
        value: Its value, or the likeliest one where it is refused.
        complaint: Why it is refused and what to write instead; empty where it is fine.
    """

    value: Plain
    complaint: str = ""


def read_word(text: str) -> Word:
    """Read an unquoted scalar. Numbers are as in YAML 1.2 (``1e3`` is one), and true, false and null are words."""
    if text[:1] in "0123456789+-.":
        return _read_number(text)
    if text in _TRUE or text in _FALSE:
        return Word(text in _TRUE)
    if text == "null":
        return Word(None)
    if text in _NULL:
        return Word(None, f"{text} is nothing: write null, or leave the key out")
    if text.lower() in _BOOL_IN_YAML_1_1:
        value = _BOOL_IN_YAML_1_1[text.lower()]
        written = "true" if value else "false"
        return Word(value, f'{text} means {written} to some YAML readers: write {written}, or "{text}" if it is text')
    return Word(text)


def _read_number(text: str) -> Word:
    if not text:
        return Word(None, "has no value: write one, or leave the key out")
    if len(text) > _MOST_DIGITS:
        return Word(text)
    if _INTEGER.fullmatch(text):
        return Word(int(text))
    if _FLOAT.fullmatch(text):
        value = float(text)
        return Word(value) if math.isfinite(value) else Word(0.0, f"{text} is too large")
    if _HEXADECIMAL.fullmatch(text):
        return Word(int(text, 16))
    return _read_surprise(text)


def _read_surprise(text: str) -> Word:
    """Read what only looks like a number: refused where YAML 1.1 and 1.2 differ, else text (``1.5s``, ``50%``)."""
    if _LEADING_ZERO.fullmatch(text):
        sign = "-" if text[0] == "-" else ""
        plain = sign + text.lstrip("+-").lstrip("0").rjust(1, "0")
        return Word(
            0, f'{text} has a leading zero, octal to some YAML readers: write {plain}, or "{text}" if it is text'
        )
    if _OTHER_BASE.fullmatch(text):
        return Word(0, f"{text} is a number to some YAML readers only: write {int(text, 0)}")
    if _UNDERSCORED.fullmatch(text):
        return Word(0, f"{text} is a number to some YAML readers only: write {text.replace('_', '')}")
    if _SEXAGESIMAL.fullmatch(text):
        seconds = _sexagesimal(text)
        return Word(0, f'{text} is {seconds} to some YAML readers: write {seconds}s for a time, "{text}" for text')
    if _DATE.fullmatch(text):
        return Word(text, f'{text} is a date to some YAML readers: write "{text}" if it is text')
    if _NOT_FINITE.fullmatch(text):
        return Word(0.0, f"{text} is not a number that can be used: write a finite one")
    return Word(text)


def _sexagesimal(text: str) -> str:
    total = 0.0
    for part in text.lstrip("+-").split(":"):
        total = total * 60 + float(part)
    return f"{'-' if text[0] == '-' else ''}{total:.10g}"
