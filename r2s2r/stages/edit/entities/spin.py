"""Spin: an entity turns about an axis of its own."""

from dataclasses import replace

import numpy as np

from r2s2r.geometry.transforms import Array
from r2s2r.spec.edits import SpinEdit
from r2s2r.stages.edit.entities.path import EntityPath
from r2s2r.stages.edit.here import EntityHere
from r2s2r.stages.edit.turns import about

_AXES = {"x": (1.0, 0.0, 0.0), "y": (0.0, 1.0, 0.0), "z": (0.0, 0.0, 1.0)}


def spun(path: EntityPath, edit: SpinEdit, here: EntityHere) -> EntityPath:
    """Turn it about its pivot, which stays; by any number of whole turns."""
    turn = about(_axis(edit), edit.angle_deg * here.timeline.share(edit))
    return replace(path, rotation=path.rotation @ turn).pinned(edit.pivot, path)


def _axis(edit: SpinEdit) -> Array:
    axis = np.asarray(_AXES[edit.axis] if isinstance(edit.axis, str) else edit.axis, np.float64)
    # By its largest number first, so that neither a tiny nor a huge one loses its direction.
    axis = axis / np.abs(axis).max()
    unit: Array = axis / np.linalg.norm(axis)
    return unit
