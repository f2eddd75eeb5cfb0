"""Easing: how far a move is along, for how much of its time has passed."""

from typing import Literal, TypeAlias, assert_never

from r2s2r.geometry.transforms import Array

Ease: TypeAlias = Literal["linear", "in", "out", "in_out"]


def eased(share: Array, ease: Ease) -> Array:
    """Return the eased share [T], 0..1, of the elapsed share [T], 0..1.

    ``in_out`` is the cubic ``3 u^2 - 2 u^3``, which starts and ends at rest; ``in`` is its first half (starts at rest,
    ends at its greatest speed), ``out`` its second half; each stretched to the whole move.
    """
    match ease:
        case "linear":
            return share
        case "in":
            return 2 * smoothstep(share / 2)
        case "out":
            return 2 * smoothstep((1 + share) / 2) - 1
        case "in_out":
            return smoothstep(share)
    assert_never(ease)


def eased_area(share: Array, ease: Ease) -> Array:
    """Return the integral [T], from 0 on, of ``eased`` up to the elapsed share [T], 0..1."""
    match ease:
        case "linear":
            return share * share / 2
        case "in":
            return 4 * _smoothstep_area(share / 2)
        case "out":
            return 4 * (_smoothstep_area((1 + share) / 2) - 3 / 32) - share
        case "in_out":
            return _smoothstep_area(share)
    assert_never(ease)


def smoothstep(share: Array) -> Array:
    """Return ``3 u^2 - 2 u^3``: from 0 to 1, at rest at both ends."""
    return share * share * (3 - 2 * share)


def _smoothstep_area(share: Array) -> Array:
    return share * share * share * (1 - share / 2)
