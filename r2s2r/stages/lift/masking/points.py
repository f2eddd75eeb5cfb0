"""From points to a mask. They do not say how large the entity is: sizes are tried, and the best outlined one wins."""

from collections.abc import Iterable, Iterator

import cv2
import numpy as np
from numpy.typing import NDArray
from skimage.graph import MCP_Geometric

from r2s2r.geometry.extent import extent_px
from r2s2r.geometry.framing import Rectangle
from r2s2r.geometry.transforms import Array
from r2s2r.spec.selection import PointsSpec
from r2s2r.stages.lift.dilated import dilated
from r2s2r.stages.lift.masking.clicks import background_error, border_share, is_background
from r2s2r.stages.lift.masking.colour_model import lab_from_rgb
from r2s2r.stages.lift.masking.grabcut import (
    Labels,
    ellipse_labels,
    grab_cut,
    hold_to_points,
    is_in_box,
    reduced,
    segment_crop,
    surroundings,
)

_LONG_PX = 192
# How far round the points the entity is first looked for, as shares of the picture's long side; the background is
# looked for in as much again.
_REACHES = (0.03, 0.05, 0.08, 0.12, 0.18, 0.27, 0.4)
_ROUNDS = 3
# What a step over a plain colour costs, in units of colour (CIE Lab) per pixel.
_PLAIN_COSTS = (0.3, 1.0, 4.0)
# Edges are not better for being stronger than this.
_STRONG_EDGE = 12.0
# What is so many times nearer to a point outside than to one inside is as that one.
_CLEARLY = 4.0
# How far the finer look may go beyond the rough one, as a share of what is looked at.
_NEAR = 0.06
# An outline weaker than this is none; nor is one by so much weaker than the background's.
_WEAK_EDGE = 5.0
_MUCH_WEAKER = 0.85
# How much what lies along the picture's border counts against it, where points outside speak too.
_BORDER_BESIDE_POINTS = 0.1
# What was found is looked at once more, with this much round it.
_ROOM = 0.04


def segment_points(frame: NDArray[np.uint8], points: PointsSpec) -> NDArray[np.bool_]:
    """Return which pixels [H, W] of a frame [H, W, 3] are the thing that the points are on.

    The same for every number of threads. Only what is connected with the points is selected; that may be nothing.
    Raises InputError for points on the background.
    """
    whole = Rectangle(0, 0, frame.shape[1], frame.shape[0])
    trial = _Trial(frame, whole, points)
    tried = (*_grown_by_reach(trial), *_grown_over_plain(trial))
    rough = _best(trial, tried)
    if not points.outside and _is_unlike_a_thing(trial, rough, tried):
        raise background_error(points, "nothing round it has an outline")
    if not rough.any():
        return np.zeros(frame.shape[:2], bool)
    found = _refined(frame, trial.at_full_size(rough, frame.shape), _box_round(rough, trial.scale, frame.shape), points)
    return _at_points(found, np.array(points.inside))


def segment_box_with_points(frame: NDArray[np.uint8], box: Rectangle, points: PointsSpec) -> NDArray[np.bool_]:
    """Return which pixels [H, W] of a frame [H, W, 3] are the thing in a box that the points are on.

    The same for every number of threads; nothing outside the box is selected.
    """
    trial = _Trial(frame, box, points)
    rough = _best(trial, (trial.cut(ellipse_labels(trial.lab.shape[:2], trial.box)), *_grown_over_plain(trial)))
    return _refined(frame, trial.at_full_size(rough, frame.shape), box, points)


def _refined(
    frame: NDArray[np.uint8], matte: NDArray[np.float32], box: Rectangle, points: PointsSpec
) -> NDArray[np.bool_]:
    """Look once more, at a finer size, in a box of the frame, for what was roughly found in it as a matte [H, W]."""
    crop = surroundings(box, frame.shape)

    def first_labels(shape: tuple[int, int], _: Rectangle) -> Labels:
        fitted = cv2.resize(matte[crop], shape[::-1], interpolation=cv2.INTER_AREA) > 0.5
        labels = np.full(shape, cv2.GC_BGD, np.uint8)
        # Further away there may be others of its colours.
        labels[dilated(fitted, max(2, round(_NEAR * max(shape))))] = cv2.GC_PR_BGD
        labels[fitted] = cv2.GC_PR_FGD
        return labels

    return segment_crop(frame, box, first_labels, points)


