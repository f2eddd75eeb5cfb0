"""Entity deeds: what a caption says of the edits of an entity that are no keyframes."""

import math
from typing import assert_never

from r2s2r.spec.captions.camera_keys import stands
from r2s2r.spec.captions.entity_clauses import level, sizes
from r2s2r.spec.captions.story import Spell
from r2s2r.spec.captions.subjects import Terms
from r2s2r.spec.captions.track import State
from r2s2r.spec.captions.words import Clause, Phase, degrees, joined, metres, times
from r2s2r.spec.edit import EditSpec
from r2s2r.spec.edits import (
    AnimateEdit,
    BounceEdit,
    DeformEdit,
    DropEdit,
    EntityEdit,
    FollowEdit,
    HideEdit,
    LookAtEdit,
    MotionEdit,
    PathEdit,
    RemoveEdit,
    ReplaceEdit,
    ScaleEdit,
    ShowEdit,
    SpinEdit,
    TransformEdit,
)
from r2s2r.spec.edits.attached import GROUND
from r2s2r.spec.moves import CAMERA
from r2s2r.spec.resolved import Entity
from r2s2r.spec.times import Moment

# Less is not worth a word.
_STILL_DEG, _STILL_M, _STILL_SHARE = 2.0, 0.02, 0.03
# A turn is a spin from here on.
_SPIN_DEG = 330.0
_FALL_S = 0.6
# Lower each time, if each bounce is lower by so much.
_LOWER = 0.1
_SIDES = ("towards the camera", "to the right", "away from the camera", "to the left")


def deeds(edit: EntityEdit, *, entity: Entity, shot: EditSpec, terms: Terms) -> list[Spell]:  # noqa: C901 - one case an edit
    """Return what one edit does with an entity, and when; nothing of keyframes, and of what is said elsewhere."""
    match edit:
        case PathEdit():
            return _timed(_along(edit, terms), *edit.ends, shot)
        case SpinEdit():
            return _timed(_spin(edit, entity, terms), edit.from_, edit.to, shot)
        case BounceEdit():
            return _timed(_bounce(edit), edit.from_, edit.to, shot)
        case FollowEdit():
            return _timed(_follow(edit, terms), edit.from_, edit.to, shot)
        case LookAtEdit():
            return _look(edit, shot, terms)
        case DropEdit():
            return _drop(edit, entity, shot, terms)
        case ScaleEdit():
            return _timed(_scale(edit, entity, terms), edit.from_, edit.to, shot)
        case DeformEdit():
            return _timed(_deform(edit, entity, terms), edit.from_, edit.to, shot)
        case TransformEdit() | ReplaceEdit() | AnimateEdit() | MotionEdit() | RemoveEdit() | HideEdit() | ShowEdit():
            return []
        case _:
            assert_never(edit)


def _timed(phase: Phase, from_: Moment | None, to: Moment | None, shot: EditSpec) -> list[Spell]:
    start_s, end_s = shot.span_s(from_, to)
    if not phase or end_s <= start_s == 0:
        return []  # nothing, or done before anything is seen
    return [Spell(start_s, end_s, phase)]


def _along(edit: PathEdit, terms: Terms) -> Phase:
    places = [point.position_m for point in edit.knots]
    if max(math.dist(places[0], place) for place in places) < _STILL_M:
        return ()
    by = State(0.0, *(last - first for first, last in zip(places[0], places[-1], strict=True)))
    curve = "along a curve" if len(places) > 2 else ""
    if edit.closed or not by.moves:
        return (Clause("move", joined(curve, "and back to the start") if curve else "back and forth"),)
    rise = f"{'up' if by.y > 0 else 'down'}" if abs(by.rise_m) > by.level_m else ""
    turn = (Clause("turn", "with the curve"),) if edit.orient and curve else ()
    return (Clause("move", joined(curve, rise, level(by, amounts=terms.amounts)) or "along a line"), *turn)


def _spin(edit: SpinEdit, entity: Entity, terms: Terms) -> Phase:
    if abs(edit.angle_deg) < _STILL_DEG:
        return ()
    axis = edit.axis if isinstance(edit.axis, tuple) else tuple(float(edit.axis == name) for name in "xyz")
    main = max(range(3), key=lambda index: abs(axis[index]))
    angle_deg = edit.angle_deg * (1 if axis[main] > 0 else -1)
    rounds = round(abs(angle_deg) / 360)
    if main == 1:
        way = f"{'counterclockwise' if angle_deg > 0 else 'clockwise'} as seen from above"
        if abs(angle_deg) < _SPIN_DEG:
            return (Clause("turn", joined(terms.amount(degrees(angle_deg)), way)),)
        return (Clause("spin", joined(terms.amount(times(max(1, rounds))), "on the spot", way)),)
    # Its top goes to its front about its x axis, and to its -x about its z axis.
    way = _side({0: 0.0, 2: 270.0}[main] + (180 if angle_deg < 0 else 0), entity)
    if abs(angle_deg) < _SPIN_DEG:
        return (Clause("tip", joined(terms.amount(degrees(angle_deg)), way)),)
    return (Clause("tumble", joined("over", way, terms.amount(times(rounds)) if rounds > 1 else "")),)


