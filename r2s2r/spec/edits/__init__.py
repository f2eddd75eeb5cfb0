"""Edits of entities. They compose in list order, each acting on the entity's state so far."""

from typing import Annotated, TypeAlias

from pydantic import Field

from r2s2r.spec.edits.attached import DropEdit, FollowEdit, LookAtEdit
from r2s2r.spec.edits.own_motion import AnimateEdit, MotionEdit
from r2s2r.spec.edits.shape import DeformEdit, ReplaceEdit, Scale, ScaleEdit
from r2s2r.spec.edits.travelling import BounceEdit, PathEdit, SpinEdit, TransformEdit, TransformKey
from r2s2r.spec.edits.visibility import HideEdit, RemoveEdit, ShowEdit

__all__ = [
    "AnimateEdit",
    "BounceEdit",
    "DeformEdit",
    "DropEdit",
    "EntityEdit",
    "FollowEdit",
    "HideEdit",
    "LookAtEdit",
    "MotionEdit",
    "PathEdit",
    "RemoveEdit",
    "ReplaceEdit",
    "Scale",
    "ScaleEdit",
    "ShowEdit",
    "SpinEdit",
    "TransformEdit",
    "TransformKey",
]

EntityEdit: TypeAlias = Annotated[
    TransformEdit
    | PathEdit
    | SpinEdit
    | BounceEdit
    | FollowEdit
    | LookAtEdit
    | DropEdit
    | ScaleEdit
    | DeformEdit
    | ReplaceEdit
    | AnimateEdit
    | MotionEdit
    | RemoveEdit
    | HideEdit
    | ShowEdit,
    Field(discriminator="type"),
]
