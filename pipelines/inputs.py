"""A request's inputs, opened as what a stage expects, and the place it works at."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from r2s2r.artifacts.action import Request
from r2s2r.artifacts.entity import Entity
from r2s2r.artifacts.fingerprint import canonical_json
from r2s2r.artifacts.progress import Progress
from r2s2r.artifacts.stop import Stop, never
from r2s2r.artifacts.store import Store
from r2s2r.spec.base import Spec

if TYPE_CHECKING:
    from r2s2r.models.kept import KeptModel

Artefact = TypeVar("Artefact")
AnySpec = TypeVar("AnySpec", bound=Spec)


class Inputs:
    """A request's inputs, opened as what the stage expects."""

    def __init__(self, request: Request, store: Store) -> None:
        self._request, self._store = request, store

    def one(self, name: str, load: Callable[[Path], Artefact]) -> Artefact:
        """Open the input of a node's name, e.g. ``footage``."""
        return load(self._store.object(self._request.inputs[name]))

    def maybe(self, name: str, load: Callable[[Path], Artefact]) -> Artefact | None:
        """Open the input of a node's name if there is one."""
        return self.one(name, load) if name in self._request.inputs else None

    def many(self, stage: str, load: Callable[[Path], Artefact]) -> dict[str, Artefact]:
        """Open all inputs of a stage by entity, e.g. ``entity`` -> {"bunny": ...}."""
        names = [name for name in self._request.inputs if name.startswith(f"{stage}:")]
        return {name.partition(":")[2]: self.one(name, load) for name in names}

    def entities(self) -> dict[str, Entity]:
        """Open the entities, sorted by name: those of the scene, and what takes the place of some of them in a shot."""
        found: dict[str, Entity] = {}
        for name in ("entity", "replacement", "refined"):
            found |= self.many(name, Entity.load)
        return {name: found[name] for name in sorted(found)}

    def file(self, role: str) -> Path:
        """Return the path of an outside file."""
        return Path(self._request.files[role])

    @property
    def files(self) -> dict[str, Path]:
        """Role -> path of all outside files and folders of weights."""
        return {role: Path(path) for role, path in self._request.files.items()}

    def spec(self, kind: type[AnySpec], parameters: object = None) -> AnySpec:
        """Parse the request's parameters (or a part of them) as the spec they were written from."""
        return kind.model_validate_json(canonical_json(self._request.parameters if parameters is None else parameters))


@dataclass(frozen=True)
class Workplace:
    """Where a stage works.

    Attributes:
        out: Empty folder for the artefact.
        checkpoints: Folder for what a kill must not cost; there or not, for this request only.
        progress: Told how far it is.
        stop: Asked where it could go on later.
        kept: Where a model stays loaded for the request after this one; None where there is none.
    """

    out: Path
    checkpoints: Path
    progress: Progress
    stop: Stop = never
    kept: "KeptModel | None" = None
