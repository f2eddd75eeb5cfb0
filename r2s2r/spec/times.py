"""Times: ``38`` (a frame), ``1.5s`` (seconds) or ``50%`` (of the last frame)."""

import math
import re
from decimal import Decimal
from fractions import Fraction
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import BaseModel, BeforeValidator, ConfigDict, PlainSerializer, WithJsonSchema

_WRITTEN = re.compile(r"(?P<value>\d+(?:\.\d+)?)(?P<unit>s|%)")


class Moment(BaseModel):
    """A point in a shot's time, in the unit it was written in."""

    model_config = ConfigDict(frozen=True)

    value: float
    unit: Literal["", "s", "%"] = ""

    def frame(self, frames: int, fps: Fraction) -> float:
        """Return the 0-based frame (may be fractional) in a shot of ``frames`` frames at ``fps``.

        Rounded to a millionth of a frame: ``7%`` of frame 100 is frame 7, not 7.000000000000001, which would leave
        frame 7 out of what begins there.
        """
        match self.unit:
            case "":
                return self.value
            case "s":
                return round(self.value * float(fps), 6)
            case "%":
                return round(self.value / 100 * (frames - 1), 6)

    def __str__(self) -> str:
        """Write it as in YAML, to the last digit: keys are made of it."""
        return format(Decimal(repr(self.value)), "f").removesuffix(".0") + self.unit


def frame_span(start: Moment | None, end: Moment | None, *, frames: int, fps: Fraction) -> tuple[float, float]:
    """Return the frames from one moment to another; the shot's first and last where none is given."""
    return 0.0 if start is None else start.frame(frames, fps), frames - 1.0 if end is None else end.frame(frames, fps)


def _parse(written: Any) -> Any:  # noqa: ANN401 - whatever YAML holds
    if isinstance(written, Moment):
        return written
    if isinstance(written, (int, float)) and not isinstance(written, bool):
        return _moment(float(written), "")
    if isinstance(written, str) and (parts := _WRITTEN.fullmatch(written)):
        return _moment(float(parts["value"]), parts["unit"])
    shown = f", is {written!r}" if isinstance(written, str) else ""
    raise ValueError(f"needs a time: a frame (38), seconds (1.5s) or a share of the last frame (50%){shown}")


def _moment(value: float, unit: str) -> Moment:
    if not 0 <= value < math.inf:
        raise ValueError("a time is a finite number and not negative; frame 0 is the shot's start")
    return Moment.model_validate({"value": value, "unit": unit})


def _write(moment: Moment) -> float | str:
    return str(moment) if moment.unit else moment.value


Time: TypeAlias = Annotated[
    Moment,
    BeforeValidator(_parse),
    PlainSerializer(_write),
    WithJsonSchema({"anyOf": [{"type": "number", "minimum": 0}, {"type": "string", "pattern": r"^\d+(\.\d+)?(s|%)$"}]}),
]
