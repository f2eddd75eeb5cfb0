"""A scene after ``load``: settings merged, profile applied, references checked, paths absolute. What pipelines read."""

from dataclasses import dataclass, field
from pathlib import Path

from r2s2r.spec.depth import DepthSpec
from r2s2r.spec.diffuse import DiffuseSpec
from r2s2r.spec.edit import EditSpec
from r2s2r.spec.edits import ReplaceEdit
from r2s2r.spec.encode import EncodeSpec
from r2s2r.spec.entities import EntitySpec
from r2s2r.spec.output import OutputSpec
from r2s2r.spec.render import RenderSpec
from r2s2r.spec.source import SourceSpec
from r2s2r.spec.workers import WorkersSpec


@dataclass(frozen=True)
class Entity:
    """One entity: its spec with merged settings (no ``auto`` backend left).

    Attributes:
        name: Unique in its scene.
        spec: What is written.
        files: Role -> absolute path: ``asset``; ``mask`` of ``select.mask`` (a file or a folder);
            ``also_remove.0.mask`` of the first of ``also_remove``.
        weights: Role -> absolute folder or name on the hub: ``segment`` and ``lift``, where a model is chosen.
    """

    name: str
    spec: EntitySpec
    files: dict[str, Path] = field(default_factory=dict)
    weights: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Variant:
    """One of a shot's variants: what it is called (``seed=2,guidance=4.5``), and what differs."""

    label: str
    seed: int
    diffuse: DiffuseSpec


@dataclass(frozen=True)
class Donor:
    """Where an entity's motion comes from: an entity of another shot.

    Attributes:
        scene: Absolute path of the scene file; None for this scene.
        shot: Its shot.
        entity: The entity there.
    """

    scene: Path | None
    shot: str
    entity: str


@dataclass(frozen=True)
class Replacement:
    """Another mesh for an entity: what is written, and the absolute path of its file."""

    edit: ReplaceEdit
    asset: Path


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
        recorded: Absolute paths of what the edit stage reads: ``animation``, and ``camera[0]`` for the first move.
        replacements: Entity -> another mesh for it.
        donors: Entity -> the shot that its motion comes from.
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
    recorded: dict[str, Path] = field(default_factory=dict)
    replacements: dict[str, Replacement] = field(default_factory=dict)
    donors: dict[str, Donor] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Scene:
    """One scene, ready to be planned: equal to nothing but itself, for its files may be others the next time.

    Attributes:
        name: Its results are found under it.
        path: Absolute, of its file.
        profile: The one it was loaded with.
        source: The clip and how it was filmed.
        depth: Where the depth of the reference frame comes from; no ``auto`` left.
        files: Role -> absolute path: ``clip``; ``camera`` of ``source.camera.file``; ``depth`` of ``depth.file.path``.
        weights: ``depth`` -> absolute folder or name on the hub, where a depth model is chosen.
        entities: A copy comes after what it copies.
        shots: In the order of the file.
        roots: Absolute folders, symlinks resolved, that its media have to lie in.
        workers: The project's.
        pins: The project's: weights, as written -> SHA-256.
        others: Absolute path -> scene, of those that motions are taken from.
        included: Absolute paths of the files with more entities.
    """

    name: str
    path: Path
    profile: str
    source: SourceSpec
    depth: DepthSpec
    files: dict[str, Path]
    weights: dict[str, str]
    entities: dict[str, Entity]
    shots: dict[str, Shot]
    roots: tuple[Path, ...] = ()
    workers: WorkersSpec = field(default_factory=WorkersSpec)
    pins: dict[str, str] = field(default_factory=dict)
    others: dict[Path, "Scene"] = field(default_factory=dict)
    included: tuple[Path, ...] = ()

    @property
    def clip(self) -> Path:
        """Absolute path of the clip."""
        return self.files["clip"]
