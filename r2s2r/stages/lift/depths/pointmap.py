"""The depth of the reference frame in metres along the camera's axis: one map for all entities of a source."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from r2s2r.artifacts.depth import Depth
from r2s2r.artifacts.source_camera import SourceCamera
from r2s2r.geometry.camera import Camera, pixel_centres
from r2s2r.stages.lift.depths.ground_plane import lens_findings, plane_findings
from r2s2r.stages.lift.depths.relative import on_the_ground


@dataclass(frozen=True, eq=False)
class Pointmap:
    """How far away what the reference frame shows is.

    Attributes:
        depth_m: [H, W] float32, z in the reference camera's frame, in metres; NaN where it is unknown.
        findings: How it contradicts what the scene says of the camera and the ground.
    """

    depth_m: NDArray[np.float32]
    findings: tuple[str, ...] = ()


def pointmap(depth: Depth, camera: SourceCamera) -> Pointmap:
    """Return a depth map in metres; a pure function, so that entities lifted apart agree in scale.

    Metric depth is taken as it is, and where it sees the ground elsewhere than ``source.ground`` says, that is a
    finding. Disparity is brought to metres by the ground.
    """
    view = camera.reference
    values = depth.map()
    known = np.isfinite(values) & (values > 0)
    match depth.facts.measures:
        case "disparity":
            depth_m, findings = on_the_ground(values, known, view)
            return Pointmap(depth_m, findings)
        case "distance":
            values = (values / _ray_lengths(view)).astype(np.float32)
    depth_m = np.where(known, values, np.nan).astype(np.float32)
    return Pointmap(depth_m, (*lens_findings(depth.facts.focal_px, view), *plane_findings(depth_m, view)))


def _ray_lengths(camera: Camera) -> NDArray[np.float64]:
    rays = camera.rays(pixel_centres(camera.height, camera.width))
    lengths: NDArray[np.float64] = np.linalg.norm(rays, axis=-1)
    return lengths
