"""What lifting an entity reads besides its settings."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from r2s2r.artifacts.footage import Footage
    from r2s2r.artifacts.mask import Mask


@dataclass(frozen=True)
class LiftInputs:
    """The clip, and where in it the entity is."""

    footage: "Footage"
    mask: "Mask"
