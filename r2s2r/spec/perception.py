"""Settings that every model which looks at the source shares: segmentation, depth, lifting."""

from typing import Literal

from r2s2r.spec.base import Spec
from r2s2r.spec.weights import WeightsName


class PerceptionSpec(Spec):
    """A neural network that measures something in the source. Its weights go into the key by their contents.

    Attributes:
        weights: A folder (./models/sam2) or a name on the hub (owner/name@revision).
        device: ``auto`` needs a GPU; ``cpu`` is slow, and its results differ in the last bits.
        precision: What it computes in.
    """

    weights: WeightsName
    device: Literal["auto", "cpu"] = "auto"
    precision: Literal["bf16", "fp32"] = "fp32"