class _Trial:
    """The reduced picture, what is clicked in it, and where its edges are."""

    def __init__(self, frame: NDArray[np.uint8], box: Rectangle, points: PointsSpec) -> None:
        self.window = surroundings(box, frame.shape)
        crop = frame[self.window]
        self._origin_px = np.array([self.window[1].start, self.window[0].start])
        self.scale = min(1.0, _LONG_PX / max(crop.shape[:2]))
        self.lab = lab_from_rgb(reduced(crop, self.scale))
        self.box = Rectangle(*((np.array([box.x0, box.y0, box.x1, box.y1]) - np.tile(self._origin_px, 2)) * self.scale))
        self._points = points
        self.inside, self.outside = self._seen(points.inside), self._seen(points.outside)
        self.edges = _edges(self.lab)
        self._others = self._clearly_nearer_to_outside()

    def _seen(self, points_px: tuple[tuple[float, float], ...]) -> Array:
        """Return those points [N, 2] that lie in the window, in its reduced pixels."""
        height, width = self.lab.shape[:2]
        reduced_px = (np.array(points_px).reshape(-1, 2) - self._origin_px) * self.scale
        kept: Array = reduced_px[((reduced_px >= 0) & (reduced_px < [width, height])).all(axis=1)]
        return kept

    def _clearly_nearer_to_outside(self) -> NDArray[np.bool_]:
        """Return what belongs to the points outside, being far over edges from those inside; GrabCut sees no places."""
        if not len(self.outside):
            return np.zeros(self.lab.shape[:2], bool)
        cost = 1 + self.edges
        return _CLEARLY * _distance(cost, _pixels(self.outside)) < _distance(cost, _pixels(self.inside))

    def cut(self, labels: Labels) -> NDArray[np.bool_]:
        """Return what GrabCut finds, starting at some labels [H, W], that is connected with the points."""
        labels = np.ascontiguousarray(labels)
        labels[~is_in_box(labels.shape, self.box) | self._others] = cv2.GC_BGD
        hold_to_points(labels, self._points, origin_px=self._origin_px, scale=self.scale)
        return _at_points((grab_cut(self.lab, labels, _ROUNDS) & 1) > 0, self.inside)

    def at_full_size(self, mask: NDArray[np.bool_], shape: tuple[int, ...]) -> NDArray[np.float32]:
        """Return a reduced mask as a matte [H, W] of the whole frame."""
        rows, columns = self.window
        size = (columns.stop - columns.start, rows.stop - rows.start)
        matte = np.zeros(shape[:2], np.float32)
        matte[self.window] = cv2.resize(mask.astype(np.float32), size, interpolation=cv2.INTER_LINEAR)
        return matte

    def score(self, mask: NDArray[np.bool_]) -> float:
        """Say how well a mask [H, W] is outlined by the picture's edges, and how much like a thing it is."""
        # An entity is one piece, as a rule, and seldom along the border. Points outside tell it from the background
        # too, so the border counts for less beside them; for nothing, and all that they do not forbid would win.
        along = border_share(mask) * (_BORDER_BESIDE_POINTS if len(self.outside) else 1.0)
        return self.strength(mask) * _largest_share(mask) * (1 - along)

    def strength(self, mask: NDArray[np.bool_]) -> float:
        """Return the mean edge along a mask's [H, W] outline, in units of colour per pixel."""
        outline = cv2.morphologyEx(mask.astype(np.uint8), cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8)) > 0
        outline[[0, -1]] = outline[:, [0, -1]] = False
        if not outline.any():
            return 0.0
        return float(np.minimum(self.edges[outline], _STRONG_EDGE).mean())


