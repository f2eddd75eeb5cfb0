"""Follows an entity from frame to frame, on small frames, away from the reference frame."""

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from r2s2r.stages.lift.dilated import dilated
from r2s2r.stages.lift.masking.colour_model import ColourModel, lab_from_rgb
from r2s2r.stages.lift.masking.guided import guided_filter
from r2s2r.stages.lift.masking.motion import Motion, lengths, motion_between
from r2s2r.stages.lift.masking.redetect import Look

_Picture = NDArray[np.float32]
# A pixel whose colour is the background's, and not what it was carried along as, was left behind.
_BACKGROUND = 0.15
_OTHER_COLOUR = 25.0
# A pixel next to the mask that moves, and whose colour is the entity's, has come into view.
_ENTITY = 0.6
_MOVING_PX = 1.0
_GROWTH_PX = 3
# What has come nowhere and looks the same is where it was: no filter gnaws at it.
_HERE_PX = 0.5
_SAME_COLOUR = 15.0
# What the background is measured from keeps this far from the mask.
_CLEAR_PX = 15
_FILTER_PX = 4
# After each step the matte is steepened, or it would wash out.
_STEEPEN = 1.5
_MIN_FRAGMENT = 0.01
# When to give up.
_ALIKE = 0.3
_MIN_AGREEMENT = 0.5
_MIN_LIKENESS = 0.3
_MAX_CHANGE = 2.0
_MIN_AREA = 0.01
# What it looks like is noted this often, when this share of it is seen.
_LOOK_EVERY = 4
_WHOLE = 0.75
# What is lost at the picture's border, with no more than this of it left, has gone out.
_LEAVING = 0.25


class Follower:
    """The entity's matte in one frame after another, starting at the reference frame.

    Each step carries the matte along the optical flow, drops what was left on the background, adds what comes into
    view, and draws the border onto the picture's edges.

    Attributes:
        matte: [H, W] 0..1, of the frame it has come to.
        lost: Whether the entity is not found; it may be found again.
        left_the_picture: Whether it is lost because it went out of the picture.
    """

    def __init__(self, frame: NDArray[np.uint8], matte: _Picture) -> None:
        lab = lab_from_rgb(frame)
        self._model = ColourModel(lab, matte)
        self._frame, self.matte, self._reference = frame, matte, matte
        self._look = lab.astype(np.float32)
        self._grown = np.zeros_like(matte)
        self._origin = _positions(matte.shape)
        self._first = self._last = Look(frame, matte)
        self._steps = 0
        self.lost = self.left_the_picture = False

    def step(self, frame: NDArray[np.uint8]) -> None:
        """Go on to the next frame [H, W, 3]. While the entity is lost, ``matte`` is 0."""
        if self.lost:
            self._find_again(frame)
            return
        motion = motion_between(self._frame, frame, ~dilated(self.matte > 0.5, _CLEAR_PX))
        lab = lab_from_rgb(frame)
        carried, likelihood = motion.carry(self.matte), self._model.likelihood(lab)
        look = motion.carry(self._look)
        if self._gives_up(carried > 0.5, motion, likelihood > _ALIKE):
            self.left_the_picture = self._was_leaving()
            self.lost, self.matte = True, np.zeros_like(self.matte)
            self._find_again(frame)
            return
        self._look, self._grown, self._origin = look, motion.carry(self._grown), motion.carry(self._origin)
        change = lengths(look - lab)
        left = (likelihood < _BACKGROUND) & (change > _OTHER_COLOUR)
        carried[left | self._stayed_behind(carried > 0.5, motion)] = 0
        self._add(carried, lab, motion, likelihood)
        matte = self._kept_in_place(_drawn_onto_edges(carried, frame), change, left)
        self.matte = _without_debris(matte, motion.speed)
        self._frame = frame
        self._steps += 1
        if self._steps % _LOOK_EVERY == 0 and self._is_whole():
            self._last = Look(frame, self.matte)

    def _find_again(self, frame: NDArray[np.uint8]) -> None:
        """Look for the entity as it was last seen whole, and as it was at first; go on from there when it is found."""
        found = self._last.find(frame, self._model)
        if found is None and self._first is not self._last:
            found = self._first.find(frame, self._model)
        if found is None:
            return
        self.lost = self.left_the_picture = False
        self.matte, self._frame = found, frame
        self._look = lab_from_rgb(frame).astype(np.float32)
        self._grown = np.zeros_like(found)
        # It is nowhere near where it was: nothing is kept in place.
        self._origin = np.full_like(self._origin, -1e6)

    def _is_whole(self) -> bool:
        """Whether as much of the entity is seen as at first, nearly."""
        return bool((self.matte > 0.5).sum() > _WHOLE * (self._reference > 0.5).sum())

    def _gives_up(self, carried: NDArray[np.bool_], motion: Motion, alike: NDArray[np.bool_]) -> bool:
        area, before = carried.sum(), (self.matte > 0.5).sum()
        if area < _MIN_AREA * (self._reference > 0.5).sum() or area == 0:
            return True
        changed = not 1 / _MAX_CHANGE < area / max(before, 1) < _MAX_CHANGE
        agrees = motion.agrees[carried].mean() >= _MIN_AGREEMENT
        return bool(changed or not agrees or alike[carried].mean() < _MIN_LIKENESS)

    def _was_leaving(self) -> bool:
        inside = self.matte > 0.5
        touches = inside[[0, -1]].any() or inside[:, [0, -1]].any()
        return bool(touches and inside.sum() < _LEAVING * (self._reference > 0.5).sum())

    def _stayed_behind(self, carried: NDArray[np.bool_], motion: Motion) -> NDArray[np.bool_]:
        """Return what was added on the way but stands still while the entity moves: it was background after all."""
        speed = float(np.median(motion.speed[carried]))
        if speed < _MOVING_PX:
            return np.zeros_like(carried)
        stayed = (self._grown > 0.3) & (motion.speed < 0.5 * speed)
        self._grown[stayed] = 0
        return stayed

    def _add(self, carried: _Picture, lab: NDArray[np.uint8], motion: Motion, likelihood: _Picture) -> None:
        inside = carried > 0.5
        near = dilated(inside, _GROWTH_PX) & ~inside
        come = near & (likelihood > _ENTITY) & (motion.speed > _MOVING_PX) & motion.agrees
        carried[come], self._grown[come], self._look[come] = 1, 1, lab[come]

    def _kept_in_place(self, matte: _Picture, change: _Picture, left: NDArray[np.bool_]) -> _Picture:
        away_px = lengths(self._origin - _positions(matte.shape))
        doubt = np.clip(np.maximum(away_px / _HERE_PX - 1, (change - _SAME_COLOUR) / 10), 0, 1)
        doubt[left] = 1
        share = cv2.blur(doubt, (5, 5))
        return np.asarray(matte * share + self._reference * (1 - share), np.float32)


