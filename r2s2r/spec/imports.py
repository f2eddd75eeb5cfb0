"""How an asset's file is to be read."""

from typing import Literal

from r2s2r.spec.base import Description, Positive, Spec


class ImportSpec(Spec):
    """How an asset's file is to be read.

    Attributes:
        metres_per_unit: What a length of 1 in the file is; default: what the file says, else 1.
        up: The axis that points up in the file; default: what the file says, else y.
        clip: Name of the animation that ``motion: keep`` plays; default: the first.
        holes: Of a mesh that is not closed: ``fill`` them, or ``refuse`` the file.

    Example:
        {metres_per_unit: 0.01, up: z, holes: refuse}
    """

    metres_per_unit: Positive | None = None
    up: Literal["y", "z"] | None = None
    clip: Description | None = None
    holes: Literal["fill", "refuse"] = "fill"
