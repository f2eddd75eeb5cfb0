"""Subjects: the entities that a shot shows, and what its caption calls them."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from r2s2r.spec.captions.nouns import Noun
from r2s2r.spec.captions.words import number
from r2s2r.spec.edit import Stretch
from r2s2r.spec.edits import ReplaceEdit
from r2s2r.spec.moves import CAMERA, Target
from r2s2r.spec.resolved import Entity, Scene, Shot

# A copy put this far beside its original is said to be there.
_ASIDE_M, _AWAY_M = 0.2, 0.3
# From so many on, copies of an array that do the same are told as one.
_SEVERAL = 2


@dataclass(frozen=True)
class Subject:
    """An entity that can be seen in a shot, or several copies of one that do the same.

    Attributes:
        entity: The entity; of several, the first.
        members: Names of all of them.
        first: Its first mention: ``a fat grey rabbit with long ears``.
        short: The same in few words: ``a fat grey rabbit``.
        later: Every other: ``the fat grey rabbit``.
        many: Whether it is several things.
        where: Of a copy: where it is, seen from its original; may be empty.
        shown: When it can be seen.
    """

    entity: Entity
    members: tuple[str, ...]
    first: str
    short: str
    later: str
    many: bool
    where: str
    shown: tuple[Stretch, ...]


def subjects(scene: Scene, shot: Shot) -> dict[str, Subject]:
    """Return what can be seen in a shot, by name, in the scene's order, in which copies follow their originals."""
    shown = {name: shot.edit.shown(name) for name in scene.entities}
    nouns = {name: _noun(name, scene, shot) for name in scene.entities if shown[name]}
    groups = _groups(scene, shot, shown)
    grouped = {name for members in groups.values() for name in members}
    kinds = Counter(noun.kind for name, noun in nouns.items() if name not in grouped)
    before: Counter[str] = Counter()
    found: dict[str, Subject] = {}
    for name, noun in nouns.items():
        if name in groups:
            found[name] = _several(scene, groups[name], noun, alike=kinds[noun.kind], shown=shown[name])
        elif name not in grouped:
            before[noun.kind] += 1
            place, where = before[noun.kind], _where(scene.entities[name])
            found[name] = Subject(
                scene.entities[name],
                members=(name,),
                first=noun.full if place == 1 else noun.another(place),
                short=noun.short if place == 1 else noun.another(place),
                later=noun.again(place, kinds[noun.kind]),
                many=noun.many,
                where=where if scene.entities[name].spec.copy_of in nouns else "",
                shown=shown[name],
            )
    return found


def _groups(scene: Scene, shot: Shot, shown: Mapping[str, tuple[Stretch, ...]]) -> dict[str, tuple[str, ...]]:
    """Return the first of each array's copies that do the same -> all of these; the largest such group of an array."""
    alike: dict[str, dict[object, list[str]]] = {}
    for name, entity in scene.entities.items():
        original = entity.spec.copy_of
        if original is None or scene.entities[original].spec.copies is None or not shown[name]:
            continue
        if name.removeprefix(f"{original}.").isdigit():
            same = (shown[name], shot.edit.edits.get(name, ()), entity.spec.motion)
            alike.setdefault(original, {}).setdefault(repr(same), []).append(name)
    largest = (max(groups.values(), key=len) for groups in alike.values())
    return {members[0]: tuple(members) for members in largest if len(members) >= _SEVERAL}


def _several(scene: Scene, members: tuple[str, ...], noun: Noun, *, alike: int, shown: tuple[Stretch, ...]) -> Subject:
    entity = scene.entities[members[0]]
    copies = scene.entities[entity.spec.copy_of or ""].spec.copies
    several = noun.several(len(members), more=alike > 0)
    way = "in rows" if copies is None or copies.grid else "in a ring" if copies.ring else "scattered"
    beside = ("beside it" if way == "in rows" else "around it") if alike == 1 and not noun.many else ""
    return Subject(
        entity,
        members,
        first=several,
        short=several,
        later=f"the other {noun.plural}" if alike else f"the {number(len(members))} {noun.plural}",
        many=True,
        where=f"{way} {beside}".strip(),
        shown=shown,
    )


def _noun(name: str, scene: Scene, shot: Shot) -> Noun:
    """Return what an entity is: as described, as what it copies or is replaced by, or by its name."""
    for edit in shot.edit.edits.get(name, ()):
        if isinstance(edit, ReplaceEdit):
            described = _described(edit.description)
            return described or Noun.from_name(edit.asset.replace("\\", "/").rpartition("/")[2].rpartition(".")[0])
    entity = scene.entities[name]
    while entity.spec.description is None and entity.spec.copy_of is not None:
        entity = scene.entities[entity.spec.copy_of]
    return _described(entity.spec.description) or Noun.from_name(entity.name)


def _described(description: str | None) -> Noun | None:
    if description is None or not description.strip(" .,;:!"):
        return None
    return Noun.from_description(description)


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
        moving: Names of those that move; with ``camera``, if that does.
        amounts: Whether to say how far; without it a caption is shorter.
        only: The scene's only entity, if there is one alone.
    """

    seen: Mapping[str, Subject]
    moving: frozenset[str]
    amounts: bool
    only: str | None = None

    @cached_property
    def owners(self) -> dict[str, str]:
        """Name -> the name of the subject it belongs to."""
        return {member: name for name, subject in self.seen.items() for member in subject.members}

    @cached_property
    def called(self) -> dict[str, str]:
        """Name -> how it is called from its second mention on: ``the bunny``."""
        return {member: self.seen[name].later for member, name in self.owners.items()}

    def subject(self, about: Target | None) -> Target | None:
        """Return what a move is about: as it says, else the scene's only entity."""
        return self.only if about is None else about

    def named(self, target: Target | None) -> str:
        """Return how to call what something looks at, goes round or is tied to."""
        if isinstance(target, str):
            return self.called.get(target, "the camera" if target == CAMERA else "a fixed point")
        return "a fixed point"

    def moves(self, target: Target) -> bool:
        """Tell whether a target moves."""
        return isinstance(target, str) and self.owners.get(target, target) in self.moving

    def amount(self, words: str) -> str:
        """Return an amount, or nothing."""
        return words if self.amounts else ""
