"""What a turntable is made from."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from r2s2r.artifacts.entity import Entity
    from r2s2r.artifacts.footage import Footage
    from r2s2r.artifacts.mask import Mask


@dataclass(frozen=True)
class TurntableInputs:
    """An entity, and where in the clip it was seen.

    Attributes:
        name: What it is called.
        entity: Its mesh, as placed.
        footage: The clip; None for what the clip lacks.
        mask: Where in it the entity is; None likewise.
    """

    name: str
    entity: "Entity"
    footage: "Footage | None"
    mask: "Mask | None"
