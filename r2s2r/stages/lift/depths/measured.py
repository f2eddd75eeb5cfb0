"""Depth that a network measures in the reference frame."""

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from r2s2r.artifacts.depth import DepthFacts
from r2s2r.errors import StageError
from r2s2r.models.kept import Loading
from r2s2r.models.perception import check_machine, enough_memory
from r2s2r.spec.depth import DepthAnythingSpec, DepthProSpec
from r2s2r.stages.lift.depths.found import FoundDepth, sparse_findings

if TYPE_CHECKING:
    from r2s2r.models.depth.estimate import DepthEstimate

_PRO, _ANYTHING = "depth.depth_pro", "depth.depth_anything"


def measure_depth_pro(spec: DepthProSpec, frame: NDArray[np.uint8], weights: Path, loading: Loading) -> FoundDepth:
    """Measure a picture [H, W, 3] with Depth Pro: metres, and the focal length.

    Raises MissingError when this machine lacks packages or a GPU, InputError for weights that are not the model's,
    StageError when memory runs out or the model sees no depth.
    """
    check_machine(spec, what=_PRO)
    from r2s2r.models.depth.depth_pro import DepthPro

    with enough_memory(_PRO), loading(lambda: DepthPro(weights, spec)) as model:
        return _found(model.estimate(frame), what=_PRO)


def measure_depth_anything(
    spec: DepthAnythingSpec, frame: NDArray[np.uint8], weights: Path, loading: Loading
) -> FoundDepth:
    """Measure a picture [H, W, 3] with Depth Anything: metres, or disparity by weights that are not metric.

    Raises as ``measure_depth_pro`` does.
    """
    check_machine(spec, what=_ANYTHING)
    from r2s2r.models.depth.depth_anything import DepthAnything

    with enough_memory(_ANYTHING), loading(lambda: DepthAnything(weights, spec)) as model:
        return _found(model.estimate(frame), what=_ANYTHING)


def _found(estimate: "DepthEstimate", *, what: str) -> FoundDepth:
    known = np.isfinite(estimate.values) & (estimate.values > 0)
    share = float(known.mean())
    if share == 0:
        raise StageError(f"{what}: its model sees no depth anywhere in the reference frame; use other weights")
    facts = DepthFacts(
        measures=estimate.measures,
        focal_px=estimate.focal_px,
        known=round(share, 6),
        findings=sparse_findings(share),
    )
    return FoundDepth(np.where(known, estimate.values, 0).astype(np.float32), facts)
