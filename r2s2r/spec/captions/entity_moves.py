"""Entity moves: what a caption says an entity does, in the order of time."""

from collections.abc import Mapping
from dataclasses import replace
from typing import NamedTuple

from r2s2r.spec.captions.entity_clauses import changed
from r2s2r.spec.captions.entity_deeds import deeds
from r2s2r.spec.captions.entity_track import entity_track
from r2s2r.spec.captions.own_motion import own_motion, taken
from r2s2r.spec.captions.story import Rests, Spell, Story, story
from r2s2r.spec.captions.subjects import Terms
from r2s2r.spec.captions.track import Track
from r2s2r.spec.captions.words import Clause, Phase
from r2s2r.spec.edit import Stretch
from r2s2r.spec.resolved import Entity, Scene, Shot

_RESTS = Rests(Clause("stay", "still"), Clause("stay", "there"), Clause("stay", "there"))


class Acts(NamedTuple):
    """What an entity does: with the times it takes, and by itself all the while."""

    timed: tuple[Spell, ...]
    own: Clause | None


def entity_story(scene: Scene, shot: Shot, name: str, *, shown: Stretch, terms: Terms) -> Story:
    """Return what an entity does while it can be seen; empty where it rests."""
    fps = float(shot.edit.output.fps)
    start_s, end_s = shown.first / fps, shown.last / fps
    acts = _acts(scene, shot, scene.entities[name], shown=shown, terms=terms)
    inside = [
        replace(one, start_s=max(one.start_s, start_s), end_s=min(one.end_s, end_s))
        for one in acts.timed
        if one.start_s < end_s and one.end_s > start_s
    ]
    return _beside(acts.own, story(inside, _RESTS, start_s=start_s, end_s=end_s))


def _acts(scene: Scene, shot: Shot, entity: Entity, *, shown: Stretch, terms: Terms) -> Acts:
    edits = shot.edit.edits.get(entity.name, ())
    track = entity_track(entity, edits, shot.edit, shown=shown, entities=scene.entities)
    timed = _changes(track, amounts=terms.amounts)
    for edit in edits:
        timed += deeds(edit, entity=entity, shot=shot.edit, terms=terms)
    own = own_motion(entity.name, edits, scene.entities, terms.called)
    transfer = taken(edits)
    if transfer is None:
        return Acts(tuple(timed), own)
    donor = shot.donors.get(entity.name)
    there = None if donor is None else scene if donor.scene is None else scene.others.get(donor.scene)
    if donor is None or there is None or donor.shot not in there.shots or donor.entity not in there.entities:
        return Acts(tuple(timed), None)
    theirs = _donors(there, there.shots[donor.shot], donor.entity)
    moved = [
        replace(one, start_s=(one.start_s - transfer.start_s) / speed, end_s=(one.end_s - transfer.start_s) / speed)
        for one in theirs.timed
        if (speed := transfer.speed) > 0
    ]
    backwards = Clause("move", "about") if transfer.speed < 0 and theirs.timed else None
    return Acts((*moved, *timed), backwards or (theirs.own if transfer.speed else None))


def _donors(scene: Scene, shot: Shot, name: str) -> Acts:
    """Return what an entity does in the shot that its motion is taken from; where to is not said of another place."""
    whole = Stretch(0, shot.edit.frames - 1)
    return _acts(scene, shot, scene.entities[name], shown=whole, terms=Terms({}, frozenset(), amounts=False))


def _changes(track: Track, *, amounts: bool) -> list[Spell]:
    timed, state = [], track.states[0]
    for change in track.changes():
        state = state.plus(change.by)
        if not change.still:
            phase = changed(change, state, track.states[0], amounts=amounts)
            timed.append(Spell(change.start_s, change.end_s, phase))
    return timed


def _beside(own: Clause | None, told: Story) -> Story:
    """Return what an entity does by itself and what the edits do with it, told together."""
    if own is None:
        return told
    phases: tuple[Phase, ...] = tuple(phase for phase in told.phases if phase[0].verb != "stay")
    if len(phases) > 1:
        return Story(phases, (own, *told.beside))
    return Story(((own, *(phases[0] if phases else ()), *told.beside),))


def attachments(shot: Shot, names: Mapping[str, str]) -> dict[str, set[str]]:
    """Return what moves with what, or turns to it: the ones that follow -> what they follow.

    Args:
        shot: The shot.
        names: Entity -> the subject it belongs to; others are left out.
    """
    found: dict[str, set[str]] = {}
    for name, subject in names.items():
        for edit in shot.edit.edits.get(name, ()):
            target = getattr(edit, "target", None)
            if isinstance(target, str):
                found.setdefault(subject, set()).add(names.get(target, target))
    return found
