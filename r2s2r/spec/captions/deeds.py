"""Deeds: what somebody does in a shot, and how several deeds are told in a row."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

from r2s2r.spec.captions.words import listed

# Verb -> third person, participle.
_FORMS = {
    "appear": ("appears", "appearing"),
    "come": ("comes", "coming"),
    "disappear": ("disappears", "disappearing"),
    "dolly": ("dollies", "dollying"),
    "follow": ("follows", "following"),
    "go": ("goes", "going"),
    "grow": ("grows", "growing"),
    "hop": ("hops", "hopping"),
    "keep": ("keeps", "keeping"),
    "move": ("moves", "moving"),
    "orbit": ("orbits", "orbiting"),
    "pan": ("pans", "panning"),
    "rise": ("rises", "rising"),
    "roll": ("rolls", "rolling"),
    "shrink": ("shrinks", "shrinking"),
    "show": ("shows", "showing"),
    "sink": ("sinks", "sinking"),
    "stay": ("stays", "staying"),
    "stretch": ("stretches", "stretching"),
    "tilt": ("tilts", "tilting"),
    "tip": ("tips", "tipping"),
    "turn": ("turns", "turning"),
    "zoom": ("zooms", "zooming"),
}


@dataclass(frozen=True)
class Deed:
    """One thing done.

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


# Deeds done at once; the first is the main one.
Phase: TypeAlias = tuple[Deed, ...]


@dataclass(frozen=True)
class Timed:
    """A phase from one time to another."""

    start_s: float
    end_s: float
    phase: Phase


def told(who: str, phases: Sequence[Phase], *, many: bool, at_most: int, at_once: int) -> str:
    """Tell one phase after the other: ``the bunny first hops to the left, turning round, and then stays there``.

    Args:
        who: The subject of the sentence.
        phases: What it does; at least one.
        many: Whether it is several things.
        at_most: Phases to tell; of what follows, only that there is more.
        at_once: Deeds of each phase to tell.
    """
    shown = [_phase(phase[:at_once], many) for phase in phases[:at_most]]
    if len(phases) > at_most:
        shown.append(Deed("go", "on moving").told(many=many))
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
