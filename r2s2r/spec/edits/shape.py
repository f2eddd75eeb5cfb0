"""Edits of what an entity looks like: its size, its shape, what it is."""

from typing import Annotated, Literal, TypeAlias

from pydantic import Discriminator, Field, Tag, model_validator

from r2s2r.spec.base import Description, FileName, Length, Positive, Spec, Vector, written_kind
from r2s2r.spec.imports import ImportSpec
from r2s2r.spec.moves import Timed

Scale: TypeAlias = Annotated[
    Annotated[Positive, Tag("number")] | Annotated[tuple[Positive, Positive, Positive], Tag("list")],
    Discriminator(written_kind, custom_error_type="scale", custom_error_message="needs a number or [x, y, z]"),
]


class ScaleEdit(Timed):
    """The entity grows or shrinks.

    Attributes:
        factor: Its size in the end, as a multiple of that so far: a number, or one per axis of the entity.
        height_m: Its height in the end; instead of ``factor``.
        pivot: A point of the entity's frame in metres that stays in place; the default is its base (the origin).

    Example:
        {type: scale, factor: 1.5, from: 1s, to: 2s}
    """

    type: Literal["scale"]
    factor: Scale | None = None
    height_m: Length | None = None
    pivot: Vector = (0.0, 0.0, 0.0)

    @model_validator(mode="after")
    def _one_size(self) -> "ScaleEdit":
        if (self.factor is None) == (self.height_m is None):
            raise ValueError("give factor or height_m, one of them")
        return self


class DeformEdit(Timed):
    """The entity's shape changes, from its base up: it is squashed, then tapered, twisted and bent.

    Attributes:
        squash: Its height in the end, as a multiple: 0.7 is lower, 1.3 taller; it keeps its volume.
        taper: How wide its top is in the end, as a multiple of its own width: 0.5 half, 0 a point.
        twist_deg: How far its top turns against its base; positive counter-clockwise seen from above.
        bend_deg: How far its top leans over, along an arc; its base stays. What would fold over inside is squeezed.
        towards_deg: Where it bends to: 0 to its front (+z), 90 to its +x.

    Example:
        {type: deform, bend_deg: 25, twist_deg: 40, from: 0, to: 2s}
    """

    type: Literal["deform"]
    squash: Annotated[Positive, Field(ge=0.05, le=20)] = 1.0
    taper: Annotated[float, Field(ge=0, le=20)] = 1.0
    twist_deg: Annotated[float, Field(ge=-3600, le=3600)] = 0.0
    bend_deg: Annotated[float, Field(ge=-360, le=360)] = 0.0
    towards_deg: float = 0.0

    @model_validator(mode="after")
    def _does_something(self) -> "DeformEdit":
        if (self.squash, self.taper, self.twist_deg, self.bend_deg) == (1.0, 1.0, 0.0, 0.0):
            raise ValueError("give squash, taper, twist_deg or bend_deg")
        return self


class ReplaceEdit(Spec):
    """Another mesh takes the entity's place, for the whole shot: it stands where that stood, as tall, turned alike.

    Attributes:
        asset: The mesh: GLB, glTF, OBJ, PLY or USD.
        import: How its file is read.
        fit: What is made equal: its ``height``, or the largest side of its ``box``.
        description: What it is, in words, for the drafted prompt; default: the name of its file.

    Example:
        {type: replace, asset: assets/crate.glb}
    """

    type: Literal["replace"]
    asset: FileName
    import_: Annotated[ImportSpec, Field(alias="import")] = ImportSpec()
    fit: Literal["height", "box"] = "height"
    description: Description | None = None
