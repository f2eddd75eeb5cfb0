"""What the diffuse stage is given."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from r2s2r.artifacts.stop import Stop, never

if TYPE_CHECKING:
    from r2s2r.artifacts.animation import Animation
    from r2s2r.artifacts.control import Control
    from r2s2r.artifacts.entity import Entity
    from r2s2r.artifacts.footage import Footage
    from r2s2r.artifacts.mask import Mask
    from r2s2r.artifacts.passes import Passes
    from r2s2r.artifacts.plate import Plate
    from r2s2r.artifacts.reference import Reference
    from r2s2r.artifacts.source_camera import SourceCamera
    from r2s2r.models.kept import KeptModel


@dataclass(frozen=True, eq=False)
class CompositorInputs:
    """Everything the compositor's frames are made from.

    Attributes:
        passes: What the renderer drew of the entities.
        animation: Where camera and entities are.
        footage: The source, for its reference frame.
        camera: How it was filmed.
        plate: The source's background without the entities.
        entities: Name -> entity, those of the animation.
    """

    passes: "Passes"
    animation: "Animation"
    footage: "Footage"
    camera: "SourceCamera"
    plate: "Plate"
    entities: "Mapping[str, Entity]"


@dataclass(frozen=True, eq=False)
class ModelInputs:
    """Everything a video model's frames are made from.

    Attributes:
        control: What steers it.
        reference: What gives the look; of the control's size.
        prompt: What it is told.
        seed: Of the noise.
        files: Role (``weights``, ``adapter``, ``distillation``) -> local folder.
        checkpoints: Folder that outlives a killed process; what is in it was made by this very request.
        digests: Role -> SHA-256 of those folders, where they are known.
        stop: Asked between segments.
        kept: Where a model stays loaded for the next shot; None where there is none.
    """

    control: "Control"
    reference: "Reference"
    prompt: str
    seed: int
    files: Mapping[str, Path]
    checkpoints: Path
    digests: Mapping[str, str] = field(default_factory=dict)
    stop: Stop = never
    kept: "KeptModel | None" = None


@dataclass(frozen=True, eq=False)
class ReferenceInputs:
    """Everything a reference picture is made from.

    Attributes:
        passes: What the control shows, for its frame 0.
        footage: The source.
        masks: Name -> mask of each entity selected in the source.
        compositor: What ``composite`` is made from; None for the other kinds.
        file: The picture of kind ``file``; None for the other kinds.
    """

    passes: "Passes"
    footage: "Footage"
    masks: "Mapping[str, Mask]"
    compositor: CompositorInputs | None
    file: Path | None
