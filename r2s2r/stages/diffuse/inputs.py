"""What the diffuse stage is given."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from r2s2r.artifacts.animation import Animation
    from r2s2r.artifacts.entity import Entity
    from r2s2r.artifacts.footage import Footage
    from r2s2r.artifacts.passes import Passes
    from r2s2r.artifacts.plate import Plate


@dataclass(frozen=True, eq=False)
class DiffuseInputs:
    """Everything frames are generated from.

    Attributes:
        passes: What the renderer drew of the entities.
        animation: Where camera and entities are.
        footage: The source, for its reference frame and camera.
        plate: The source's background without the entities.
        entities: Name -> entity, those of the animation.
    """

    passes: "Passes"
    animation: "Animation"
    footage: "Footage"
    plate: "Plate"
    entities: "Mapping[str, Entity]"
