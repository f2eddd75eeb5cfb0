"""Floors: what an entity can fall on, and how far it is from it."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from r2s2r.geometry.contact import Surface, fall_m
from r2s2r.geometry.transforms import Array
from r2s2r.stages.edit.entities.frame import Frame
from r2s2r.stages.edit.entities.lowest import lowest_m
from r2s2r.stages.edit.entities.path import EntityPath
from r2s2r.stages.edit.here import EntityHere
from r2s2r.stages.edit.timeline import Timeline
from r2s2r.stages.edit.turns import applied

# Of the height of what is let go: it may begin that deep in what it falls on, and is then lifted out of it.
_TOLERANCE = 0.05
# Poses that differ by less are one.
_EQUAL = 1e-10


@dataclass(frozen=True, eq=False)
class Faller:
    """What falls: turned, scaled and bent as at each moment, but kept where it was let go.

    Attributes:
        here: The place of the edit that lets it go.
        origin_m: [3] where it is let go.
    """

    here: EntityHere
    origin_m: Array

    def linear(self, timeline: Timeline) -> Array:
        """Return the linear part [T, 3, 3] of its ``world_from_entity``."""
        return self.here.so_far(timeline).linear

    def lowest_m(self, timeline: Timeline) -> Array:
        """Return the height [T] of its lowest vertex, in the world."""
        shape = self.here.shot.shape(self.here.name, timeline)
        low_m: Array = self.origin_m[1] + lowest_m(self.linear(timeline), shape)
        return low_m

    def surface(self, timeline: Timeline) -> Surface:
        """Return its mesh in the world, at the timeline's only moment."""
        name, shot = self.here.name, self.here.shot
        world = _mapped(self.linear(timeline)[0], self.origin_m, shot.shape(name, timeline).vertices(0))
        return Surface(world, shot.meshes[name].faces)

    def is_still(self, timeline: Timeline) -> bool:
        """Whether it is the same at all moments."""
        return not self.here.shot.shape(self.here.name, timeline).changes and _is_one(self.linear(timeline))


class Floor(Protocol):
    """What an entity falls on. A seam, so that falling does not ask what that is."""

    def falls_m(self, faller: Faller, timeline: Timeline, landed: float | None = None) -> Array:
        """Return how far [T] what falls is above it; infinite where it would miss it.

        From the frame ``landed`` on it has gone along with it.
        """

    def nearest_m(self, faller: Faller, timeline: Timeline) -> Array:
        """Return what ``falls_m`` is at least [T], at little cost."""

    def is_still(self, timeline: Timeline) -> bool:
        """Whether it is the same at all moments."""

    def is_rigid(self, timeline: Timeline) -> bool:
        """Whether it keeps its form, and at most moves."""

    def carried(self, path: EntityPath, timeline: Timeline, landed: float) -> EntityPath:
        """Return the path of what goes along with it from the frame ``landed`` on."""


class Ground:
    """The plane y = 0."""

    def falls_m(self, faller: Faller, timeline: Timeline, landed: float | None = None) -> Array:
        """See ``Floor``."""
        return faller.lowest_m(timeline)

    def nearest_m(self, faller: Faller, timeline: Timeline) -> Array:
        """See ``Floor``."""
        return faller.lowest_m(timeline)

    def is_still(self, timeline: Timeline) -> bool:
        """See ``Floor``."""
        return True

    def is_rigid(self, timeline: Timeline) -> bool:
        """See ``Floor``."""
        return True

    def carried(self, path: EntityPath, timeline: Timeline, landed: float) -> EntityPath:
        """See ``Floor``."""
        return path


@dataclass(frozen=True, eq=False)
class Top:
    """The surface of another entity.

    Attributes:
        name: Of that.
        here: The place of the edit that lets something fall on it.
    """

    name: str
    here: EntityHere

    def falls_m(self, faller: Faller, timeline: Timeline, landed: float | None = None) -> Array:
        """See ``Floor``."""
        return np.array([self._fall_m(faller, timeline.moment(at), landed) for at in timeline.at])

    def _fall_m(self, faller: Faller, moment: Timeline, landed: float | None) -> float:
        low, high = faller.here.shot.box_m(faller.here.name)
        tolerance_m = _TOLERANCE * float(high[1] - low[1]) * float(np.linalg.norm(faller.linear(moment)[0, :, 1]))
        return fall_m(faller.surface(moment), self._surface(moment, landed), tolerance_m=tolerance_m)

    def _surface(self, moment: Timeline, landed: float | None) -> Surface:
        """Return its mesh as it was when something landed on it, but bent and scaled as it is now."""
        shot = self.here.shot
        path, vertices = shot.entity(self.name, moment), shot.shape(self.name, moment).vertices(0)
        world = _mapped(path.linear[0], path.position_m[0], vertices)
        if landed is not None and moment.at[0] > landed:
            now, then = self._frame(moment.at, moment), self._frame(np.array([landed]), moment)
            back = then.facing[0] @ now.facing[0].T
            world = _mapped(back, then.middle_m[0], world - now.middle_m[0])
        return Surface(world, shot.meshes[self.name].faces)

    def _frame(self, at: Array, timeline: Timeline) -> Frame:
        return Frame.of(self.name, self.here.at(timeline.moments(at)))

    def nearest_m(self, faller: Faller, timeline: Timeline) -> Array:
        """See ``Floor``."""
        boxes_m = self.here.shot.room(self.name, timeline).boxes_m
        path = self.here.shot.entity(self.name, timeline)
        up = path.linear[:, 1]
        highest_m = path.position_m[:, 1] + np.maximum(up * boxes_m[:, 0], up * boxes_m[:, 1]).sum(axis=1)
        nearest_m: Array = faller.lowest_m(timeline) - highest_m
        return nearest_m

    def is_still(self, timeline: Timeline) -> bool:
        """See ``Floor``."""
        path = self.here.shot.entity(self.name, timeline)
        return self.is_rigid(timeline) and _is_one(path.world_from_entity)

    def is_rigid(self, timeline: Timeline) -> bool:
        """See ``Floor``."""
        unchanged = not self.here.shot.shape(self.name, timeline).changes
        return unchanged and _is_one(self.here.shot.entity(self.name, timeline).scale)

    def carried(self, path: EntityPath, timeline: Timeline, landed: float) -> EntityPath:
        """See ``Floor``."""
        now = self._frame(np.maximum(timeline.at, landed), timeline)
        then = self._frame(np.array([landed]), timeline)
        about_m = np.broadcast_to(then.middle_m, path.position_m.shape)
        return path.turned(now.facing @ then.facing[0].T, about_m).moved(now.middle_m - then.middle_m)


def _mapped(linear: Array, origin_m: Array, points: NDArray[np.float32] | Array) -> Array:
    """Return points [V, 3] as a matrix [3, 3] and an origin [3] place them, each by itself, without a BLAS product."""
    return applied(np.broadcast_to(linear, (len(points), 3, 3)), points.astype(np.float64)) + origin_m


def _is_one(values: Array) -> bool:
    return bool(np.all(np.abs(values - values[:1]) <= _EQUAL))
