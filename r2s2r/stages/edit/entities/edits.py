"""Entity edits: each takes the entity so far to a new one."""

from dataclasses import replace
from typing import assert_never

import numpy as np

from r2s2r.errors import InputError
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
from r2s2r.stages.edit.entities.attached import followed, looking_at
from r2s2r.stages.edit.entities.bounce import bounced
from r2s2r.stages.edit.entities.drop import dropped
from r2s2r.stages.edit.entities.path import EntityPath
from r2s2r.stages.edit.entities.route import routed
from r2s2r.stages.edit.entities.scale import scaled
from r2s2r.stages.edit.entities.spin import spun
from r2s2r.stages.edit.entities.transform import transformed
from r2s2r.stages.edit.here import EntityHere
from r2s2r.stages.edit.timeline import Timeline
from r2s2r.stages.edit.world_edge import require_near, written

# Scales beyond these draw nothing that can be seen; at zero, and turned inside out below it, nothing at all.
SMALLEST, LARGEST = 1e-6, 1e4


def edited(path: EntityPath, edit: EntityEdit, here: EntityHere) -> EntityPath:
    """Return the path after one edit.

    Raises:
        InputError: The entity shrinks to nothing, turns inside out or leaves the world; names the edit and the frame.
    """
    # Numbers too large are found by the check below, which can say where they came from.
    with np.errstate(over="ignore", invalid="ignore"):
        after = _after(path, edit, here)
    if after is not path:
        _require_drawable(after, here.timeline, here.field)
    return after


def _after(path: EntityPath, edit: EntityEdit, here: EntityHere) -> EntityPath:  # noqa: C901 - one case an edit
    match edit:
        case TransformEdit():
            return transformed(path, edit, here)
        case PathEdit():
            return routed(path, edit, here)
        case SpinEdit():
            return spun(path, edit, here)
        case BounceEdit():
            return bounced(path, edit, here)
        case FollowEdit():
            return followed(path, edit, here)
        case LookAtEdit():
            return looking_at(path, edit, here)
        case DropEdit():
            return dropped(path, edit, here)
        case ScaleEdit():
            return scaled(path, edit, here)
        case RemoveEdit() | HideEdit() | ShowEdit():
            return _shown(path, edit, here.timeline)
        case MotionEdit() | AnimateEdit() | DeformEdit() | ReplaceEdit():
            return path  # it began with the motion; shapes are made of the mesh, which another may have replaced
        case _:
            assert_never(edit)


def _shown(path: EntityPath, edit: RemoveEdit | HideEdit | ShowEdit, timeline: Timeline) -> EntityPath:
    first, last = timeline.span(edit.from_, edit.to)
    inside = (timeline.at >= first) & (timeline.at <= last)
    return replace(path, visible=path.visible | inside if isinstance(edit, ShowEdit) else path.visible & ~inside)


def _require_drawable(path: EntityPath, timeline: Timeline, field: str) -> None:
    drawable = np.all((path.scale > SMALLEST) & (path.scale < LARGEST), axis=1)
    if not drawable.all():
        frame = int(np.argmin(drawable))
        raise InputError(
            f"at {timeline.name(frame)} the entity's scale is {written(path.scale[frame])}; keep it "
            f"between {SMALLEST:g} and {LARGEST:g} on every axis "
            "(catmull_rom can overshoot between keys far apart: use smooth)",
            field=field,
        )
    require_near(path.position_m, timeline=timeline, field=field)
