"""The mask at the reference frame that a model finds for a box, or for points."""

import numpy as np
from numpy.typing import NDArray

from r2s2r.errors import InputError
from r2s2r.models.segment.prompts import clicks_of
from r2s2r.models.segment.tracker import Tracker, TrackingModel
from r2s2r.spec.selection import SelectSpec
from r2s2r.stages.lift.masking.segmenter import Found


def find_clicked(model: TrackingModel, spec: SelectSpec, frame: NDArray[np.uint8]) -> Found:
    """Return what a model takes a box, points or both for, in a frame [H, W, 3].

    Raises InputError when the model says that nothing is there.
    """
    height, width = frame.shape[:2]
    tracker = Tracker(model)
    seen = tracker.begin_with_clicks(0, model.form.reduced(frame), clicks_of(spec), height=height, width=width)
    mask = seen.mask(height=height, width=width)
    if not mask.any():
        raise InputError(
            f"the model sees nothing there (it scores {_share(seen.score):.2f}; 0.5 would do); put it closer round the "
            "entity, give more points on it, or give polygon_px",
            field=f"select.{spec.way}",
        )
    return Found(mask, _missed(spec, mask))


def _share(logit: float) -> float:
    return float(1 / (1 + np.exp(-logit)))


def _missed(spec: SelectSpec, mask: NDArray[np.bool_]) -> tuple[str, ...]:
    """Say which points the mask contradicts."""
    if spec.points_px is None:
        return ()
    wanted = {"leaves out": (spec.points_px.inside, True), "covers": (spec.points_px.outside, False)}
    findings = []
    for what, (points, inside) in wanted.items():
        wrong = [f"({x:g}, {y:g})" for x, y in points if _at(mask, x, y) != inside]
        if wrong:
            said = "on it" if inside else "beside it"
            findings.append(
                f"its mask {what} {', '.join(wrong)}, which select.points_px says is {said}; give more points"
            )
    return tuple(findings)


def _at(mask: NDArray[np.bool_], x: float, y: float) -> bool:
    height, width = mask.shape
    return bool(mask[min(int(y), height - 1), min(int(x), width - 1)])
