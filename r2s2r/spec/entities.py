"""Entities: what is selected from the clip, inserted from a file, or copied; and where it stands."""

from typing import Annotated, Literal

from pydantic import ConfigDict, Field, model_validator

from r2s2r.spec.base import Description, FileName, Length, Name, Place, Spec, Vector
from r2s2r.spec.copies import CopiesSpec
from r2s2r.spec.imports import ImportSpec
from r2s2r.spec.lift import LiftSpec
from r2s2r.spec.segment import SegmentSpec
from r2s2r.spec.selection import SelectSpec, Trace, one_required, require_exactly_one


class PlaceSpec(Spec):
    """Where an entity stands at the reference frame; what is not given comes from the source.

    Attributes:
        position_m: Puts its base there, in the world. Default: where the source has it; the origin for an asset.
        move_m: Moves it from where it would be.
        rotate_deg: XYZ intrinsic angles about its base.
        height_m: Its height (a selected entity keeps its place in the picture and moves nearer or farther).
        snap: Onto the ground, along its rays: ``auto`` where it floats or sinks by less than 5 % of its height.

    Example:
        {position_m: [1, 0, -3], rotate_deg: [0, 30, 0], height_m: 0.5}
    """

    position_m: Place | None = None
    move_m: Place = (0.0, 0.0, 0.0)
    rotate_deg: Vector = (0.0, 0.0, 0.0)
    height_m: Length | None = None
    snap: Literal["auto", "always", "never"] = "auto"


class EntitySpec(Spec):
    """One foreground entity: exactly one of ``select``, ``asset`` and ``copy``.

    Attributes:
        select: What is lifted from the clip.
        asset: A mesh to insert: GLB, glTF, OBJ, PLY or USD.
        copy: Another entity's name.
        copies: More of it, as entities of their own called ``name.1``, ``name.2`` and so on.
        place: Where it stands at the reference frame.
        motion: ``keep`` moves it as it moves in the clip, or as its file's animation does; ``none`` lets it stand.
        also_remove: What goes from the background with it: its ``shadow``, or regions of the reference frame.
        import: How an asset's file is read.
        segment: Settings that win over the scene's; for selected entities.
        lift: Settings that win over the scene's; for selected entities.
        description: What it is, in words, for the drafted prompt: "a fat grey rabbit".

    Example:
        {asset: assets/crate.glb, place: {position_m: [1, 0, -3]}, description: a wooden crate}
    """

    model_config = ConfigDict(json_schema_extra=one_required("select", "asset", "copy"))

    select: SelectSpec | None = None
    asset: FileName | None = None
    copy_of: Annotated[Name | None, Field(alias="copy")] = None
    copies: CopiesSpec | None = None
    place: PlaceSpec = PlaceSpec()
    motion: Literal["none", "keep"] = "none"
    also_remove: tuple[Trace, ...] = ()
    import_: Annotated[ImportSpec, Field(alias="import")] = ImportSpec()
    segment: SegmentSpec = SegmentSpec()
    lift: LiftSpec = LiftSpec()
    description: Description | None = None

    @model_validator(mode="after")
    def _exactly_one(self) -> "EntitySpec":
        require_exactly_one({"select": self.select, "asset": self.asset, "copy": self.copy_of})
        if self.kind != "select":
            for name in ("segment", "lift", "also_remove"):
                if getattr(self, name) != type(self).model_fields[name].default:
                    raise ValueError(_NOT_LIFTED[self.kind].format(name))
        if self.kind != "asset" and self.import_ != ImportSpec():
            raise ValueError("import is for an asset: remove it")
        return self

    @property
    def kind(self) -> Literal["select", "asset", "copy"]:
        """Where the entity comes from."""
        if self.select is not None:
            return "select"
        return "asset" if self.asset is not None else "copy"


_NOT_LIFTED = {
    "asset": "an asset is not lifted: remove {}",
    "copy": "a copy is not lifted: move {} to the entity that is copied",
}
