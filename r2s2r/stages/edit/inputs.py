"""What the edit stage reads besides its settings."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from r2s2r.artifacts.animation import Animation
    from r2s2r.artifacts.entity import Entity
    from r2s2r.artifacts.footage import Footage
    from r2s2r.artifacts.motion import Motion
    from r2s2r.artifacts.source_camera import SourceCamera


@dataclass(frozen=True)
class EditInputs:
    """What a shot is made of.

    Attributes:
        footage: The clip, for the size of its picture.
        camera: How it was filmed.
        entities: Name -> entity.
        motions: Name -> how it moves by itself; only of entities that do.
        donors: Name of an input -> the animation of another shot that motions are taken from.
        files: ``animation``, and ``camera[0]`` for the first move -> path of a file of another program.
    """

    footage: "Footage"
    camera: "SourceCamera"
    entities: "Mapping[str, Entity]"
    motions: "Mapping[str, Motion]"
    donors: "Mapping[str, Animation]" = field(default_factory=dict)
    files: Mapping[str, Path] = field(default_factory=dict)
