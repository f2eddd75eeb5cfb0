"""What follows or looks at something does not wait for itself: entities, and the camera."""

from collections.abc import Collection, Iterator
from typing import NamedTuple

from r2s2r.spec.camera import (
    ArcMove,
    CameraMove,
    CraneMove,
    DollyMove,
    DollyZoomMove,
    FollowMove,
    KeyframesMove,
    LookAtMove,
    OrbitMove,
    PedestalMove,
    SpiralMove,
    TruckMove,
)
from r2s2r.spec.chains import way_back
from r2s2r.spec.checks.edited import edited
from r2s2r.spec.edit import placing
from r2s2r.spec.edits import DropEdit, EntityEdit, FollowEdit, LookAtEdit
from r2s2r.spec.moves import CAMERA, Target
from r2s2r.spec.reading.findings import Problem
from r2s2r.spec.reading.nodes import Loc
from r2s2r.spec.shots import ShotSpec

_SHOTS_CAMERA = "the camera"  # no entity's name: that has no spaces


class _Needed(NamedTuple):
    """What is needed of an entity or the camera: all of it, or only where its middle is."""

    name: str
    whole: bool


class _Wait(NamedTuple):
    target: _Needed
    loc: Loc


def circle_problems(shot: ShotSpec, entities: Collection[str]) -> Iterator[Problem]:
    """Yield each circle of entities and the camera that need each other's places, where its first one is written.

    Args:
        shot: Parents included.
        entities: The names there are.
    """
    waits: dict[_Needed, list[_Wait]] = {}
    for name in sorted(entities):
        for whole in (True, False):
            waits[_Needed(name, whole)] = list(_entitys(name, shot, entities, whole=whole))
    waits[_Needed(_SHOTS_CAMERA, True)] = list(_cameras(shot, entities))
    said: set[frozenset[str]] = set()
    for start in waits:
        way = way_back(start, lambda needed: [wait.target for wait in waits.get(needed, ())])
        if way is not None and frozenset(needed.name for needed in way) not in said:
            said.add(frozenset(needed.name for needed in way))
            loc = next(wait.loc for wait in waits[start] if wait.target == way[1])
            names = " -> ".join(needed.name for needed in way)
            yield Problem(loc, f"goes round in a circle, {names}: one of them has to stand alone")


def _entitys(name: str, shot: ShotSpec, entities: Collection[str], *, whole: bool) -> Iterator[_Wait]:
    listed = edited(shot, [name]).get(name, ())
    for loc, edit in listed if whole else listed[: placing([edit for _, edit in listed])]:
        target, field = _target(edit)
        if target == CAMERA and CAMERA not in entities:
            yield _Wait(_Needed(_SHOTS_CAMERA, True), (*loc, field))
        elif target in entities:
            whole_of_it = target == name or not isinstance(edit, LookAtEdit)
            yield _Wait(_Needed(target, whole_of_it), (*loc, field))


def _target(edit: EntityEdit) -> tuple[str, str]:
    match edit:
        case FollowEdit(target=target) | LookAtEdit(target=str(target)):
            return target, "target"
        case DropEdit(onto=onto):
            return onto, "onto"
        case _:
            return "", ""


def _cameras(shot: ShotSpec, entities: Collection[str]) -> Iterator[_Wait]:
    only = next(iter(entities)) if len(entities) == 1 else None
    for index, move in enumerate(shot.camera):
        for loc, target in _aims(move, only):
            if isinstance(target, str) and target in entities:
                turned = isinstance(move, FollowMove) and move.turn
                yield _Wait(_Needed(target, turned), ("camera", index, *loc))


def _aims(move: CameraMove, only: str | None) -> Iterator[tuple[Loc, Target | None]]:
    match move:
        case OrbitMove() | ArcMove() | SpiralMove():
            yield ("around",), move.around
        case FollowMove() | LookAtMove():
            yield ("target",), move.target
        case DollyMove() | TruckMove() | PedestalMove() | CraneMove() | DollyZoomMove():
            if isinstance(move, DollyMove):
                yield ("towards",), move.towards
            if move.distance is not None or isinstance(move, CraneMove | DollyZoomMove):
                yield ("subject",), only if move.about is None else move.about
        case KeyframesMove():
            for index, key in enumerate(move.keys):
                yield ("keys", index, "look_at"), key.look_at
        case _:
            return
