"""Scale: an entity grows or shrinks."""

from dataclasses import replace

import numpy as np

from r2s2r.geometry.transforms import Array
from r2s2r.spec.edits import ScaleEdit
from r2s2r.stages.edit.entities.path import EntityPath
from r2s2r.stages.edit.here import EntityHere


def scaled(path: EntityPath, edit: ScaleEdit, here: EntityHere) -> EntityPath:
    """Scale it along its own axes about its pivot, which stays; halfway to twice its size it is 1.5 times as large."""
    share = here.timeline.share(edit)[:, None]
    after = replace(path, scale=path.scale * (1 + (_factor(path, edit, here) - 1) * share))
    return after.pinned(edit.pivot, path)


def _factor(path: EntityPath, edit: ScaleEdit, here: EntityHere) -> Array:
    """Return the whole factor [T or 1, 3]; for a height, it is whatever is missing from that so far."""
    if edit.height_m is None:
        return np.broadcast_to(np.asarray(edit.factor, np.float64), (1, 3))
    return np.repeat(edit.height_m / path.height_m(here.shot.box_m(here.name))[:, None], 3, axis=1)
