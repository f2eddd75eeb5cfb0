"""Own motion: what a caption says of an entity that moves by itself, as it does in the clip or in its file."""

import re
from collections.abc import Mapping, Sequence

from r2s2r.spec.captions.words import Clause, listed
from r2s2r.spec.edits import AnimateEdit, EntityEdit, MotionEdit
from r2s2r.spec.resolved import Entity

# Played that much faster or more slowly, a word is said of it.
_FASTER, _SLOWER = 1.2, 0.8
# What clips are often called -> what is done in them.
_CLIPS = {
    "walk": "walking", "run": "running", "jog": "jogging", "jump": "jumping", "dance": "dancing", "wave": "waving",
    "fly": "flying", "swim": "swimming", "sit": "sitting", "talk": "talking", "clap": "clapping", "nod": "nodding",
    "spin": "spinning", "swing": "swinging", "hop": "hopping", "crawl": "crawling", "eat": "eating",
}  # fmt: skip


def own_motion(
    name: str, edits: Sequence[EntityEdit], entities: Mapping[str, Entity], called: Mapping[str, str]
) -> Clause | None:
    """Return how an entity moves by itself; None of one that stands, or takes the motion of another shot.

    Args:
        name: The entity.
        edits: Of the shot.
        entities: All of the scene.
        called: Name -> how those that are seen are called: ``the bunny``.
    """
    played = next((edit for edit in edits if isinstance(edit, AnimateEdit)), None)
    if played is not None:
        return _played(played)
    edit = next((edit for edit in edits if isinstance(edit, MotionEdit)), MotionEdit(type="motion"))
    followed = entities.get(name if edit.of is None else edit.of)
    if edit.shot is not None or followed is None or followed.spec.motion != "keep" or edit.speed == 0:
        return None
    filmed = _original(followed, entities).spec.kind == "select"
    if followed.name != name and followed.name in called:
        return Clause("move", f"just as {called[followed.name]} does")
    if not filmed:
        return Clause("keep", "moving")
    return Clause("move", f"as in the original footage{_pace(edit.speed)}")


def taken(edits: Sequence[EntityEdit]) -> MotionEdit | None:
    """Return the edit that takes the motion of another shot, if there is one."""
    return next((edit for edit in edits if isinstance(edit, MotionEdit) and edit.shot is not None), None)


def _played(edit: AnimateEdit) -> Clause | None:
    if edit.speed == 0:
        return None
    words = re.findall(r"[a-z]+", (edit.clip or "").lower())
    doing = next((_CLIPS[word] for word in words if word in _CLIPS), "moving")
    return Clause("keep", f"{doing}{_pace(edit.speed) if edit.speed < 0 else ''}")


def _pace(speed: float) -> str:
    faster = "faster" if abs(speed) > _FASTER else "more slowly" if abs(speed) < _SLOWER else ""
    words = [word for word in ("backwards" if speed < 0 else "", faster) if word]
    return f", but {listed(words)}" if words else ""


def _original(entity: Entity, entities: Mapping[str, Entity]) -> Entity:
    copied = entity.spec.copy_of
    return entity if copied is None else _original(entities[copied], entities)
