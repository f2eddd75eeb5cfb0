"""Size, rate and framing of what is made."""

from typing import Annotated, Literal, TypeAlias

from pydantic import Field

from r2s2r.spec.base import Spec

Side: TypeAlias = Annotated[int, Field(ge=64, le=8192, multiple_of=2)]


class OutputSpec(Spec):
    """The delivered picture; sides are even because H.264's 4:2:0 halves them.

    Attributes:
        width: Columns.
        height: Rows.
        fps: Frames a second at which the shot is generated; bare frame numbers count these.
        fit: How the source lies in it: ``crop`` cuts what hangs over, ``letterbox`` shows all of it.
    """

    width: Side = 832
    height: Side = 480
    fps: Annotated[int, Field(ge=1, le=120)] = 16
    fit: Literal["crop", "letterbox"] = "crop"
