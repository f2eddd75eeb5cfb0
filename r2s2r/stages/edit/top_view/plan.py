"""Plan: the shot from above. Grid first, then what stands on the ground, then the cameras over it."""

from pathlib import Path

import numpy as np

from r2s2r.geometry.transforms import Array
from r2s2r.media.images import write_rgb
from r2s2r.stages.edit.lint import Staged
from r2s2r.stages.edit.top_view.cameras import draw_camera, draw_source, frusta
from r2s2r.stages.edit.top_view.footprints import draw_entity
from r2s2r.stages.edit.top_view.sheet import Sheet


def write_plan(path: Path, staged: Staged) -> None:
    """Draw the camera's and the entities' ways with frame ticks, as PNG; equal shots give equal bytes."""
    sheet = Sheet.round(_reach_m(staged))
    facts, fps = staged.animation.facts, float(staged.animation.fps)
    sheet.heading(f"from above, squares of {sheet.square_m:g} m; frames 0-{facts.frames - 1} at {fps:g} fps")
    draw_source(sheet, staged)
    for index, name in enumerate(facts.entities):
        draw_entity(sheet, staged, name, index)
    draw_camera(sheet, staged)
    write_rgb(path, sheet.picture)


def _reach_m(staged: Staged) -> Array:
    """Return points [N, 2] that the sheet has to show."""
    shown = [
        staged.world_boxes_m[name][visible][:, :, [0, 2]].reshape(-1, 2)
        for name, visible in staged.animation.visible.items()
    ]
    spread_m = np.concatenate([staged.animation.world_from_camera[:, [0, 2], 3], *shown])
    length_m = 0.12 * max(2.0, float(np.ptp(spread_m, axis=0).max()))
    return np.concatenate([spread_m, *(corners.reshape(-1, 2) for corners in frusta(staged, length_m))])
