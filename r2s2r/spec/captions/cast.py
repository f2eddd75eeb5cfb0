"""Cast: who is seen in a shot, and what each of them and the camera do."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from r2s2r.spec.camera import FollowMove
from r2s2r.spec.captions.camera_moves import camera_story
from r2s2r.spec.captions.entity_moves import attachments, entity_story
from r2s2r.spec.captions.story import Story
from r2s2r.spec.captions.subjects import Terms, subjects
from r2s2r.spec.edit import Stretch
from r2s2r.spec.moves import CAMERA
from r2s2r.spec.resolved import Scene, Shot


@dataclass(frozen=True)
class Cast:
    """Who is seen in a shot, and what they do.

    Attributes:
        terms: Who is seen, and which of them move.
        stories: Name -> what it does.
        camera: What the camera does.
    """

    terms: Terms
    stories: Mapping[str, Story]
    camera: Story


def cast(scene: Scene, shot: Shot, *, amounts: bool) -> Cast:
    """Return who is seen in a shot and what they do; ``amounts`` is whether to say how far."""
    seen = subjects(scene, shot)
    only = next(iter(scene.entities)) if len(scene.entities) == 1 else None
    # By itself first; then what goes along with that, and so on.
    alone = Terms(seen, frozenset(), amounts, only)
    stories, camera = _stories(scene, shot, alone), camera_story(shot.edit, scene.source, alone)
    moving = {name for name, story in stories.items() if story.phases} | ({CAMERA} if camera.phases else set())
    terms = replace(alone, moving=frozenset(_with_attached(moving, _followed(shot, alone))))
    if terms.moving:
        stories, camera = _stories(scene, shot, terms), camera_story(shot.edit, scene.source, terms)
    moving = {name for name, story in stories.items() if story.phases} | ({CAMERA} if camera.phases else set())
    return Cast(replace(terms, moving=frozenset(moving)), stories, camera)


def _stories(scene: Scene, shot: Shot, terms: Terms) -> dict[str, Story]:
    return {
        name: entity_story(
            scene, shot, name, shown=Stretch(subject.shown[0].first, subject.shown[-1].last), terms=terms
        )
        for name, subject in terms.seen.items()
    }


def _followed(shot: Shot, terms: Terms) -> dict[str, set[str]]:
    found = attachments(shot, terms.owners)
    found[CAMERA] = {
        terms.owners.get(move.target, move.target) for move in shot.edit.camera if isinstance(move, FollowMove)
    }
    return found


def _with_attached(moving: set[str], followed: Mapping[str, set[str]]) -> set[str]:
    """Return what moves with what follows it, what follows that, and so on."""
    while more := {name for name, targets in followed.items() if name not in moving and targets & moving}:
        moving = moving | more
    return moving
