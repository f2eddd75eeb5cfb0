"""First frame: how a shot begins otherwise than the clip's reference frame looks, as far as the scene tells."""

import math
from collections.abc import Iterator
from typing import assert_never

from pipelines.first_camera import moved_camera
from pipelines.first_moments import NOWHERE, SAME_DEG, SAME_SHARE, done, far, holds, turned
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
    TransformKey,
)
from r2s2r.spec.resolved import Entity, Scene


def first_frame_differences(scene: Scene, shot: EditSpec) -> Iterator[str]:
    """Yield how frame 0 differs from the clip's reference frame: ``bunny is removed``."""
    for name, entity in scene.entities.items():
        differs = _differs(entity, shot)
        if differs is not None:
            yield f"{name} {differs}"
    if shot.animation is not None:
        yield f"things may be elsewhere, as {shot.animation.file} has them"
    for index, move in enumerate(shot.camera):
        if moved_camera(move, shot, scene.source):
            yield f"the camera is not where the clip's is (camera[{index}])"
            return


def _differs(entity: Entity, shot: EditSpec) -> str | None:
    shown = shot.shown(entity.name)
    visible = bool(shown) and shown[0].first == 0
    if entity.spec.kind != "select":
        return "is shown, which is not in the clip" if visible else None
    if not visible:
        return "is removed"
    if any(isinstance(edit, ReplaceEdit) for edit in shot.edits.get(entity.name, ())):
        return "is replaced"
    return "is not where the clip has it" if _moved(entity, shot) else None


def _moved(entity: Entity, shot: EditSpec) -> bool:
    place = entity.spec.place
    if place.position_m is not None or far(place.move_m, NOWHERE) or turned(place.rotate_deg):
        return True
    return any(_edited(edit, entity, shot) for edit in shot.edits.get(entity.name, ()))


def _edited(edit: EntityEdit, entity: Entity, shot: EditSpec) -> bool:  # noqa: C901 - one case an edit
    """Tell whether an edit has done something by frame 0. Earlier edits have not, or nobody would ask."""
    match edit:
        case TransformEdit():
            return _changes(edit.keys[0])
        case PathEdit():  # it waits at its first point
            return not edit.relative or edit.orient or far(edit.knots[0].position_m, NOWHERE)
        case SpinEdit():
            return done(edit, shot) and abs(math.remainder(edit.angle_deg, 360)) > SAME_DEG
        case ScaleEdit() | DeformEdit():
            return done(edit, shot)
        case LookAtEdit():
            return holds(edit, shot)
        case MotionEdit():
            return edit.start_s != 0 and (entity.spec.motion == "keep" or edit.of is not None)
        case AnimateEdit():
            return True
        case BounceEdit() | DropEdit() | FollowEdit():
            return False  # they begin where it is
        case ReplaceEdit() | RemoveEdit() | HideEdit() | ShowEdit():
            return False  # which is said in other words
        case _:
            assert_never(edit)


def _changes(key: TransformKey) -> bool:
    """Tell whether an edit's first key, which holds before it as well, does anything."""
    scales = key.scale if isinstance(key.scale, tuple) else (key.scale,)
    placed = key.position_m is not None or far(key.move_m, NOWHERE)
    return placed or turned(key.rotate_deg) or any(abs(scale - 1) > SAME_SHARE for scale in scales)
