"""An entity's shadow: what is darker than the ground at the same colour, and reaches to where the entity stands."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from r2s2r.artifacts.footage import Footage
from r2s2r.artifacts.mask import Mask
from r2s2r.geometry.spread import evenly
from r2s2r.stages.lift.dilated import dilated

_Mask = NDArray[np.bool_]
_Picture = NDArray[np.float32]
_LONG_PX = 480
_MAX_SAMPLES = 25
# The rank, among what was seen at a pixel, that is lit: a slow shadow lies there for more than half of the time.
_LIT = 0.8
# A shadow leaves this share of the light: more is noise, less is another thing.
_DARKEST, _LIGHTEST = 0.15, 0.88
# How far the channels' shares may lie apart: the sky still lights a shadow, so it is a little bluer.
_SAME_COLOUR = 0.16
# In sensor values (0..255, linear): what is darker has no colour to compare.
_DARK = 4.0
# Seen from the entity: where its lower part begins; how much of it a shadow covers at least, and at most.
_LOWER = 0.5
_MIN_AREA, _MAX_AREA = 0.01, 3.0
# How much of the ground round its foot must have been seen without the entity, to be known.
_KNOWN = 0.7
# Share of the long side that a mask is grown by for blur and soft edges.
_GROWN = 1 / 240


@dataclass(frozen=True, eq=False)
class Shadows:
    """What was found of a shadow.

    Attributes:
        reference: [H, W] where it is in the reference frame.
        standing: [H, W] the same, of an entity that stands still: to be carried along with it; else empty.
        ground: [h, w, 3] linear light of the ground without entity, NaN where unknown; None of one that stands still.
        findings: What the author should know.
    """

    reference: _Mask
    standing: _Mask
    ground: _Picture | None = None
    findings: tuple[str, ...] = ()

    @classmethod
    def none(cls, shape: tuple[int, ...]) -> "Shadows":
        """No shadow was asked for."""
        return cls(np.zeros(shape, bool), np.zeros(shape, bool))

    def in_frame(self, frame: NDArray[np.uint8], own: _Mask) -> _Mask:
        """Return where the shadow of an entity that moves is in a frame [H, W, 3] that shows it at ``own`` [H, W]."""
        if self.ground is None or not own.any():
            return np.zeros(own.shape, bool)
        height, width = self.ground.shape[:2]
        small = _is_shadow(_linear(frame, (height, width)), self.ground, _resized(own, (height, width)))
        return _resized(small, own.shape)


def find_shadows(footage: Footage, mask: Mask) -> Shadows:
    """Find an entity's shadow.

    Of one that moves, in each frame by itself: against the ground as other frames show it, which is taken to be still.
    Of one that stands, in the reference frame against the ground beside it.
    """
    own, frame = mask.reference_mask(), footage.reference_frame()
    empty = np.zeros(own.shape, bool)
    scale = min(1.0, _LONG_PX / max(own.shape))
    shape = max(8, round(own.shape[0] * scale)), max(8, round(own.shape[1] * scale))
    small = _resized(own, shape)
    ground = _seen_ground(footage, mask, shape)
    if _is_known(ground, small):
        found = Shadows(empty, empty, ground)
        reference = found.in_frame(frame, own)
        if reference.any():
            return Shadows(reference, empty, ground)
    light = _linear(frame, shape)
    standing = _resized(_is_shadow(light, _ground_beside(light, small), small), own.shape) & ~own
    return Shadows(standing, standing, None, () if standing.any() else (_NONE_FOUND,))


_NONE_FOUND = (
    "no shadow of it is found: nothing that reaches its lower part is darker than the ground at the same colour; if "
    "there is one, give it in also_remove as a polygon_px"
)


def _seen_ground(footage: Footage, mask: Mask, shape: tuple[int, int]) -> _Picture:
    """Return the ground without the entity, in full light [h, w, 3], from some frames; NaN where it was never seen."""
    followed = sorted(set(range(len(footage.facts.times_s))) - set(mask.facts.lost))
    wanted = evenly(followed, _MAX_SAMPLES)
    light = np.full((len(wanted), *shape, 3), np.nan, np.float32)
    for index, (frame, own) in enumerate(zip(footage.frames(wanted), mask.frames(wanted), strict=True)):
        seen = ~dilated(_resized(own, shape), 2 * _blur_px(shape))
        light[index][seen] = _linear(frame, shape)[seen]
    light.sort(axis=0)  # NaN come last
    times = (~np.isnan(light)).sum(axis=0, keepdims=True)
    rank = np.maximum((_LIT * (times - 1)).astype(int), 0)
    lit: _Picture = np.take_along_axis(light, rank, axis=0)[0]
    return lit


def _is_known(ground: _Picture, own: _Mask) -> bool:
    """Whether most of what lies under the entity's lower part was seen."""
    under = own & _lower(own)
    return bool(under.any() and (~np.isnan(ground[..., 0]))[under].mean() >= _KNOWN)


