"""Course: where a route leads, at any moment."""

from collections.abc import Sequence

import numpy as np

from r2s2r.geometry.arc_length import ArcLength
from r2s2r.geometry.curves import interpolate
from r2s2r.geometry.transforms import Array
from r2s2r.spec.moves import PathPoint, Route
from r2s2r.stages.edit.places import PlacedAt, handles
from r2s2r.stages.edit.timeline import Timeline


class Course:
    """The curve of a route: places in the world, or offsets from the place so far.

    Points without times are as far apart on their curve as the square roots of their distances: the centripetal
    parametrisation, which makes neither loops nor cusps where points are unevenly spaced. What is seen of it goes by
    arc length.

    Attributes:
        knots: [K] rising frames, from its first to its last, between which it goes smoothly.
    """

    def __init__(self, route: Route, timeline: Timeline) -> None:
        self._route, self._timeline = route, timeline
        points = _points(route)
        self._points_m = np.array([point.position_m for point in points], np.float64)
        into, out = [point.handle_in_m for point in points], [point.handle_out_m for point in points]
        self._handles = handles(into, out, route.curve)
        self._times = self._timed(points) if route.is_timed else _spaced(self._points_m)
        # A closed curve has its last point once more before it and its second once more after it, to flow through both.
        inside = self._times[1:-1] if route.closed and len(self._times) > 3 else self._times
        self._arc = ArcLength(self._curve_m, inside)
        self.knots = self._times if route.is_timed else self._passed()

    def at(self, moments: Array) -> Array:
        """Return places or offsets [T, 3] at moments [T] in frames."""
        if not self._route.is_timed:
            share = self._timeline.moments(moments).share(self._route)
            return self._curve_m(self._arc.moment_of(share * self._arc.total_m))
        return self._curve_m(self._arc.evenly(moments) if self._route.constant_speed else moments)

    def along(self, so_far: PlacedAt) -> PlacedAt:
        """Return where in the world it leads, for where what travels is so far."""
        return (lambda moments: so_far(moments) + self.at(moments)) if self._route.relative else self.at

    def _curve_m(self, parameters: Array) -> Array:
        return interpolate(self._times, self._points_m, at=parameters, curve=self._route.curve, handles=self._handles)

    def _timed(self, points: Sequence[PathPoint]) -> Array:
        return np.array([self._timeline.frame_of(point.at) for point in points if point.at is not None])

    def _passed(self) -> Array:
        """Return frames of a route without times: so many that each stretch of it has some."""
        first, last = self._timeline.span(self._route.from_, self._route.to)
        return np.linspace(first, max(first, last), max(2, len(self._times)))


def _spaced(points_m: Array) -> Array:
    apart_m = np.linalg.norm(np.diff(points_m, axis=0), axis=1)
    return np.concatenate([[0.0], np.cumsum(np.sqrt(apart_m))])


def _points(route: Route) -> list[PathPoint]:
    """Return the points a curve goes through; without times, one at the place of the one before it means nothing."""
    points = list(route.knots)
    if route.is_timed:
        return points
    apart = [
        point for index, point in enumerate(points) if index == 0 or point.position_m != points[index - 1].position_m
    ]
    if not route.closed or len(apart) < 2:
        return apart
    if apart[0].position_m == apart[-1].position_m:
        apart.pop()
    return [apart[-1], *apart, apart[0], apart[1]]
