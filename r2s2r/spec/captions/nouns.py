"""Nouns: how a caption calls a thing, the first time and from then on."""

import re
from dataclasses import dataclass

from r2s2r.spec.captions.words import number, ordinal, with_article

# fmt: off
_ARTICLES = frozenset({"a", "an"})
_KNOWN = frozenset({"the", "his", "her", "its", "their", "my", "our", "your", "this", "that"})
_MANY = frozenset({
    "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "several", "some", "many", "few", "these",
    "those",
})
_IRREGULAR = {
    "person": "people", "man": "men", "woman": "women", "child": "children", "foot": "feet", "goose": "geese",
    "mouse": "mice", "knife": "knives", "leaf": "leaves", "wolf": "wolves", "shelf": "shelves", "sheep": "sheep",
    "fish": "fish",
}
_PLURALS = frozenset(_IRREGULAR.values())
# fmt: on
_NOT_PLURAL = ("ss", "us", "is", "as", "lens")
# What follows tells more of it; the second time, `the rabbit` will do.
_MORE = re.compile(
    r"\s*(?:[,;:(]|\s(?:with|in|on|at|of|from|under|over|behind|before|near|beside|by|wearing|holding|carrying|that|which"
    r"|who|whose|standing|sitting|lying|made)\s).*",
    re.DOTALL,
)
_LONGEST = 6


@dataclass(frozen=True)
class Noun:
    """How something is called.

    Attributes:
        full: With all that is said of it, as at its first mention: ``a fat grey rabbit with long ears``.
        short: The same without additions: ``a fat grey rabbit``.
        known: Once it was mentioned: ``the fat grey rabbit``.
        bare: Without article: ``fat grey rabbit``.
        many: Whether it is several things.
    """

    full: str
    short: str
    known: str
    bare: str
    many: bool

    @classmethod
    def from_description(cls, written: str) -> "Noun":
        """Read an author's words, with or without an article."""
        text = " ".join(written.split()).rstrip(" .,;:!")
        head, _, rest = text.partition(" ")
        determiner, core = head.lower(), _core(rest or head)
        full, short = f"{determiner} {rest}", f"{determiner} {core}"
        if rest and determiner in _ARTICLES:
            return cls(full, with_article(core), f"the {core}", core, many=False)
        if rest and determiner in _MANY:
            return cls(full, short, f"the {core}", core, many=True)
        if rest and determiner in _KNOWN:
            return cls(full, short, short, core, many=_is_plural(core))
        return cls._without_determiner(text)

    @classmethod
    def _without_determiner(cls, text: str) -> "Noun":
        core = _core(text)
        if core.istitle():  # a proper name
            return cls(text, core, core, core, many=False)
        text, core = text[:1].lower() + text[1:], core[:1].lower() + core[1:]
        if _is_plural(core):
            return cls(text, core, f"the {core}", core, many=True)
        return cls(with_article(text), with_article(core), f"the {core}", core, many=False)

    @classmethod
    def from_name(cls, name: str) -> "Noun":
        """Read the name of an entity: ``oak_tree2`` is an oak tree."""
        words = re.sub(r"[_.-]+", " ", name).strip()
        stem = re.sub(r"\s*\d+$", "", words)
        return cls.from_description(stem if stem and not re.search(r"\d", stem) else words)

    @property
    def kind(self) -> str:
        """What others of its kind share."""
        return self.bare.lower()

    @property
    def plural(self) -> str:
        """Return several of it, without article: ``fat grey rabbits``."""
        if self.many:
            return self.bare
        *before, last = self.bare.split(" ")
        return " ".join([*before, _plural(last)])

    def several(self, count: int, *, more: bool) -> str:
        """Return how ``count`` of its kind are mentioned for the first time, all at once."""
        return " ".join([number(count), *(["more"] if more else []), self.plural])

    def another(self, place: int) -> str:
        """Return how the ``place``-th of its kind, from the second on, is mentioned for the first time."""
        return f"more {self.bare}" if self.many else f"a {ordinal(place)} {self.bare}"

    def again(self, place: int, of: int) -> str:
        """Return how the ``place``-th of its kind is mentioned from then on, where there are ``of`` of them."""
        if of == 1 or (self.many and place == 1):
            return self.known
        return f"the other {self.bare}" if self.many else f"the {ordinal(place)} {self.bare}"


def _core(phrase: str) -> str:
    """Leave out what is only said once, and the first words where there are very many."""
    words = (_MORE.sub("", phrase) or phrase).split()
    return " ".join(words[-_LONGEST:])


def _is_plural(phrase: str) -> bool:
    last = phrase.split()[-1].lower()
    return last in _PLURALS or (last.endswith("s") and len(last) > 2 and not last.endswith(_NOT_PLURAL))


def _plural(word: str) -> str:
    if word.lower() in _IRREGULAR:
        return _IRREGULAR[word.lower()]
    if word.endswith("y") and word[-2:-1] not in tuple("aeiou"):
        return f"{word[:-1]}ies"
    return f"{word}es" if word.endswith(("s", "x", "z", "ch", "sh")) else f"{word}s"
