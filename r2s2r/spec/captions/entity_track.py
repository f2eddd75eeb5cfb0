"""Entity track: where keys put an entity, for a caption to tell."""

import math
from collections.abc import Mapping, Sequence
from fractions import Fraction

from r2s2r.spec.base import Vector
from r2s2r.spec.captions.track import REST, State, Track
from r2s2r.spec.edit import EditSpec, Stretch
from r2s2r.spec.edits import EntityEdit, TransformEdit, TransformKey
from r2s2r.spec.resolved import Entity


def entity_track(
    entity: Entity, edits: Sequence[EntityEdit], shot: EditSpec, *, shown: Stretch, entities: Mapping[str, Entity]
) -> Track:
    """Return where the edits put an entity, at their keys and at the ends of the stretch in which it can be seen."""
    fps = Fraction(shot.output.fps)
    transforms = [edit for edit in edits if isinstance(edit, TransformEdit)]
    keys = {key.at.frame(shot.frames, fps) for edit in transforms for key in edit.keys}
    inside = {frame for frame in keys if shown.first < frame < shown.last}
    times_s = tuple(frame / float(fps) for frame in sorted({float(shown.first), float(shown.last), *inside}))
    states = [REST] * len(times_s)
    for edit in transforms:
        states = [_edited(state, edit, at_s, shot) for state, at_s in zip(states, times_s, strict=True)]
    home_m = _home_m(entity, entities)
    return Track(times_s, tuple(states if home_m is None else [_placed(state, home_m) for state in states]))


def _edited(state: State, edit: TransformEdit, at_s: float, shot: EditSpec) -> State:
    fps = float(shot.output.fps)
    states = tuple(_with_key(state, key) for key in edit.keys)
    track = Track(tuple(key.at.frame(shot.frames, Fraction(shot.output.fps)) / fps for key in edit.keys), states)
    left, right, share = track.between(at_s)
    return states[left].plus(states[right].minus(states[left]), share)


def _with_key(state: State, key: TransformKey) -> State:
    if key.position_m is not None:
        state = state._replace(home=0.0, x=key.position_m[0], y=key.position_m[1], z=key.position_m[2])
    wide, tall, deep = key.scale if isinstance(key.scale, tuple) else (key.scale,) * 3
    return state.plus(State(0.0, *key.move_m, *key.rotate_deg, math.log(wide), math.log(tall), math.log(deep)))


def _home_m(entity: Entity, entities: Mapping[str, Entity]) -> Vector | None:
    """Return where an entity stands without edits, or None where only the clip knows."""
    place = entity.spec.place
    start: Vector | None = place.position_m
    if start is None and entity.spec.copy_of is not None:
        start = _home_m(entities[entity.spec.copy_of], entities)
    if start is None and entity.spec.kind == "asset":
        start = (0.0, 0.0, 0.0)
    return (
        None if start is None else (start[0] + place.move_m[0], start[1] + place.move_m[1], start[2] + place.move_m[2])
    )


def _placed(state: State, home_m: Vector) -> State:
    return state.plus(State(-1.0, *home_m), state.home)
