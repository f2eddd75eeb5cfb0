"""Entities: what is selected from the clip, inserted from a file, or copied; and where it stands."""

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import ConfigDict, Field, JsonValue, field_validator, model_validator

from r2s2r.spec.base import Description, FileName, Length, Name, Pixel, Place, Spec, Vector
from r2s2r.spec.lift import LiftSpec


def _one_required(*keys: str) -> dict[str, JsonValue]:
    """Say in JSON Schema what ``_require_exactly_one`` says in Python."""
    return {"oneOf": [{"required": [key]} for key in keys]}


class SelectSpec(Spec):
    """Which pixels of the reference frame are the entity: exactly one of the three, in source pixels.

    Attributes:
        box_px: ``[x0, y0, x1, y1]`` round it (segmented by GrabCut).
        polygon_px: Its outline, taken as it is.
        mask: A picture, white where the entity is, taken as it is.
    """

    model_config = ConfigDict(json_schema_extra=_one_required("box_px", "polygon_px", "mask"))

    box_px: tuple[float, float, float, float] | None = None
    polygon_px: Annotated[tuple[Pixel, ...], Field(min_length=3)] | None = None
    mask: FileName | None = None

    @field_validator("box_px")
    @classmethod
    def _ordered(cls, box: tuple[float, float, float, float] | None) -> tuple[float, float, float, float] | None:
        if box is not None and not (box[0] < box[2] and box[1] < box[3]):
            raise ValueError("must be [x0, y0, x1, y1] with x0 < x1 and y0 < y1, in pixels of the source")
        return box

    @model_validator(mode="after")
    def _exactly_one(self) -> "SelectSpec":
        ways = {"box_px": self.box_px, "polygon_px": self.polygon_px, "mask": self.mask}
        _require_exactly_one(ways)
        return self


class PlaceSpec(Spec):
    """Where an entity stands at the reference frame; what is not given comes from the source.

    Attributes:
        position_m: Puts its base there, in the world. Default: where the source has it; the origin for an asset.
        move_m: Moves it from where it would be.
        rotate_deg: XYZ intrinsic angles about its base.
        height_m: Its height (a selected entity keeps its place in the picture and moves nearer or farther).
    """

    position_m: Place | None = None
    move_m: Place = (0.0, 0.0, 0.0)
    rotate_deg: Vector = (0.0, 0.0, 0.0)
    height_m: Length | None = None


class EntitySpec(Spec):
    """One foreground entity: exactly one of ``select``, ``asset`` and ``copy``.

    Attributes:
        select: What is lifted from the clip.
        asset: A GLB file to insert.
        copy: Another entity's name.
        place: Where it stands at the reference frame.
        lift: Settings that win over the scene's; for selected entities.
        description: What it is, in words, for the drafted prompt: "a fat grey rabbit".
    """

    model_config = ConfigDict(json_schema_extra=_one_required("select", "asset", "copy"))

    select: SelectSpec | None = None
    asset: FileName | None = None
    copy_of: Annotated[Name | None, Field(alias="copy")] = None
    place: PlaceSpec = PlaceSpec()
    lift: LiftSpec = LiftSpec()
    description: Description | None = None

    @model_validator(mode="after")
    def _exactly_one(self) -> "EntitySpec":
        _require_exactly_one({"select": self.select, "asset": self.asset, "copy": self.copy_of})
        if self.kind != "select" and self.lift != LiftSpec():
            raise ValueError(_NOT_LIFTED[self.kind])
        return self

    @property
    def kind(self) -> Literal["select", "asset", "copy"]:
        """Where the entity comes from."""
        if self.select is not None:
            return "select"
        return "asset" if self.asset is not None else "copy"


_NOT_LIFTED = {
    "asset": "an asset is not lifted: remove lift",
    "copy": "a copy is not lifted: move lift to the entity that is copied",
}


def _require_exactly_one(ways: Mapping[str, object]) -> None:
    given = [name for name, way in ways.items() if way is not None]
    if len(given) != 1:
        raise ValueError(f"give exactly one of {', '.join(ways)}; given: {', '.join(given) or 'none'}")
