"""Entities from above: where they stand first and last, and their way between."""

import colorsys

import cv2
import numpy as np

from r2s2r.geometry.transforms import Array
from r2s2r.stages.edit.lint import Staged
from r2s2r.stages.edit.top_view.sheet import Colour, Sheet
from r2s2r.stages.edit.top_view.ticks import draw_way, faint, number_way, ticks

# Neighbours in the list are far apart on the colour wheel, however many there are.
_GOLDEN = 0.618034
_VERTICES = 1500


def draw_entity(sheet: Sheet, staged: Staged, name: str, index: int) -> None:
    """Draw one entity; nothing of one that is never shown."""
    visible = staged.animation.visible[name]
    if not visible.any():
        return
    colour = _colour(index)
    shown = np.flatnonzero(visible)
    first, last = _outline_m(staged, name, shown[0]), _outline_m(staged, name, shown[-1])
    for frame in ticks(staged.frames):
        if visible[frame]:
            sheet.line(_outline_m(staged, name, frame), faint(colour), closed=True)
    sheet.area(first, colour, 0.25)
    sheet.line(first, colour, closed=True)
    sheet.line(last, colour, 2, closed=True)
    middle_m = staged.world_boxes_m[name].mean(axis=1)[:, [0, 2]]
    draw_way(sheet, middle_m, visible, colour)
    sheet.label(name, first[np.argmax(first @ [1.0, -1.0])], colour, 15)
    number_way(sheet, middle_m, visible, colour)


def _outline_m(staged: Staged, name: str, frame: int) -> Array:
    """Return the convex outline [N, 2] of an entity from above, x and z."""
    vertices = staged.vertices(name, frame)
    some = vertices[:: max(1, len(vertices) // _VERTICES)].astype(np.float64)
    world_from_entity = staged.animation.world_from_entity[name][frame]
    placed = some @ world_from_entity[[0, 2], :3].T + world_from_entity[[0, 2], 3]
    outline: Array = np.asarray(cv2.convexHull(placed.astype(np.float32))[:, 0], np.float64)
    return outline


def _colour(index: int) -> Colour:
    red, green, blue = colorsys.hls_to_rgb((0.58 + index * _GOLDEN) % 1, 0.38, 0.65)
    return round(255 * red), round(255 * green), round(255 * blue)