def _is_unlike_a_thing(trial: _Trial, found: NDArray[np.bool_], tried: Iterable[NDArray[np.bool_]]) -> bool:
    strength = trial.strength(found)
    behind = max((trial.strength(mask) for mask in tried if is_background(mask)), default=0.0)
    return strength < max(_WEAK_EDGE, _MUCH_WEAKER * behind)


def _largest_share(mask: NDArray[np.bool_]) -> float:
    stats = cv2.connectedComponentsWithStats(mask.astype(np.uint8))[2]
    areas = stats[1:, cv2.CC_STAT_AREA]
    return float(areas.max() / areas.sum())


def _best(trial: _Trial, masks: Iterable[NDArray[np.bool_]]) -> NDArray[np.bool_]:
    tried = [mask for mask in masks if mask.any()]
    return max(tried, key=trial.score, default=np.zeros(trial.lab.shape[:2], bool))


def _grown_by_reach(trial: _Trial) -> Iterator[NDArray[np.bool_]]:
    """Look for the entity within some distance of the points' convex hull, the background within twice that."""
    shape = trial.lab.shape[:2]
    hull = np.ones(shape, np.uint8)
    cv2.fillConvexPoly(hull, cv2.convexHull(trial.inside.astype(np.int32)), 0)
    distance_px = cv2.distanceTransform(hull, cv2.DIST_L2, 5)
    for reach_px in np.array(_REACHES) * max(shape):
        labels = np.full(shape, cv2.GC_BGD, np.uint8)
        labels[distance_px <= 2 * reach_px] = cv2.GC_PR_BGD
        labels[distance_px <= reach_px] = cv2.GC_PR_FGD
        yield trial.cut(labels)


def _grown_over_plain(trial: _Trial) -> Iterator[NDArray[np.bool_]]:
    """Give each pixel to the points inside, or to those outside and the box's rim: the nearer, edges being far."""
    within = is_in_box(trial.lab.shape[:2], trial.box).astype(np.uint8)
    rim = cv2.erode(within, np.ones((3, 3), np.uint8), borderType=cv2.BORDER_CONSTANT, borderValue=0) < within
    outside = [*_pixels(trial.outside), *zip(*np.nonzero(rim), strict=True)]
    for plain in _PLAIN_COSTS:
        cost = plain + trial.edges
        nearer = _distance(cost, _pixels(trial.inside)) < _distance(cost, outside)
        yield trial.cut(np.where(nearer, cv2.GC_PR_FGD, cv2.GC_PR_BGD).astype(np.uint8))


def _distance(cost: NDArray[np.float32], starts: list[tuple[int, int]]) -> Array:
    distance: Array = MCP_Geometric(cost).find_costs(starts)[0]
    return distance


def _pixels(points: Array) -> list[tuple[int, int]]:
    return [(int(y), int(x)) for x, y in points]


def _edges(lab: NDArray[np.uint8]) -> NDArray[np.float32]:
    smooth = cv2.GaussianBlur(lab, (0, 0), 1.0).astype(np.float32)
    across, down = (cv2.Sobel(smooth, cv2.CV_32F, *order) / 8 for order in ((1, 0), (0, 1)))
    return np.asarray(np.sqrt((across**2 + down**2).sum(axis=2)), np.float32)


def _at_points(mask: NDArray[np.bool_], inside: Array) -> NDArray[np.bool_]:
    """Return the pieces of a mask [H, W] that points [N, 2] are on."""
    _, labels = cv2.connectedComponents(mask.astype(np.uint8))
    at = {labels[row, column] for row, column in _pixels(inside)} - {0}
    return np.asarray(np.isin(labels, sorted(at)))


def _box_round(mask: NDArray[np.bool_], scale: float, shape: tuple[int, ...]) -> Rectangle:
    low, high = extent_px(mask)
    room = max(1.0, _ROOM * float((high - low).max() - 1))
    (left, top), (right, bottom) = ((low - room) / scale).tolist(), ((high + room) / scale).tolist()
    return Rectangle(max(0.0, left), max(0.0, top), min(float(shape[1]), right), min(float(shape[0]), bottom))
