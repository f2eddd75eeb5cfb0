"""Selections: which pixels of the reference frame are meant, in pixels of the source."""

from collections.abc import Mapping
from typing import Annotated, Literal, TypeAlias

from pydantic import ConfigDict, Discriminator, Field, JsonValue, Tag, field_validator, model_validator

from r2s2r.spec.base import Description, FileName, Pixel, Spec, written_kind

Box: TypeAlias = tuple[float, float, float, float]
Points: TypeAlias = Annotated[tuple[Pixel, ...], Field(min_length=1)]


def one_required(*keys: str) -> dict[str, JsonValue]:
    """Say in JSON Schema what ``require_exactly_one`` says in Python."""
    return {"oneOf": [{"required": [key]} for key in keys]}


def require_exactly_one(ways: Mapping[str, object]) -> None:
    """Raise ValueError unless exactly one of the ways is given."""
    given = [name for name, way in ways.items() if way is not None]
    if len(given) != 1:
        raise ValueError(f"give exactly one of {', '.join(ways)}; given: {', '.join(given) or 'none'}")


def _ordered(box: Box | None) -> Box | None:
    if box is not None and not (box[0] < box[2] and box[1] < box[3]):
        raise ValueError("must be [x0, y0, x1, y1] with x0 < x1 and y0 < y1, in pixels of the source")
    return box


class PointsSpec(Spec):
    """Clicks on the picture.

    Attributes:
        inside: Points on the entity.
        outside: Points that are not on it.

    Example:
        {inside: [[400, 300], [420, 500]], outside: [[700, 300]]}
    """

    inside: Points
    outside: tuple[Pixel, ...] = ()


class SelectSpec(Spec):
    """Which pixels of the reference frame are the entity: exactly one of these, but points may refine a box.

    Attributes:
        box_px: ``[x0, y0, x1, y1]`` round it.
        points_px: Points on it, and beside it.
        polygon_px: Its outline, taken as it is.
        mask: White where the entity is, taken as it is: a picture, a clip as long as the source, or a folder of
            pictures named by the frames' numbers.
        text: What it is, in words; needs ``sam3``.

    Example:
        {box_px: [160, 62, 618, 630]}
    """

    model_config = ConfigDict(
        json_schema_extra={
            "oneOf": [
                {"required": ["box_px"]},
                {"required": ["points_px"], "not": {"required": ["box_px"]}},
                {"required": ["polygon_px"]},
                {"required": ["mask"]},
                {"required": ["text"]},
            ]
        }
    )

    box_px: Box | None = None
    points_px: PointsSpec | None = None
    polygon_px: Annotated[tuple[Pixel, ...], Field(min_length=3)] | None = None
    mask: FileName | None = None
    text: Description | None = None

    _box_is_ordered = field_validator("box_px")(_ordered)

    @model_validator(mode="after")
    def _exactly_one(self) -> "SelectSpec":
        ways = {"box_px": self.box_px, "points_px": self.points_px, "polygon_px": self.polygon_px}
        if self.box_px is not None:
            del ways["points_px"]
        require_exactly_one({**ways, "mask": self.mask, "text": self.text})
        return self

    @property
    def way(self) -> Literal["box_px", "points_px", "polygon_px", "mask", "text"]:
        """The field that selects; ``box_px`` where points refine a box."""
        if self.box_px is not None:
            return "box_px"
        if self.points_px is not None:
            return "points_px"
        if self.polygon_px is not None:
            return "polygon_px"
        return "mask" if self.mask is not None else "text"


class RegionSpec(Spec):
    """A part of the picture: exactly one of the three, in source pixels.

    Attributes:
        box_px: ``[x0, y0, x1, y1]``.
        polygon_px: Its outline.
        mask: A picture, white where it is.

    Example:
        {polygon_px: [[300, 600], [620, 600], [560, 640], [340, 640]]}
    """

    model_config = ConfigDict(json_schema_extra=one_required("box_px", "polygon_px", "mask"))

    box_px: Box | None = None
    polygon_px: Annotated[tuple[Pixel, ...], Field(min_length=3)] | None = None
    mask: FileName | None = None

    _box_is_ordered = field_validator("box_px")(_ordered)

    @model_validator(mode="after")
    def _exactly_one(self) -> "RegionSpec":
        require_exactly_one({"box_px": self.box_px, "polygon_px": self.polygon_px, "mask": self.mask})
        return self


def _trace_kind(value: object) -> str | None:
    kind = written_kind(value)
    return kind if kind == "text" else ("region" if isinstance(value, (dict, RegionSpec)) else None)


Trace: TypeAlias = Annotated[
    Annotated[Literal["shadow"], Tag("text")] | Annotated[RegionSpec, Tag("region")],
    Discriminator(
        _trace_kind,
        custom_error_type="trace",
        custom_error_message="needs `shadow` or a region: {box_px: ...}, {polygon_px: ...} or {mask: ...}",
    ),
]
"""What an entity leaves in the picture besides itself: its shadow (found), or a region (its reflection, say)."""