def _ground_beside(light: _Picture, own: _Mask) -> _Picture:
    """Return the ground [h, w, 3] as it is lit beside an entity's lower part: one colour, the brighter half's."""
    rows, columns = np.nonzero(own)
    size = int(max(rows.max() - rows.min(), columns.max() - columns.min())) + 1
    reach = dilated(own & _lower(own), max(4, size // 3)) & ~dilated(own, 2 * _blur_px(own.shape))
    reach[: int(rows.max() - size // 4)] = False
    if not reach.any():
        return np.full_like(light, np.nan)
    samples = light[reach]
    brightness = samples.mean(axis=1)
    lit = samples[brightness >= np.median(brightness)]
    return np.broadcast_to(np.median(lit, axis=0).astype(np.float32), light.shape)


def _is_shadow(light: _Picture, ground: _Picture, own: _Mask) -> _Mask:
    """Return what is darker than the ground at the same colour and reaches to the entity's lower part, all [h, w]."""
    if not own.any():
        return np.zeros(own.shape, bool)
    known = ~np.isnan(ground).any(axis=2) & (ground.min(axis=2) > _DARK)
    shares = cv2.blur(light, (3, 3)) / np.where(known[..., None], cv2.blur(ground, (3, 3)), 1)
    share = shares.mean(axis=2)
    apart = (shares.max(axis=2) - shares.min(axis=2)) / np.maximum(share, 0.05)
    dark = known & (share > _DARKEST) & (share < _LIGHTEST) & (apart < 2 * _SAME_COLOUR) & ~own
    dark = cv2.morphologyEx(dark.astype(np.uint8), cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
    _, labels, stats, _ = cv2.connectedComponentsWithStats(dark)
    areas = stats[:, cv2.CC_STAT_AREA]
    near = dilated(own & _lower(own), 3 * _blur_px(own.shape))
    kept = np.zeros(len(areas), bool)
    kept[np.unique(labels[near])] = True
    kept[0] = False
    kept &= (areas >= _MIN_AREA * own.sum()) & (areas <= _MAX_AREA * own.sum())
    if not kept.any():
        return np.zeros(own.shape, bool)
    # Its soft edge, and the rim that the entity's blur hides.
    return dilated(np.asarray(kept[labels]), _blur_px(own.shape)) & ~own


def _lower(own: _Mask) -> _Mask:
    rows = np.nonzero(own.any(axis=1))[0]
    return np.broadcast_to((np.arange(own.shape[0]) >= rows[-1] - _LOWER * np.ptp(rows))[:, None], own.shape)


def _linear(frame: NDArray[np.uint8], shape: tuple[int, int]) -> _Picture:
    small = cv2.resize(frame, shape[::-1], interpolation=cv2.INTER_AREA)
    return np.asarray((small.astype(np.float32) / 255) ** 2.2 * 255, np.float32)


def _resized(mask: _Mask, shape: tuple[int, ...]) -> _Mask:
    return np.asarray(cv2.resize(mask.astype(np.float32), shape[1::-1], interpolation=cv2.INTER_LINEAR)) >= 0.5


def _blur_px(shape: tuple[int, ...]) -> int:
    return max(1, round(_GROWN * max(shape)))
