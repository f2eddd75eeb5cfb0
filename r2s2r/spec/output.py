"""Size, rate and framing of what is made."""

from typing import Annotated, Literal, TypeAlias

from pydantic import AfterValidator, Field

from r2s2r.spec.base import Spec


def _even(side: int) -> int:
    if side % 2:
        raise ValueError(f"must be even, is {side}; nearest: {side - 1} or {side + 1}")
    return side


Side: TypeAlias = Annotated[int, Field(ge=64, le=8192, json_schema_extra={"multipleOf": 2}), AfterValidator(_even)]


class OutputSpec(Spec):
    """The delivered picture; sides are even because H.264's 4:2:0 halves them.

    Attributes:
        width: Columns.
        height: Rows.
        fps: Frames a second at which the shot is generated; bare frame numbers count these.
        fit: How the source lies in it: ``crop`` cuts what hangs over, ``letterbox`` shows all of it.

    Example:
        {width: 1280, height: 720, fps: 16, fit: letterbox}
    """

    width: Side = 832
    height: Side = 480
    fps: Annotated[int, Field(ge=1, le=120)] = 16
    fit: Literal["crop", "letterbox"] = "crop"
