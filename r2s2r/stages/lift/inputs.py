"""What the lift stage's parts read besides their settings."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from r2s2r.artifacts.depth import Depth
    from r2s2r.artifacts.entity import Entity
    from r2s2r.artifacts.footage import Footage
    from r2s2r.artifacts.mask import Mask
    from r2s2r.artifacts.source_camera import SourceCamera
    from r2s2r.spec.workers import WorkerSpec


@dataclass(frozen=True)
class WorkerInputs:
    """What a lift in another process needs.

    Attributes:
        worker: Its environment.
        weights: Local folder of its model.
        scratch: Folder that outlives this process: requests, responses and what went wrong.
    """

    worker: "WorkerSpec"
    weights: Path
    scratch: Path


@dataclass(frozen=True)
class LiftInputs:
    """What an entity is lifted from.

    Attributes:
        footage: The clip.
        mask: Where in it the entity is.
        camera: How the clip was filmed.
        depth: How far away things are at the reference frame; None where only the ground tells.
        kept: Folder that outlives a failure: pictures of what went wrong are put there.
        worker: For a lift in another process; None for ``inflate``.
    """

    footage: "Footage"
    mask: "Mask"
    camera: "SourceCamera"
    depth: "Depth | None"
    kept: Path
    worker: WorkerInputs | None = None


@dataclass(frozen=True)
class CameraInputs:
    """What the source camera is found from.

    Attributes:
        footage: The clip.
        masks: Entities, which move by themselves; empty where no motion is looked for.
        depth: For ``solve: depth``; else None.
        files: ``camera``, and what lies beside it, by name; empty without ``file``.
        known: The mask of the entity that ``scale_from`` names; else None.
    """

    footage: "Footage"
    masks: "Mapping[str, Mask]"
    depth: "Depth | None"
    files: Mapping[str, Path]
    known: "Mask | None"


@dataclass(frozen=True)
class MotionInputs:
    """What the motion of a selected entity is found from.

    Attributes:
        footage: The clip.
        mask: Where in it the entity is.
        camera: How the clip was filmed.
        entity: The entity, as placed at the reference frame.
        worker: For bodies, which a model looks at in each frame; None for rigid motion.
    """

    footage: "Footage"
    mask: "Mask"
    camera: "SourceCamera"
    entity: "Entity"
    worker: WorkerInputs | None = None


@dataclass(frozen=True)
class PlateInputs:
    """What the background is made from.

    Attributes:
        footage: The clip.
        masks: Name -> where each entity is.
        traces: Name -> what else goes with it: its shadow, its reflection.
        camera: How the clip was filmed, where its motion is known; else None, and frames are registered by what they
            show.
    """

    footage: "Footage"
    masks: "Mapping[str, Mask]"
    traces: "Mapping[str, Mask]"
    camera: "SourceCamera | None" = None
