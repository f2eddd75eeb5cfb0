"""Subjects: the entities that a shot shows, and how its caption calls them."""

from collections.abc import Mapping
from dataclasses import dataclass

from r2s2r.spec.captions.naming import Noun
from r2s2r.spec.captions.presence import Stretch, presence
from r2s2r.spec.resolved import Entity, Scene, Shot

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
    shown = {name: presence(shot.edit.edits.get(name, ()), shot.edit) for name in scene.entities}
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