def _side(towards_deg: float, entity: Entity) -> str:
    """Return where something is, as the camera sees it, that is at an angle from an entity's front; 90 is its +x.

    Nothing of one that is tipped over: its axes lie anyhow.
    """
    pitch, yaw, roll = entity.spec.place.rotate_deg
    return "" if pitch or roll else _SIDES[round((towards_deg + yaw) / 90) % 4]


def _bounce(edit: BounceEdit) -> Phase:
    often = times(edit.times) if edit.times > 1 else ""
    lower = ", lower each time" if edit.decay >= _LOWER and edit.times > 1 else ""
    return (Clause("bounce", joined("up and down", often) + lower),)


def _follow(edit: FollowEdit, terms: Terms) -> Phase:
    return (Clause("move", f"along with {terms.named(edit.target)}"),) if terms.moves(edit.target) else ()


def _look(edit: LookAtEdit, shot: EditSpec, terms: Terms) -> list[Spell]:
    name, (start_s, end_s) = terms.named(edit.target), shot.span_s(edit.from_, edit.to)
    timed = []
    if start_s > 0:
        timed.append(Spell(start_s, min(end_s, start_s + edit.blend_s), (Clause("turn", f"to face {name}"),)))
    elif terms.moves(edit.target) and not (edit.target == CAMERA and stands(shot.camera)):
        whole = edit.to is None
        timed.append(Spell(start_s, end_s, (Clause("turn", f"to keep facing {name}"),), throughout=whole))
    if edit.to is not None and end_s < (shot.frames - 1) / shot.output.fps:
        timed.append(Spell(max(start_s, end_s - edit.blend_s), end_s, (Clause("turn", f"away from {name}"),)))
    return timed


def _drop(edit: DropEdit, entity: Entity, shot: EditSpec, terms: Terms) -> list[Spell]:
    if edit.onto == GROUND and not _lifted(entity, shot):
        return []  # it stands there
    start_s, end_s = shot.span_s(edit.from_, None)
    onto = "to the ground" if edit.onto == GROUND else f"onto {terms.named(edit.onto)}"
    phase: Phase = (Clause("fall", f"straight down {onto}"),)
    if edit.bounce >= _LOWER:
        phase = (*phase, Clause("bounce", "a few times"))
    return [Spell(start_s, min(end_s, start_s + (_FALL_S if len(phase) == 1 else 3 * _FALL_S)), phase)]


def _lifted(entity: Entity, shot: EditSpec) -> bool:
    """Tell whether an entity may be above the ground when it is let go."""
    place = entity.spec.place
    height_m = place.move_m[1] + (0.0 if place.position_m is None else place.position_m[1])
    others = TransformEdit | PathEdit | BounceEdit | FollowEdit | ScaleEdit | SpinEdit
    return (
        height_m > _STILL_M
        or shot.animation is not None
        or any(isinstance(edit, others) for edit in shot.edits.get(entity.name, ()))
    )


def _scale(edit: ScaleEdit, entity: Entity, terms: Terms) -> Phase:
    if edit.factor is not None:
        factors = edit.factor if isinstance(edit.factor, tuple) else (edit.factor,) * 3
        return tuple(sizes(State(0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, *map(math.log, factors)), amounts=terms.amounts))
    assert edit.height_m is not None, "it is one of the two"
    before_m, how = entity.spec.place.height_m, f"to {metres(edit.height_m)} in height"
    if before_m is None:
        return (Clause("change", f"size {how}"),)
    if abs(math.log(edit.height_m / before_m)) < _STILL_SHARE:
        return ()
    return (Clause("grow" if edit.height_m > before_m else "shrink", how if terms.amounts else ""),)


def _deform(edit: DeformEdit, entity: Entity, terms: Terms) -> Phase:
    clauses = []
    if abs(edit.bend_deg) >= _STILL_DEG:
        towards_deg = edit.towards_deg + (180 if edit.bend_deg < 0 else 0)
        clauses.append(Clause("bend", joined(terms.amount(degrees(edit.bend_deg)), _side(towards_deg, entity))))
    if abs(edit.twist_deg) >= _STILL_DEG:
        amount = terms.amount(f"by {degrees(edit.twist_deg)}") if abs(edit.twist_deg) < _SPIN_DEG else ""
        clauses.append(Clause("twist", joined("around the upright axis", amount)))
    if abs(edit.squash - 1) >= _STILL_SHARE:
        clauses.append(Clause("flatten") if edit.squash < 1 else Clause("stretch", "upwards"))
    if abs(edit.taper - 1) >= _STILL_SHARE:
        clauses.append(Clause("narrow" if edit.taper < 1 else "widen", "towards the top"))
    return tuple(clauses)
