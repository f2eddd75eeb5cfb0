"""Subjects: the entities that a shot shows, and how its caption calls them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from r2s2r.spec.camera import Target
from r2s2r.spec.captions.words import ordinal, with_article
from r2s2r.spec.edit import Stretch
from r2s2r.spec.resolved import Entity, Scene, Shot

# fmt: off
_ARTICLES = frozenset({"a", "an"})
_KNOWN = frozenset({"the", "his", "her", "its", "their", "my", "our", "your", "this", "that"})
_MANY = frozenset({
    "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "several", "some", "many", "few", "these",
    "those",
})
_PLURALS = frozenset({"people", "men", "women", "children", "feet", "geese", "mice"})
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


# A copy put this far beside its original is said to be there.
_ASIDE_M, _AWAY_M = 0.2, 0.3


@dataclass(frozen=True)
class Subject:
    """An entity that can be seen in a shot.

    Attributes:
        entity: The entity.
        first: Its first mention: ``a fat grey rabbit with long ears``.
        short: The same in few words: ``a fat grey rabbit``.
        later: Every other: ``the fat grey rabbit``.
        many: Whether it is several things.
        where: Of a copy: where it is, seen from its original; may be empty.
        shown: When it can be seen.
    """

    entity: Entity
    first: str
    short: str
    later: str
    many: bool
    where: str
    shown: tuple[Stretch, ...]


def subjects(scene: Scene, shot: Shot) -> dict[str, Subject]:
    """Return what can be seen in a shot, by name, in the scene's order, in which copies follow their originals."""
    shown = {name: shot.edit.shown(name) for name in scene.entities}
    nouns = {name: _noun(scene.entities[name], scene.entities) for name in scene.entities if shown[name]}
    kinds = [noun.kind for noun in nouns.values()]
    found: dict[str, Subject] = {}
    for place, (name, noun) in enumerate(nouns.items()):
        alike, before = kinds.count(noun.kind), kinds[:place].count(noun.kind) + 1
        entity = scene.entities[name]
        found[name] = Subject(
            entity,
            first=noun.full if before == 1 else noun.another(before),
            short=noun.short if before == 1 else noun.another(before),
            later=noun.again(before, alike),
            many=noun.many,
            where=_where(entity) if entity.spec.copy_of in nouns else "",
            shown=shown[name],
        )
    return found


def _noun(entity: Entity, entities: Mapping[str, Entity]) -> Noun:
    """Return what an entity is: as described, as what it copies is, or by its name."""
    while entity.spec.description is None and entity.spec.copy_of is not None:
        entity = entities[entity.spec.copy_of]
    if entity.spec.description is not None and entity.spec.description.strip(" .,;:!"):
        return Noun.from_description(entity.spec.description)
    return Noun.from_name(entity.name)


def _where(copy: Entity) -> str:
    place = copy.spec.place
    if place.position_m is not None:
        return ""
    right_m, _, near_m = place.move_m
    depth = "" if abs(near_m) < _AWAY_M else "farther back" if near_m < 0 else "nearer to the camera"
    side = "" if abs(right_m) < _ASIDE_M else "to the right" if right_m > 0 else "to the left"
    return " ".join(words for words in (depth, side) if words)


@dataclass(frozen=True)
class Terms:
    """What both the camera's and the entities' sentences need.

    Attributes:
        seen: Name -> subject, in order.
        moving: Names of those that move.
        amounts: Whether to say how far; without it a caption is shorter.
    """

    seen: Mapping[str, Subject]
    moving: frozenset[str]
    amounts: bool

    def named(self, target: Target) -> str:
        """Return how to call what the camera looks at or goes round."""
        if isinstance(target, str) and target in self.seen:
            return self.seen[target].later
        return "a fixed point"

    def amount(self, words: str) -> str:
        """Return an amount, or nothing."""
        return words if self.amounts else ""
