"""What every spec shares, and the small value types of the language."""

from typing import Annotated, Any, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field

NAME_PATTERN = r"^[A-Za-z][A-Za-z0-9_.-]{0,63}$"


class Spec(BaseModel):
    """A wish, as written in YAML: frozen, strict, refuses unknown keys and non-finite numbers.

    Dumps use the words of the language (``from``, ``copy``), so that a dumped spec can be read again.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False, serialize_by_alias=True)


Name: TypeAlias = Annotated[str, Field(pattern=NAME_PATTERN)]
Description: TypeAlias = Annotated[str, Field(min_length=1, max_length=500)]
FileName: TypeAlias = Annotated[str, Field(min_length=1, max_length=1024)]
Vector: TypeAlias = tuple[float, float, float]
Pixel: TypeAlias = tuple[float, float]
Positive: TypeAlias = Annotated[float, Field(gt=0)]

# Beyond these, float32 loses what is small beside what is large; nothing that is filmed comes near them.
SMALLEST_M, FARTHEST_M = 0.001, 10_000.0
Length: TypeAlias = Annotated[float, Field(ge=SMALLEST_M, le=FARTHEST_M)]
_Coordinate: TypeAlias = Annotated[float, Field(ge=-FARTHEST_M, le=FARTHEST_M)]
Place: TypeAlias = tuple[_Coordinate, _Coordinate, _Coordinate]


def written_kind(value: Any) -> Literal["number", "text", "list"] | None:  # noqa: ANN401 - whatever YAML holds
    """Tell what was written where the language allows several kinds of value; the tag of such unions."""
    if isinstance(value, bool):
        return None
    if isinstance(value, (int, float)):
        return "number"
    if isinstance(value, str):
        return "text"
    return "list" if isinstance(value, (list, tuple)) else None
