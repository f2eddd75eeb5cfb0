"""The card: what the camera saw of an entity, what was cut out, and what was made of it, on one picture."""

from pathlib import Path
from textwrap import wrap

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from r2s2r.artifacts.turntable import TurntableFacts
from r2s2r.geometry.extent import extent_px
from r2s2r.media.images import write_rgb
from r2s2r.stages.render.turntable.inputs import TurntableInputs
from r2s2r.stages.render.turntable.studio import BACKGROUND, Studio

_TILE_PX, _GAP_PX, _LINE_PX, _LABEL_PX = 300, 12, 26, 30
_COLUMNS = 4
_WIDTH_PX = _COLUMNS * (_TILE_PX + _GAP_PX) + _GAP_PX
_TEXT, _FAINT, _OUTLINE = (228, 228, 232), (150, 150, 158), (255, 96, 32)
_SIDES = {"front": 0.0, "its left": 90.0, "back": 180.0, "its right": 270.0}
# Round the mask, as a share of its longer side.
_CONTEXT = 0.12
_LETTERS_A_LINE = 120


def draw_card(inputs: TurntableInputs, facts: TurntableFacts, studio: Studio, path: Path) -> None:
    """Draw the card as PNG: crop and mask, four sides, four sides as normals, and the facts."""
    sides = {name: studio.photograph(turn_deg) for name, turn_deg in _SIDES.items()}
    rows = [*_seen(inputs), [(name, side.lit) for name, side in sides.items()]]
    rows.append([(f"{name}, normals", side.normals) for name, side in sides.items()])
    lines = [line for words in (_words(facts), *inputs.entity.facts.findings) for line in wrap(words, _LETTERS_A_LINE)]
    height_px = 2 * _LINE_PX + _LINE_PX * len(lines) + _GAP_PX + len(rows) * (_TILE_PX + _LABEL_PX + _GAP_PX)
    sheet = Image.new("RGB", (_WIDTH_PX, height_px), BACKGROUND)
    draw = ImageDraw.Draw(sheet)
    draw.text((_GAP_PX, _LINE_PX), inputs.name, _TEXT, ImageFont.load_default(24), anchor="lm")
    for number, line in enumerate(lines):
        at = (_GAP_PX, round((2.5 + number) * _LINE_PX))
        draw.text(at, line, _TEXT if number == 0 else _FAINT, ImageFont.load_default(16), anchor="lm")
    top_px = (2 + len(lines)) * _LINE_PX + _GAP_PX
    for row in rows:
        for column, (label, picture) in enumerate(row):
            left_px = _GAP_PX + column * (_TILE_PX + _GAP_PX)
            sheet.paste(_tile(picture), (left_px, top_px))
            at = (left_px, top_px + _TILE_PX + _LABEL_PX // 2)
            draw.text(at, label, _FAINT, ImageFont.load_default(15), anchor="lm")
        top_px += _TILE_PX + _LABEL_PX + _GAP_PX
    write_rgb(path, np.asarray(sheet))


def _words(facts: TurntableFacts) -> str:
    width, height, depth = facts.size_m
    said = [f"{width:.3g} x {height:.3g} x {depth:.3g} m (width x height x depth)", f"{facts.faces:,} faces"]
    said.append("not closed" if facts.volume_m3 is None else f"volume {_volume(facts.volume_m3)}")
    if facts.silhouette_iou is not None:
        said.append(f"silhouette IoU {facts.silhouette_iou:.3f}")
    return "     ".join(said)


def _volume(volume_m3: float) -> str:
    return f"{volume_m3:.3g} m3" if volume_m3 >= 0.1 else f"{1000 * volume_m3:.3g} l"


def _seen(inputs: TurntableInputs) -> list[list[tuple[str, NDArray[np.uint8]]]]:
    """Return a row with the source, the source with the mask's outline, what was cut out, and the mask, all cropped."""
    if inputs.footage is None or inputs.mask is None:
        return []
    mask = inputs.mask.reference_mask()
    window = _window(mask)
    frame, inside = inputs.footage.reference_frame()[window], mask[window].astype(np.uint8)
    outlined = np.ascontiguousarray(frame)
    outlines, _ = cv2.findContours(inside, cv2.RETR_LIST, cv2.CHAIN_APPROX_NONE)
    cv2.drawContours(outlined, outlines, -1, _OUTLINE, max(1, round(max(inside.shape) / 200)))
    cut_out = np.where(inside[..., None] > 0, frame, np.array(BACKGROUND, np.uint8))
    white = np.repeat(inside[..., None] * np.uint8(255), 3, axis=2)
    return [[("source", frame), ("outline", outlined), ("cut out", cut_out), ("mask", white)]]


def _window(mask: NDArray[np.bool_]) -> tuple[slice, slice]:
    low, high = extent_px(mask)
    room = round(_CONTEXT * int((high - low).max() - 1)) + 4
    (left, top), (right, bottom) = np.maximum(low - room, 0).tolist(), (high + room).tolist()
    return slice(top, bottom), slice(left, right)


def _tile(picture: NDArray[np.uint8]) -> Image.Image:
    """Return a picture scaled to fit into a square, on the background."""
    height, width = picture.shape[:2]
    scale = _TILE_PX / max(height, width)
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    tile = Image.new("RGB", (_TILE_PX, _TILE_PX), BACKGROUND)
    small = Image.fromarray(picture).resize(size, Image.Resampling.LANCZOS)
    tile.paste(small, ((_TILE_PX - size[0]) // 2, (_TILE_PX - size[1]) // 2))
    return tile