def _positions(shape: tuple[int, ...]) -> _Picture:
    rows, columns = np.indices(shape[:2], np.float32)
    return np.dstack([columns, rows])


def _drawn_onto_edges(matte: _Picture, frame: NDArray[np.uint8]) -> _Picture:
    rows, columns = (np.nonzero((matte > 0).any(axis=axis))[0] for axis in (1, 0))
    if not len(rows):
        return matte
    # The filter's windows reach two radii; beyond them the matte is 0 and stays so.
    room = 3 * _FILTER_PX
    near = slice(max(0, rows[0] - room), rows[-1] + 1 + room), slice(max(0, columns[0] - room), columns[-1] + 1 + room)
    drawn = np.zeros_like(matte)
    fitted = guided_filter(matte[near], frame[near], radius_px=_FILTER_PX, epsilon=1e-4)
    drawn[near] = np.clip((fitted - 0.5) * _STEEPEN + 0.5, 0, 1)
    return drawn


def _without_debris(matte: _Picture, speed: _Picture) -> _Picture:
    """Drop specks, and pieces that stand still on the background while the largest piece moves."""
    inside = (matte > 0.5).astype(np.uint8)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(inside)
    if count <= 2:
        return matte
    areas = stats[:, cv2.CC_STAT_AREA].astype(float)
    areas[0] = 0
    speeds = np.asarray(ndimage.mean(speed, np.asarray(labels, np.int64), np.arange(count)))
    largest = int(areas.argmax())
    stands = (speeds < 0.5 * speeds[largest]) & (speeds[largest] > _MOVING_PX)
    dropped = (areas < _MIN_FRAGMENT * areas.sum()) | stands
    dropped[[0, largest]] = False
    return np.where(dropped[labels], np.float32(0), matte)
