"""Words of a caption: amounts in words, clauses that say what is done, and sentences of several clauses."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

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


def manner(pace: float, *, slow: float, fast: float) -> str:
    """Return the adverb for a speed, whatever its sign."""
    return "slowly" if abs(pace) < slow else "quickly" if abs(pace) > fast else ""


# Verb -> third person, participle.
_FORMS = {
    "appear": ("appears", "appearing"),
    "arc": ("arcs", "arcing"),
    "back": ("backs", "backing"),
    "bend": ("bends", "bending"),
    "bounce": ("bounces", "bouncing"),
    "change": ("changes", "changing"),
    "come": ("comes", "coming"),
    "crane": ("cranes", "craning"),
    "disappear": ("disappears", "disappearing"),
    "dolly": ("dollies", "dollying"),
    "fall": ("falls", "falling"),
    "flatten": ("flattens", "flattening"),
    "follow": ("follows", "following"),
    "go": ("goes", "going"),
    "grow": ("grows", "growing"),
    "hop": ("hops", "hopping"),
    "jump": ("jumps", "jumping"),
    "keep": ("keeps", "keeping"),
    "look": ("looks", "looking"),
    "move": ("moves", "moving"),
    "narrow": ("narrows", "narrowing"),
    "orbit": ("orbits", "orbiting"),
    "pan": ("pans", "panning"),
    "rise": ("rises", "rising"),
    "roll": ("rolls", "rolling"),
    "show": ("shows", "showing"),
    "shrink": ("shrinks", "shrinking"),
    "sink": ("sinks", "sinking"),
    "spin": ("spins", "spinning"),
    "spiral": ("spirals", "spiralling"),
    "stay": ("stays", "staying"),
    "stretch": ("stretches", "stretching"),
    "sway": ("sways", "swaying"),
    "tilt": ("tilts", "tilting"),
    "tip": ("tips", "tipping"),
    "truck": ("trucks", "trucking"),
    "tumble": ("tumbles", "tumbling"),
    "turn": ("turns", "turning"),
    "twist": ("twists", "twisting"),
    "widen": ("widens", "widening"),
    "zoom": ("zooms", "zooming"),
}


@dataclass(frozen=True)
class Clause:
    """One thing that is done, as a clause: ``slowly`` ``turn`` ``to the left``.

    Attributes:
        verb: In its plain form.
        how: What follows it.
        manner: What goes before it: ``slowly``.
    """

    verb: str
    how: str = ""
    manner: str = ""

    def told(self, *, many: bool) -> str:
        """Return it as said of one, or of ``many``: ``slowly turns to the left``."""
        return joined(self.manner, self.verb if many else _FORMS[self.verb][0], self.how)

    def meanwhile(self) -> str:
        """Return it as done beside something else: ``turning to the left``."""
        return joined(_FORMS[self.verb][1], self.how)


# Clauses done at once; the first is the main one.
Phase: TypeAlias = tuple[Clause, ...]


def told(who: str, phases: Sequence[Phase], *, many: bool, at_most: int, at_once: int) -> str:
    """Tell one phase after the other: ``the bunny first hops to the left, turning round, and then stays there``.

    Args:
        who: The subject of the sentence.
        phases: What it does; at least one.
        many: Whether it is several things.
        at_most: Phases to tell; of what follows, only that there is more.
        at_once: Clauses of each phase to tell.
    """
    shown = [_phase(phase[:at_once], many) for phase in phases[:at_most]]
    if len(phases) > at_most:
        shown.append(Clause("go", "on moving").told(many=many))
    if len(shown) == 1:
        return f"{who} {shown[0]}"
    first, *between, last = shown
    opening = "" if " first " in who else "first "  # never "the first bunny first hops"
    comma = "," if between or "," in first else ""
    return ", then ".join([f"{who} {opening}{first}", *between]) + f"{comma} and then {last}"


def _phase(phase: Phase, many: bool) -> str:
    main, *others = phase
    beside = listed([other.meanwhile() for other in others])
    return main.told(many=many) + (f", {beside}" if beside else "")


def joined(*words: str) -> str:
    """Return the words that are not empty, as one text."""
    return " ".join(word for word in words if word)
