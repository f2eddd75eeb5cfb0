"""The one animation of a USD stage: its timeline."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pxr import Usd, UsdGeom

from r2s2r.media.assets.usd.pieces import Piece


@dataclass(frozen=True)
class Timeline:
    """From when to when, in the stage's time codes, and how many of them pass in a second."""

    start: float
    end: float
    codes_per_second: float

    @property
    def duration_s(self) -> float:
        """How long it lasts."""
        return (self.end - self.start) / self.codes_per_second


def timeline(stage: Usd.Stage, pieces: Sequence[Piece]) -> Timeline | None:
    """Return a stage's timeline, where it does not say from the first key to the last; None when nothing moves."""
    if not any(piece.moving() for piece in pieces):
        return None
    per_second = float(stage.GetTimeCodesPerSecond()) or 24.0
    if stage.HasAuthoredTimeCodeRange() and stage.GetEndTimeCode() > stage.GetStartTimeCode():
        return Timeline(stage.GetStartTimeCode(), stage.GetEndTimeCode(), per_second)
    keys = [key for piece in pieces for key in _keys(piece)]
    return Timeline(min(keys, default=0.0), max(keys, default=0.0), per_second)


def _keys(piece: Piece) -> Iterator[float]:
    yield from piece.mesh.GetPointsAttr().GetTimeSamples()
    animation = None if piece.skeleton is None else piece.skeleton.GetAnimQuery()
    if animation:
        yield from animation.GetJointTransformTimeSamples()
    prim = piece.mesh.GetPrim()
    while prim and not prim.IsPseudoRoot():
        xform = UsdGeom.Xformable(prim)
        if xform:
            yield from xform.GetTimeSamples()
        prim = prim.GetParent()
