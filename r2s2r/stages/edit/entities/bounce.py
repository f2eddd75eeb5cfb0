"""Bounce: an entity goes up and comes down again, like a ball."""

from dataclasses import replace

import numpy as np

from r2s2r.geometry.transforms import Array
from r2s2r.spec.edits import BounceEdit
from r2s2r.stages.edit.entities.hops import Hops
from r2s2r.stages.edit.entities.lowest import lowest_m
from r2s2r.stages.edit.entities.path import EntityPath
from r2s2r.stages.edit.here import EntityHere

_UP = np.array([0.0, 1.0, 0.0])


def bounced(path: EntityPath, edit: BounceEdit, here: EntityHere) -> EntityPath:
    """Lift it off what it stands on, wherever it has come to by then, and squash it where it leaves and lands."""
    first, last = here.timeline.span(edit.from_, edit.to)
    if last <= first:
        return path
    hops = Hops.between(first, last, height_m=_height_m(edit, here, first), times=edit.times, decay=edit.decay)
    pressed = hops.contact(here.timeline.at)
    after = _squashed(path, 1 - edit.squash * pressed, here) if edit.squash else path
    return after.moved(hops.height_m(here.timeline.at)[:, None] * _UP)


def _height_m(edit: BounceEdit, here: EntityHere, first: float) -> float:
    if edit.height_m is not None:
        return edit.height_m
    assert edit.height is not None, "the spec wants one of both"
    return edit.height * float(here.so_far(here.timeline.moment(first)).height_m(here.shot.box_m(here.name))[0])


def _squashed(path: EntityPath, factor: Array, here: EntityHere) -> EntityPath:
    """Press an entity down to ``factor`` [T] of its height, onto its lowest point; it keeps its volume.

    However it is turned: each of its axes is shortened by as much as it is upright, and lengthened by as much as it
    lies, so that nothing shears.
    """
    upright = path.facing[:, 1] ** 2
    after = replace(path, scale=path.scale * np.power(np.repeat(factor[:, None], 3, axis=1), (3 * upright - 1) / 2))
    pressed = factor < 1
    shape = here.shot.shape(here.name, here.timeline.only(pressed))
    down_m = np.zeros(len(factor))
    down_m[pressed] = lowest_m(path.linear[pressed], shape) - lowest_m(after.linear[pressed], shape)
    return after.moved(down_m[:, None] * _UP)
