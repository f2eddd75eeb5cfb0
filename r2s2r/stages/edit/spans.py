"""Spans: how far a camera move goes, in metres, where a scene says it as a multiple of something."""

from typing import TypeAlias

import numpy as np

from r2s2r.errors import InputError
from r2s2r.geometry.transforms import Array
from r2s2r.spec.camera import CraneMove, DollyMove, DollyZoomMove, PedestalMove, TruckMove
from r2s2r.spec.moves import Target
from r2s2r.stages.edit.here import CameraHere

Travel: TypeAlias = DollyMove | TruckMove | PedestalMove | CraneMove | DollyZoomMove


def way_m(move: Travel, here: CameraHere) -> Array:
    """Return how far a move has gone [T].

    A multiple is of what the camera so far sees at the move's ``from``: how far it is from the subject's middle then,
    or how tall the subject is then. So it is one length, whatever moves meanwhile.

    Raises:
        InputError: It is not clear what the subject is.
    """
    return _length_m(move, here) * here.timeline.share(move)


def subject(move: Travel, here: CameraHere) -> tuple[Target, str]:
    """Return what a move is about, and the field that says so; by default the scene's only entity.

    Raises:
        InputError: There is not exactly one entity, or none of that name; names those that there are.
    """
    names, field = sorted(here.shot.inputs.entities), _field(move)
    if move.about is None:
        if len(names) != 1:
            known = f"the scene has several entities ({', '.join(names)})" if names else "the scene has no entity"
            advice = f"subject: {names[0]}" if names else "a point, subject: [x, y, z]"
            raise InputError(f"{known}, so say what this move is about: {advice}", field=f"{here.field}.subject")
        return names[0], field
    if isinstance(move.about, str) and move.about not in names:
        raise InputError(
            f"{move.about} is no entity of this scene; there are: {', '.join(names) or 'none'}",
            field=f"{here.field}.{field}",
        )
    return move.about, field


def _field(move: Travel) -> str:
    return "towards" if isinstance(move, DollyMove) and move.subject is None else "subject"


def _length_m(move: Travel, here: CameraHere) -> float:
    if move.distance_m is not None:
        return move.distance_m
    assert move.distance is not None  # the scene language: one of the two
    target, field = subject(move, here)
    first, _ = here.timeline.span(move.from_, move.to)
    start = here.at(here.timeline.moment(first))
    if move.relative_to == "distance":
        apart_m = start.track(target, field) - here.so_far(start.timeline).eye_m
        return move.distance * float(np.linalg.norm(apart_m))
    assert isinstance(target, str)  # the scene language: a point has no size
    return move.distance * float(start.height_m(target)[0])
