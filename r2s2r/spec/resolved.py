"""A scene after ``load``: settings merged, profile applied, references checked, paths absolute. What pipelines read."""

from dataclasses import dataclass
from pathlib import Path

from r2s2r.spec.diffuse import DiffuseSpec
from r2s2r.spec.edit import EditSpec
from r2s2r.spec.encode import EncodeSpec
from r2s2r.spec.entities import EntitySpec
from r2s2r.spec.render import RenderSpec
from r2s2r.spec.source import SourceSpec


@dataclass(frozen=True)
class Entity:
    """One entity: its spec with merged ``lift`` settings (no ``auto`` left), and its file, if it has one.

    ``file`` is the absolute path of the ``asset`` or of ``select.mask``.
    """

    name: str
    spec: EntitySpec
    file: Path | None


@dataclass(frozen=True)
class Shot:
    """One shot, with ``extends`` followed and all settings merged (no ``auto`` backend left)."""

    name: str
    enabled: bool
    priority: int
    tags: tuple[str, ...]
    prompt: str
    seed: int
    edit: EditSpec
    render: RenderSpec
    diffuse: DiffuseSpec
    encode: EncodeSpec


@dataclass(frozen=True)
class Scene:
    """One scene, ready to be planned. ``entities`` is ordered so that a copy comes after what it copies."""

    name: str
    path: Path
    profile: str
    source: SourceSpec
    clip: Path
    entities: dict[str, Entity]
    shots: dict[str, Shot]
