"""Arrays of copies: how many more of an entity there are, and where. They are entities of their own, ``name.1`` on."""

from typing import Annotated, Literal

from pydantic import ConfigDict, Field, model_validator

from r2s2r.spec.base import Length, Spec, Vector
from r2s2r.spec.selection import one_required, require_exactly_one

MOST_COPIES = 500
_Count = Annotated[int, Field(ge=1, le=MOST_COPIES)]


class RingSpec(Spec):
    """Copies on a circle round the entity, on its level.

    Attributes:
        count: How many.
        radius_m: Of the circle.
        start_deg: Where the first one stands: 0 to the right (+x), 90 behind (-z).
        face: Which way they look: ``same`` as the entity, ``out`` from the middle, ``in`` to it.

    Example:
        {count: 6, radius_m: 1.2, face: in}
    """

    count: _Count
    radius_m: Length
    start_deg: float = 0.0
    face: Literal["same", "in", "out"] = "same"


class GridSpec(Spec):
    """Copies in rows, columns and layers; the entity itself is the first of them, the left one in front.

    Attributes:
        count: How many along x (to the right), y (up) and z (away from the reference camera), the entity included.
        spacing_m: From one to the next, along each.

    Example:
        {count: [3, 1, 2], spacing_m: [0.6, 0.6, 0.8]}
    """

    count: tuple[_Count, _Count, _Count]
    spacing_m: Vector

    @model_validator(mode="after")
    def _some(self) -> "GridSpec":
        across, up, deep = self.count
        if not 2 <= across * up * deep <= MOST_COPIES:
            raise ValueError(f"needs 2 to {MOST_COPIES} in all, the entity included; is {across * up * deep}")
        return self


class ScatterSpec(Spec):
    """Copies strewn over the ground round the entity, none on top of another.

    Attributes:
        count: How many.
        radius_m: How far from the entity, at most.
        gap_m: How far from each other, at least, base to base.
        turn: Whether each is turned at random.
        seed: Of the places.

    Example:
        {count: 5, radius_m: 2, gap_m: 0.5, seed: 4}
    """

    count: _Count
    radius_m: Length
    gap_m: Annotated[float, Field(ge=0, le=1000)] = 0.0
    turn: bool = True
    seed: Annotated[int, Field(ge=0, lt=2**63)] = 0


class CopiesSpec(Spec):
    """More of an entity: exactly one of ``ring``, ``grid`` and ``scatter``.

    Attributes:
        ring: On a circle round it.
        grid: In rows, columns and layers.
        scatter: Strewn over the ground.

    Example:
        {ring: {count: 6, radius_m: 1.2, face: in}}
    """

    model_config = ConfigDict(json_schema_extra=one_required("ring", "grid", "scatter"))

    ring: RingSpec | None = None
    grid: GridSpec | None = None
    scatter: ScatterSpec | None = None

    @model_validator(mode="after")
    def _exactly_one(self) -> "CopiesSpec":
        require_exactly_one({"ring": self.ring, "grid": self.grid, "scatter": self.scatter})
        return self
