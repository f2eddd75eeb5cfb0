"""Finds an entity again that the optical flow has lost: behind something, by a quick move, or out of the picture."""

import cv2
import numpy as np
from numpy.typing import NDArray

from r2s2r.geometry.transforms import Array
from r2s2r.stages.lift.dilated import dilated
from r2s2r.stages.lift.masking.colour_model import ColourModel, lab_from_rgb
from r2s2r.stages.lift.masking.grabcut import grab_cut

_Picture = NDArray[np.float32]
_LONG_PX = 240
_ROUNDS = 2
# A place looks like the entity when its pixels correlate as much with what was last seen of it, light and contrast set
# apart; and when its colours are the entity's rather than the background's.
_MIN_CORRELATION = 0.55
_MIN_LIKENESS = 0.4
# What is then cut out has to be about that large, and to lie there.
_MAX_CHANGE = 1.8
_MIN_OVERLAP = 0.55
# How far round the place the entity may reach, as a share of its size.
_ROOM = 0.25


class Look:
    """What an entity looked like in one frame [H, W, 3] with its matte [H, W]; knows it again elsewhere."""

    def __init__(self, frame: NDArray[np.uint8], matte: _Picture) -> None:
        self._scale = min(1.0, _LONG_PX / max(matte.shape))
        lab = _reduced(frame, self._scale)
        mask = cv2.resize(matte, lab.shape[1::-1], interpolation=cv2.INTER_AREA) > 0.5
        rows, columns = np.nonzero(mask)
        self._is_something = len(rows) >= 30
        if self._is_something:
            box = slice(rows.min(), rows.max() + 1), slice(columns.min(), columns.max() + 1)
            self._lab, self._mask = lab[box].astype(np.float32), mask[box]

    def find(self, frame: NDArray[np.uint8], model: ColourModel) -> _Picture | None:
        """Return the matte [H, W] of the entity in another frame; None when it is not found there."""
        if not self._is_something:
            return None
        lab = _reduced(frame, self._scale)
        height, width = self._mask.shape
        room = height // 2, width // 2
        # It may be half outside the picture.
        padded = cv2.copyMakeBorder(lab, room[0], room[0], room[1], room[1], cv2.BORDER_REPLICATE)
        likelihood = model.likelihood(lab)
        correlation = self._correlation(np.asarray(padded, np.uint8))
        row, column = np.unravel_index(int(correlation.argmax()), correlation.shape)
        if correlation[row, column] < _MIN_CORRELATION:
            return None
        place = _placed(self._mask, lab.shape, int(row) - room[0], int(column) - room[1])
        if not place.any() or likelihood[place].mean() < _MIN_LIKENESS:
            return None
        found = _cut(lab, place)
        if not _fits(found, place):
            return None
        matte = cv2.resize(found.astype(np.float32), frame.shape[1::-1], interpolation=cv2.INTER_LINEAR)
        return np.asarray(matte, np.float32)

    def _correlation(self, padded: NDArray[np.uint8]) -> Array:
        mask = self._mask.astype(np.float32)
        scores = [
            cv2.matchTemplate(
                np.ascontiguousarray(padded[..., channel], np.float32), part, cv2.TM_CCOEFF_NORMED, mask=mask
            )
            for channel, part in enumerate(np.ascontiguousarray(np.moveaxis(self._lab, 2, 0)))
        ]
        # Where all is of one colour it divides by zero; both infinities would make the mean warn.
        mean: Array = np.mean(np.nan_to_num(scores, nan=-1, posinf=-1, neginf=-1), axis=0)
        return mean


def _placed(mask: NDArray[np.bool_], shape: tuple[int, ...], row: int, column: int) -> NDArray[np.bool_]:
    """Return a small mask put into a picture [H, W, ...]; what lies outside is cut off."""
    whole = np.zeros(shape[:2], bool)
    rows, columns = slice(max(0, row), row + mask.shape[0]), slice(max(0, column), column + mask.shape[1])
    seen = mask[max(0, -row) :, max(0, -column) :]
    part = whole[rows, columns]
    part[:] = seen[: part.shape[0], : part.shape[1]]
    return whole


def _cut(lab: NDArray[np.uint8], place: NDArray[np.bool_]) -> NDArray[np.bool_]:
    around = dilated(place, max(1, round(_ROOM * float(np.sqrt(place.sum())))))
    labels = np.full(place.shape, cv2.GC_BGD, np.uint8)
    labels[around] = cv2.GC_PR_BGD
    labels[place] = cv2.GC_PR_FGD
    return (grab_cut(lab, labels, _ROUNDS) & 1) > 0


def _fits(found: NDArray[np.bool_], place: NDArray[np.bool_]) -> bool:
    change = found.sum() / place.sum()
    overlap = (found & place).sum() / max((found | place).sum(), 1)
    return bool(1 / _MAX_CHANGE < change < _MAX_CHANGE and overlap > _MIN_OVERLAP)


def _reduced(frame: NDArray[np.uint8], scale: float) -> NDArray[np.uint8]:
    size = tuple(max(1, round(side * scale)) for side in frame.shape[1::-1])
    return lab_from_rgb(np.asarray(cv2.resize(frame, size, interpolation=cv2.INTER_AREA), np.uint8))
