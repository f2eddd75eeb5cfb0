"""Words for numbers, amounts and moments, as a caption says them: roughly, and without figures."""

from collections.abc import Sequence

# fmt: off
_SMALL = (
    "no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen",
    "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
)
# fmt: on
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")


def number(value: int) -> str:
    """Return a whole number from 0 in words; from a thousand on, in figures."""
    if value < len(_SMALL):
        return _SMALL[value]
    if value < 100:
        tens, ones = divmod(value, 10)
        return _TENS[tens - 2] + (f"-{_SMALL[ones]}" if ones else "")
    if value < 1000:
        hundreds, rest = divmod(value, 100)
        return f"{_SMALL[hundreds]} hundred" + (f" and {number(rest)}" if rest else "")
    return str(value)


def ordinal(place: int) -> str:
    """Return ``first`` for 1, and so on; ``next`` where nobody counts any more."""
    return _ORDINALS[place - 1] if place <= len(_ORDINALS) else "next"


def times(count: int) -> str:
    """Return ``once``, ``twice``, ``three times``."""
    return ("once", "twice")[count - 1] if count <= 2 else f"{number(count)} times"


def degrees(angle_deg: float) -> str:
    """Return an angle, whatever its sign: ``about ninety degrees``, or ``once all the way round``."""
    angle_deg = abs(angle_deg)
    rounds = round(angle_deg / 360)
    if rounds and abs(angle_deg - 360 * rounds) <= 15:
        return f"{times(rounds)} all the way round"
    rounded = max(1, round(angle_deg)) if angle_deg < 12.5 else 5 * round(angle_deg / 5)
    return "about one degree" if rounded == 1 else f"about {number(rounded)} degrees"


def metres(distance_m: float) -> str:
    """Return a distance, whatever its sign: ``about forty centimetres``, ``about two metres``."""
    distance_m = abs(distance_m)
    if distance_m < 0.95:
        centimetres = 10 * round(10 * distance_m)
        if centimetres == 50:
            return "about half a metre"
        return f"about {number(centimetres)} centimetres" if distance_m >= 0.075 else "a few centimetres"
    if distance_m < 1.25:
        return "about a metre"
    return f"about {number(round(distance_m))} metres" if distance_m >= 1.75 else "about one and a half metres"


def moment(share: float) -> str:
    """Return when it is, for a share of the shot."""
    for until, words in _MOMENTS:
        if share < until:
            return words
    return "shortly before the end"


_MOMENTS = (
    (0.15, "shortly after the start"),
    (0.42, "about a third of the way through"),
    (0.58, "halfway through"),
    (0.85, "about two thirds of the way through"),
)


def listed(items: Sequence[str]) -> str:
    """Return ``a``, ``a and b``, ``a, b and c``; nothing for nothing."""
    return f"{', '.join(items[:-1])} and {items[-1]}" if len(items) > 1 else "".join(items)


def with_article(noun: str) -> str:
    """Return ``a crate``, ``an apple``."""
    return f"{'an' if noun[:1].lower() in 'aeiou' else 'a'} {noun}"


def sentence(text: str) -> str:
    """Return a text with a capital letter in front and a full stop behind."""
    return text[:1].upper() + text[1:] + "."
