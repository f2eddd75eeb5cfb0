"""Arc length: how far along a curve a moment is, and which moment is how far along."""

from collections.abc import Callable

import numpy as np

from r2s2r.geometry.curves import left_of
from r2s2r.geometry.transforms import Array

# Chords between two knots; the length is then short by about a hundred-thousandth on a quarter of a circle.
_CHORDS = 128
# Halvings of a chord's time; what is then left of it is straight.
_HALVINGS = 20


class ArcLength:
    """Lengths along a curve, measured once at moments that depend on its knots alone.

    Between two knots the length is a cubic spline of the moment through the sums of chords; at a knot
    the curve may turn a corner or change its speed.

    Attributes:
        knots: [K] rising.
        lengths_m: [K] how far from the first knot each is.
    """

    def __init__(self, place: Callable[[Array], Array], knots: Array) -> None:
        """Measure ``place``, which returns points [N, 3] for moments [N], from the first of ``knots`` to the last."""
        from scipy.interpolate import CubicSpline  # slow to import, and few shots measure a curve

        self.knots, self._share = knots, np.arange(_CHORDS + 1) / _CHORDS
        moments = knots[:-1, None] + np.diff(knots)[:, None] * self._share
        points_m = place(moments.ravel()).reshape(*moments.shape, 3)
        with np.errstate(over="ignore", invalid="ignore"):
            within_m = np.cumsum(np.linalg.norm(np.diff(points_m, axis=1), axis=2), axis=1)
        # A way too long for numbers counts as none: whoever asks for its points finds them.
        within_m = within_m if np.isfinite(within_m).all() else np.zeros_like(within_m)
        self.lengths_m = np.concatenate([[0.0], np.cumsum(within_m[:, -1])])
        along_m = self.lengths_m[:-1, None] + np.concatenate([np.zeros((len(within_m), 1)), within_m], axis=1)
        self._starts_m = along_m[:, :-1].ravel()
        # [4, (K - 1) * chords] of every chord, highest power first, of the share of the stretch since the chord began.
        self._cubics = CubicSpline(self._share, along_m.T).c.transpose(0, 2, 1).reshape(4, -1)

    @property
    def total_m(self) -> float:
        """The length of the whole curve."""
        return float(self.lengths_m[-1])

    def length_of(self, moments: Array) -> Array:
        """Return how far along moments [T] are; before the first and after the last knot, as there."""
        if self.total_m == 0:
            return np.zeros_like(moments)
        left = left_of(self.knots, moments)
        share = np.clip((moments - self.knots[left]) / (self.knots[left + 1] - self.knots[left]), 0, 1)
        chord = np.clip((share * _CHORDS).astype(np.intp), 0, _CHORDS - 1)
        return _length(self._cubics[:, left * _CHORDS + chord], share - self._share[chord])

    def moment_of(self, lengths_m: Array) -> Array:
        """Return the moments that are so far along, [T]; of a curve that stands still, its first."""
        if self.total_m == 0:
            return np.full_like(lengths_m, self.knots[0])
        chord = np.clip(np.searchsorted(self._starts_m, lengths_m, side="right") - 1, 0, None)
        cubics, within, step = self._cubics[:, chord], np.zeros_like(lengths_m), 1 / _CHORDS
        for _ in range(_HALVINGS):
            step = step / 2
            within = np.where(_length(cubics, within + step) <= lengths_m, within + step, within)
        begins_m, ends_m = _length(cubics, within), _length(cubics, within + step)
        rest = (lengths_m - begins_m) / np.where(ends_m > begins_m, ends_m - begins_m, 1.0)
        left = chord // _CHORDS
        share = self._share[chord % _CHORDS] + within + step * np.clip(rest, 0, 1)
        moments: Array = self.knots[left] + share * (self.knots[left + 1] - self.knots[left])
        return moments

    def evenly(self, moments: Array) -> Array:
        """Return the moments [T] at which the curve is where it would be at constant speed from first to last knot."""
        if self.total_m == 0:
            return moments
        first, last = self.knots[0], self.knots[-1]
        share = np.clip((moments - first) / (last - first), 0, 1)
        inside = (moments > first) & (moments < last)
        return np.where(inside, self.moment_of(share * self.total_m), moments)


def _length(cubics: Array, share: Array) -> Array:
    """Return the values [T] of cubics [4, T], highest power first."""
    cubed, squared, once, start = cubics
    length_m: Array = ((cubed * share + squared) * share + once) * share + start
    return length_m
