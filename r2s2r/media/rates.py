"""Rates: frames a second as files of other programs say them."""

from fractions import Fraction

_SLOWEST, _FASTEST = 1e-3, 1e6


def rate_from(fps: float | None) -> Fraction | None:
    """Return a rate; None for what is none: not said, not a number, or beyond all bounds."""
    if fps is None or not _SLOWEST <= fps <= _FASTEST:
        return None
    return Fraction(fps).limit_denominator(1001)
