"""Following: a camera that goes along with an entity."""

from collections.abc import Callable

import numpy as np

from r2s2r.geometry.transforms import Array
from r2s2r.spec.camera import FollowMove
from r2s2r.stages.edit.camera.path import CameraPath
from r2s2r.stages.edit.here import CameraHere
from r2s2r.stages.edit.timeline import Timeline
from r2s2r.stages.edit.turns import about_vertical, applied


def following(path: CameraPath, move: FollowMove, here: CameraHere) -> CameraPath:
    """Go as the entity's middle has gone since ``from``, and with ``turn`` round it as it has turned.

    Before ``from`` and after ``to`` the entity counts as standing, so that with ``lag_s`` the camera starts and stops
    softly even if the entity does not.
    """
    first, _ = here.timeline.span(move.from_, move.to)
    began_m = here.at(here.timeline.moment(first)).track(move.target, "target")
    gone_m = _late(lambda timeline: here.at(timeline).track(move.target, "target") - began_m, move, here.timeline)
    followed = path.moved(gone_m)
    if not move.turn:
        return followed
    facing_deg = _late(
        lambda timeline: _facing_deg(move.target, first, here.at(timeline)), move, here.timeline, full_turn=360.0
    )
    turn = about_vertical(facing_deg[:, 0])
    return followed.moved(applied(turn - np.eye(3), path.eye_m - began_m)).turned(turn)


def _facing_deg(name: str, first: float, here: CameraHere) -> Array:
    """Return by how much [N, 1] an entity has turned about the vertical since a frame, counter-clockwise from above.

    It is the twist about +Y of its whole turn (swing and twist), from -180 to 180.
    """
    now, before = (here.shot.entity(name, timeline).linear for timeline in (here.timeline, here.timeline.moment(first)))
    turn = (now / np.linalg.norm(now, axis=1, keepdims=True)) @ (
        before / np.linalg.norm(before, axis=1, keepdims=True)
    ).swapaxes(1, 2)
    twist_deg: Array = np.degrees(np.arctan2(turn[:, 0, 2] - turn[:, 2, 0], turn[:, 0, 0] + turn[:, 2, 2]))
    return twist_deg[:, None]


def _late(
    track: Callable[[Timeline], Array], move: FollowMove, timeline: Timeline, *, full_turn: float | None = None
) -> Array:
    """Return the mean [T, D] of a track over the last ``lag_s``; with the track held before and after the move.

    Values that begin again after ``full_turn`` are counted on, so that they have a mean.
    """
    (first, last), lag = timeline.span(move.from_, move.to), move.lag_s * float(timeline.fps)
    if lag == 0 or last <= first:
        return track(timeline.moments(np.clip(timeline.at, first, last)))
    # At moments of its own, whichever are asked for: straight lines between them have an exact mean.
    knots = np.linspace(first, last, int(np.ceil(last - first)) + 1)
    values = track(timeline.moments(knots))
    if full_turn is not None:
        values = np.unwrap(values, axis=0, period=full_turn)
    mean: Array = (_area(knots, values, timeline.at) - _area(knots, values, timeline.at - lag)) / lag
    return mean


def _area(knots: Array, values: Array, at: Array) -> Array:
    """Return the integral [T, D], from the first of ``knots`` [N] on, of straight lines through ``values`` [N, D]."""
    gaps = np.diff(knots)[:, None]
    areas = np.concatenate([np.zeros_like(values[:1]), np.cumsum((values[1:] + values[:-1]) / 2 * gaps, axis=0)])
    left = np.clip(np.searchsorted(knots, at, side="right") - 1, 0, len(gaps) - 1)
    # Outside, the line goes on level.
    inside = np.clip(at, knots[0], knots[-1])
    since = (inside - knots[left])[:, None]
    slope = (values[left + 1] - values[left]) / gaps[left]
    outside = (at - inside)[:, None] * np.where(at[:, None] < knots[0], values[0], values[-1])
    area: Array = areas[left] + values[left] * since + slope * since * since / 2 + outside
    return area
