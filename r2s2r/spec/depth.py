"""Settings of the depth of the reference frame: one for all entities of a source, so that they agree in scale."""

from typing import Literal, TypeAlias

from r2s2r.spec.base import FileName, Positive, Spec
from r2s2r.spec.perception import PerceptionSpec
from r2s2r.spec.weights import WeightsName

DepthBackend: TypeAlias = Literal["ground", "file", "depth_pro", "depth_anything"]


class DepthFileSpec(Spec):
    """A given depth map of the whole reference frame, of any size.

    Attributes:
        path: An EXR (its ``Z``, else its first channel), a NumPy array (.npy) or a 16-bit PNG. 0, NaN and infinity mean
            unknown.
        metres_per_unit: What a value of 1 is: 1 for metres, 0.001 for millimetres.
        measures: ``z`` along the camera's axis, or ``distance`` along the ray.

    Example:
        {path: assets/depth.png, metres_per_unit: 0.001}
    """

    path: FileName | None = None
    metres_per_unit: Positive = 1.0
    measures: Literal["z", "distance"] = "z"


class DepthProSpec(PerceptionSpec):
    """Depth Pro: metres, and the focal length.

    Example:
        {weights: ./models/depth-pro, device: cpu}
    """

    weights: WeightsName = "apple/DepthPro-hf"


class DepthAnythingSpec(PerceptionSpec):
    """Depth Anything V2: metres from its metric models; from the others, depth fitted to the ground.

    Example:
        {weights: depth-anything/Depth-Anything-V2-Metric-Indoor-Large-hf}
    """

    weights: WeightsName = "depth-anything/Depth-Anything-V2-Metric-Outdoor-Large-hf"


class DepthSpec(Spec):
    """Where the depth of the reference frame comes from.

    Attributes:
        backend: ``auto`` is decided by the profile; ``ground`` needs nothing but ``source.ground``.
        file: Settings of that backend.
        depth_pro: Settings of that backend.
        depth_anything: Settings of that backend.

    Example:
        {backend: file, file: {path: assets/depth.exr}}
    """

    backend: Literal["auto", DepthBackend] = "auto"
    file: DepthFileSpec = DepthFileSpec()
    depth_pro: DepthProSpec = DepthProSpec()
    depth_anything: DepthAnythingSpec = DepthAnythingSpec()

    @property
    def model(self) -> PerceptionSpec | None:
        """Settings of the chosen model; None for the backends that need none."""
        match self.backend:
            case "depth_pro":
                return self.depth_pro
            case "depth_anything":
                return self.depth_anything
            case _:
                return None
