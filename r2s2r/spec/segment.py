"""Settings of the segmentation: how a selection becomes a mask, and how that is followed through the clip."""

from typing import Annotated, Literal, TypeAlias

from pydantic import Field

from r2s2r.spec.base import Spec
from r2s2r.spec.perception import PerceptionSpec
from r2s2r.spec.weights import WeightsName

SegmentBackend: TypeAlias = Literal["grabcut", "sam2", "sam3"]


class Sam2Spec(PerceptionSpec):
    """SAM 2: boxes, points and masks, and tracking over the clip.

    Example:
        {weights: ./models/sam2, device: cpu}
    """

    weights: WeightsName = "facebook/sam2.1-hiera-large"


class Sam3Spec(PerceptionSpec):
    """SAM 3: what text names, and tracking over the clip.

    Attributes:
        min_score: What is found with a lower score is not believed.

    Example:
        {min_score: 0.4}
    """

    weights: WeightsName = "facebook/sam3"
    min_score: Annotated[float, Field(ge=0, le=1)] = 0.5


class SegmentSpec(Spec):
    """How selections become masks.

    Attributes:
        backend: ``auto`` is decided by the profile; a selection by ``text`` is always made by ``sam3``.
        sam2: Settings of that backend.
        sam3: Settings of that backend.

    Example:
        {backend: sam2}
    """

    backend: Literal["auto", SegmentBackend] = "auto"
    sam2: Sam2Spec = Sam2Spec()
    sam3: Sam3Spec = Sam3Spec()

    @property
    def model(self) -> PerceptionSpec | None:
        """Settings of the chosen model; None for the backend that needs none."""
        match self.backend:
            case "sam2":
                return self.sam2
            case "sam3":
                return self.sam3
            case _:
                return None
