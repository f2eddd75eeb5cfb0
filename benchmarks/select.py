"""Selecting without weights: IoU against masks drawn by hand, by box, by points, by both."""

import json
import time

from benchmarks.pictures.drawn import Drawn, all_drawn
from r2s2r.errors import InputError
from r2s2r.spec.selection import SelectSpec
from r2s2r.stages.lift.masking.fragments import tidy
from r2s2r.stages.lift.masking.grabcut_segmenter import GrabcutSegmenter

WAYS = ("box", "box+points", "1 point", "points in", "points in+out")


def main() -> None:
    """Measure and print."""
    print("  " + " " * 18 + "".join(f"{way:>15}" for way in WAYS))
    for drawn in all_drawn():
        row = f"  {drawn.name:10}{'plain' if drawn.is_plain else '':8}"
        print(row + "".join(f"{_cell(drawn, way):>15}" for way in WAYS), flush=True)


def selected_iou(drawn: Drawn, way: str) -> float:
    """Return the IoU of what is found in one way with what was drawn; raises InputError where nothing can be."""
    spec = _select(drawn, way)
    found = tidy(GrabcutSegmenter().find(spec, drawn.picture).mask, field=spec.way).mask
    mask = drawn.mask(*drawn.picture.shape[:2])
    return float((found & mask).sum() / (found | mask).sum())


def _cell(drawn: Drawn, way: str) -> str:
    started = time.perf_counter()
    try:
        iou = f"{selected_iou(drawn, way):.3f}"
    except InputError:
        iou = "refused"
    return f"{iou} ({time.perf_counter() - started:.1f} s)"


def _select(drawn: Drawn, way: str) -> SelectSpec:
    points = {
        "box+points": {"inside": drawn.inside, "outside": drawn.outside},
        "1 point": {"inside": drawn.inside[:1]},
        "points in": {"inside": drawn.inside},
        "points in+out": {"inside": drawn.inside, "outside": drawn.outside},
    }
    written: dict[str, object] = {"box_px": drawn.box_px} if way.startswith("box") else {}
    if way in points:
        written["points_px"] = points[way]
    return SelectSpec.model_validate_json(json.dumps(written))
