"""Ticks: the frames that are marked on a way."""

from collections.abc import Iterator
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from r2s2r.geometry.transforms import Array
from r2s2r.stages.edit.top_view.sheet import Colour, Sheet

_MOST_TICKS = 8
_FAINTER = 0.35


def ticks(frames: int) -> list[int]:
    """Return round frame numbers, a few of them, with the first and the last."""
    step = next(step for step in _steps() if frames / step <= _MOST_TICKS)
    last = frames - 1
    return [*(frame for frame in range(0, last, step) if last - frame > step / 2 or frame == 0), last][: max(frames, 1)]


def draw_way(sheet: Sheet, points_m: Array, visible: NDArray[np.bool_], colour: Colour) -> None:
    """Draw a way through points [T, 2] with a dot at each tick; faint where what goes it is hidden."""
    if not _is_way(sheet, points_m):
        return
    for first, last, shown in _stretches(visible):
        sheet.line(points_m[first : last + 1], colour if shown else faint(colour), 2 if shown else 1)
    for frame in ticks(len(points_m)):
        if visible[frame]:
            sheet.dot(points_m[frame], colour, 3.5)


def number_way(sheet: Sheet, points_m: Array, visible: NDArray[np.bool_], colour: Colour) -> None:
    """Write the frames at a way's ticks; its ends find room first."""
    if not _is_way(sheet, points_m):
        return
    for frame in sorted(ticks(len(points_m)), key=lambda frame: 0 < frame < len(points_m) - 1):
        if visible[frame]:
            sheet.label(str(frame), points_m[frame], colour, 12)


def faint(colour: Colour) -> Colour:
    """Return a colour as if it were drawn with little ink."""
    red, green, blue = (round(255 - _FAINTER * (255 - part)) for part in colour)
    return red, green, blue


def _is_way(sheet: Sheet, points_m: Array) -> bool:
    """Return whether points [T, 2] are more than one, to the eye."""
    return bool(np.ptp(sheet.places(points_m), axis=0).max() >= 1)


def _stretches(visible: NDArray[np.bool_]) -> list[tuple[int, int, bool]]:
    """Return first and last point of each part of a way, and whether it is shown; parts share their ends."""
    steps = visible[1:] & visible[:-1]
    edges = [0, *(np.flatnonzero(steps[1:] != steps[:-1]) + 1).tolist(), len(steps)]
    return [(first, last, bool(steps[first])) for first, last in pairwise(edges) if last > first]


def _steps() -> Iterator[int]:
    power = 1
    while True:
        yield from (power, 2 * power, 5 * power)
        power *= 10
