"""Settings of the encode stage."""

from fractions import Fraction
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import AfterValidator, Discriminator, Field, Tag

from r2s2r.spec.base import Spec, written_kind

FRACTION_PATTERN = r"^[1-9]\d{0,5}(/[1-9]\d{0,5})?$"


def _rate_kind(value: Any) -> str | None:  # noqa: ANN401 - whatever YAML holds
    return None if isinstance(value, float) else written_kind(value)


def _deliverable(fps: str | int) -> str | int:
    if not 1 <= Fraction(fps) <= 240:
        raise ValueError(f"must be from 1 to 240 frames a second, is {fps}")
    return fps


Fps: TypeAlias = Annotated[
    Annotated[int, Tag("number")] | Annotated[str, Field(pattern=FRACTION_PATTERN), Tag("text")],
    Discriminator(_rate_kind, custom_error_type="fps", custom_error_message="needs a rate, 24 or 24000/1001"),
    AfterValidator(_deliverable),
]


class EncodeSpec(Spec):
    """How the video is delivered.

    Attributes:
        crf: H.264 quality; smaller is better and larger.
        deliver_fps: Frames a second of ``video.mp4``, a number or a fraction like 30000/1001; default: as generated.
        retime: How frames between the generated ones are made, when ``deliver_fps`` differs.

    Example:
        {deliver_fps: 24, retime: flow}
    """

    crf: Annotated[int, Field(ge=0, le=51)] = 16
    deliver_fps: Fps | None = None
    retime: Literal["hold", "blend", "flow"] = "hold"
