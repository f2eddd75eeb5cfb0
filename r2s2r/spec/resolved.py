"""A scene after ``load``: settings merged, profile applied, references checked, paths absolute. What pipelines read."""

from dataclasses import dataclass, field
from pathlib import Path

from r2s2r.spec.diffuse import DiffuseSpec
from r2s2r.spec.edit import EditSpec
from r2s2r.spec.encode import EncodeSpec
from r2s2r.spec.entities import EntitySpec
from r2s2r.spec.output import OutputSpec
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
class Variant:
    """One of a shot's variants: what it is called (``seed=2,guidance=4.5``), and what differs."""

    label: str
    seed: int
    diffuse: DiffuseSpec


@dataclass(frozen=True)
class Shot:
    """One shot, with ``extends`` followed and all settings merged (no ``auto`` backend left).

    Attributes:
        name: Unique in its scene.
        enabled: Whether it is made when no shot is named.
        priority: Higher runs first.
        tags: Words to find it by.
        prompt: As written; ``auto`` is drafted by ``spec.captions``.
        seed: Of whatever is random.
        edit: Length, camera, edits, and the output at the size that is generated.
        output: What is delivered.
        render: Settings.
        diffuse: Settings.
        encode: Settings.
        variants: To be made side by side instead of one video; empty for most shots.
        files: ``weights``, ``adapter``, ``distillation`` -> absolute folder or name on the hub; ``reference`` ->
            absolute path. Only those the chosen video model reads.
    """

    name: str
    enabled: bool
    priority: int
    tags: tuple[str, ...]
    prompt: str
    seed: int
    edit: EditSpec
    output: OutputSpec
    render: RenderSpec
    diffuse: DiffuseSpec
    encode: EncodeSpec
    variants: tuple[Variant, ...] = ()
    files: dict[str, str] = field(default_factory=dict)


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
