"""Which axes a video's normals have, from what its silhouettes say."""

from dataclasses import dataclass
from typing import Literal, TypeAlias, get_args

import numpy as np

from r2s2r.geometry.transforms import Array
from r2s2r.stages.diffuse.axes import NormalConvention, signs_of
from r2s2r.stages.diffuse.silhouettes import Evidence

Axis: TypeAlias = Literal["x", "y", "z"]

_CHANNELS = ("red", "green", "blue")
_ENOUGH_PX = 100.0
"""Length of silhouettes that face along an axis, over all pictures, from which on their word is taken."""
_SURE = 0.8
"""Share that has to agree. Silhouettes of whole bodies reach 0.95 and more; parts that are cut off speak at random."""
_SURE_OF_FACING = 0.95
_CLEAR = 0.1
"""Mean difference, of 1 at most, between silhouette and entity; flat things have none."""
_UNIT_SHARE = 0.7


@dataclass(frozen=True)
class AxisSign:
    """What is known of one axis.

    Attributes:
        axis: ``x`` to the right in red, ``y`` up in green, ``z`` towards the viewer in blue.
        sign: 1 as said, -1 the other way, 0 not known.
        agreement: Share of the evidence that is for that way; None where the normals turn nowhere with the silhouette.
        evidence_px: Silhouette pixels that face along the axis; for ``z`` pixels of entities.
    """

    axis: Axis
    sign: Literal[-1, 0, 1]
    agreement: float | None
    evidence_px: int


def axis_signs(evidence: Evidence) -> tuple[AxisSign, AxisSign, AxisSign]:
    """Return what is known of x, y and z."""
    x, y, z = (_sign(evidence, channel, channel) for channel in range(3))
    return x, y, z


def are_normals(evidence: Evidence) -> bool:
    """Tell whether most colours are vectors of length 1; true of a picture that shows nothing."""
    return evidence.unit_px >= _UNIT_SHARE * evidence.entity_px


def faces_both_ways(z: AxisSign) -> bool:
    """Tell whether much of what is seen faces away from the viewer, as no normals of the camera's frame do."""
    return z.sign == 0 and z.evidence_px >= _ENOUGH_PX


def fitting(signs: tuple[AxisSign, AxisSign, AxisSign]) -> tuple[NormalConvention, ...]:
    """Return the conventions that nothing known speaks against."""
    return tuple(
        convention
        for convention in get_args(NormalConvention)
        if all(known.sign in (0, sign) for known, sign in zip(signs, signs_of(convention), strict=True))
    )


def channel_order(evidence: Evidence) -> tuple[str, str, str] | None:
    """Return which colours x, y and z are in, where that is beyond doubt and not red, green, blue."""
    carries = np.array([[_sign(evidence, channel, axis).sign != 0 for channel in range(3)] for axis in range(3)])
    order = carries.argmax(axis=1)
    if (carries.sum(axis=1) != 1).any() or len(set(order)) < 3 or list(order) == [0, 1, 2]:
        return None
    x, y, z = (_CHANNELS[channel] for channel in order)
    return x, y, z


def _sign(evidence: Evidence, channel: int, axis: int) -> AxisSign:
    """Return what is known of an axis if it is in a channel."""
    if axis == 2:
        favour, against = evidence.towards[channel], evidence.away[channel]
        length, sure, clear = float(evidence.unit_px), _SURE_OF_FACING, True
    else:
        favour, against = evidence.agreeing[channel, axis], evidence.opposing[channel, axis]
        length, sure = float(evidence.facing_px[axis]), _SURE
        clear = bool(abs(favour - against) >= _CLEAR * length)
    share, name = _share(favour, against), get_args(Axis)[axis]
    if share is None or not clear:
        return AxisSign(name, 0, None, round(length))
    agreement = max(share, 1 - share)
    if agreement < sure or length < _ENOUGH_PX:
        return AxisSign(name, 0, agreement, round(length))
    return AxisSign(name, 1 if share > 0.5 else -1, agreement, round(length))


def _share(favour: Array, against: Array) -> float | None:
    both = float(favour + against)
    return float(favour) / both if both > 0 else None
