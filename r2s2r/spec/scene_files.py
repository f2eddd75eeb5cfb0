"""The files a scene is written in, while they are being read."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from r2s2r.errors import InputError
from r2s2r.spec.merge import Layer, Mapping
from r2s2r.spec.paths import find_file
from r2s2r.spec.project import Project
from r2s2r.spec.reading.document import Document
from r2s2r.spec.reading.findings import Findings, Problem
from r2s2r.spec.reading.nodes import Loc


@dataclass(frozen=True)
class SceneFiles:
    """A scene being read: its file, its project, and what was found wrong so far.

    Attributes:
        scene: The scene file.
        project: The project it belongs to.
        findings: What is wrong; everything that reads the scene adds to it.
        roots: Folders, symlinks resolved, that its media have to lie in.
    """

    scene: Document
    project: Project
    findings: Findings
    roots: tuple[Path, ...]

    def defaults(self, settings: frozenset[str]) -> tuple[Layer, ...]:
        """Return what the scene and the project say for every shot or entity about ``settings``, the nearest first."""
        documents = [self.scene] if self.project.document is None else [self.scene, self.project.document]
        return tuple(
            Layer(document, (), {key: value for key, value in mapping(document.data).items() if key in settings})
            for document in documents
        )

    def find_file(self, document: Document, loc: Loc, kind: Literal["file", "either"] = "file") -> Path | None:
        """Return the path of the file or folder named at ``loc``; None where none is or (a finding) it is of no use."""
        name = value_at(document.data, loc)
        if not isinstance(name, str) or not name:
            return None
        try:
            return find_file(name, folder=document.path.parent, roots=self.roots, kind=kind)
        except InputError as error:
            document.report(self.findings, Problem(loc, str(error)))
            return None


def mapping(data: Any) -> Mapping:  # noqa: ANN401 - plain data, not yet checked
    """Return data that should be a mapping, or an empty one: what it is instead is a finding already."""
    return data if isinstance(data, dict) else {}


def value_at(data: Any, loc: Loc) -> Any:  # noqa: ANN401 - plain data, not yet checked
    """Return what is written at ``loc``; None where nothing is."""
    for component in loc:
        if isinstance(data, list) and isinstance(component, int):
            data = data[component] if component < len(data) else None
        else:
            data = mapping(data).get(str(component))
    return data
