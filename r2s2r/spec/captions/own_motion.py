"""Own motion: what a caption says of an entity that moves by itself, as it does in the clip or in its file."""

from collections.abc import Mapping, Sequence

from r2s2r.spec.captions.words import Clause, Phase, listed
from r2s2r.spec.edits import EntityEdit, MotionEdit
from r2s2r.spec.resolved import Entity

# Played that much faster or more slowly, a word is said of it.
_FASTER, _SLOWER = 1.2, 0.8


def own_motion(
    name: str, edits: Sequence[EntityEdit], entities: Mapping[str, Entity], called: Mapping[str, str]
) -> Clause | None:
    """Return how an entity moves by itself; None of one that stands.

    Args:
        name: The entity.
        edits: Of the shot.
        entities: All of the scene.
        called: Name -> how those that are seen are called: ``the bunny``.
    """
    edit = next((edit for edit in edits if isinstance(edit, MotionEdit)), MotionEdit(type="motion"))
    followed = entities.get(name if edit.of is None else edit.of)
    if followed is None or followed.spec.motion != "keep" or edit.speed == 0:
        return None
    filmed = _original(followed, entities).spec.kind == "select"
    if followed.name != name and followed.name in called:
        return Clause("move", f"just as {called[followed.name]} does")
    if not filmed:
        return Clause("keep", "moving")
    return Clause("move", f"as in the original footage{_pace(edit.speed)}")


def beside(own: Clause | None, phases: list[Phase]) -> list[Phase]:
    """Return what an entity does by itself and what the edits do with it, told together."""
    if own is None:
        return phases
    first: Phase = tuple(clause for clause in phases[0] if clause.verb != "stay") if phases else ()
    return [(own, *first), *phases[1:]]


def _pace(speed: float) -> str:
    faster = "faster" if abs(speed) > _FASTER else "more slowly" if abs(speed) < _SLOWER else ""
    words = [word for word in ("backwards" if speed < 0 else "", faster) if word]
    return f", but {listed(words)}" if words else ""


def _original(entity: Entity, entities: Mapping[str, Entity]) -> Entity:
    copied = entity.spec.copy_of
    return entity if copied is None else _original(entities[copied], entities)
