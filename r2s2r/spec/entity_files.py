"""Entities from the scene's own file and from the files it includes."""

from dataclasses import dataclass
from pathlib import Path

from r2s2r.errors import InputError
from r2s2r.spec.base import Name, Spec
from r2s2r.spec.entities import EntitySpec
from r2s2r.spec.merge import Layer
from r2s2r.spec.reading.document import Document, read_document
from r2s2r.spec.reading.findings import Problem
from r2s2r.spec.reading.nodes import Loc
from r2s2r.spec.reading.parse import parse
from r2s2r.spec.scene_files import SceneFiles, mapping, value_at


class EntitiesSpec(Spec):
    """A file of entities that scenes include. Paths in it are relative to it.

    Attributes:
        entities: Name -> where it comes from.
    """

    entities: dict[Name, EntitySpec]


@dataclass(frozen=True)
class WrittenEntities:
    """What is written about a scene's entities.

    Attributes:
        layers: Name -> where it is written.
        names: All names there are; None where a file that may hold more of them cannot be read.
    """

    layers: dict[str, Layer]
    names: frozenset[str] | None


def written_entities(files: SceneFiles) -> WrittenEntities:
    """Return where each entity of a scene is written; a name that is taken already is a finding."""
    layers: dict[str, Layer] = {}
    included = _included(files)
    for document in (files.scene, *filter(None, included)):
        for name, data in mapping(value_at(document.data, ("entities",))).items():
            layer = Layer(document, ("entities", name), mapping(data))
            if name in layers:
                _report_taken(files, first=layers[name], second=layer)
            else:
                layers[name] = layer
    return WrittenEntities(layers, names=frozenset(layers) if None not in included else None)


def _included(files: SceneFiles) -> list[Document | None]:
    """Return the included files; None, with findings, for each that cannot be read."""
    names = value_at(files.scene.data, ("include",))
    found: dict[Path | None, Document | None] = {}
    for index, name in enumerate(names if isinstance(names, list) else []):
        path = files.find_file(files.scene, ("include", index))
        if path is not None and path in found:
            files.scene.report(files.findings, Problem(("include", index), f"{name} is included already: remove one"))
        else:
            found[path] = None if path is None else _read(files, ("include", index), str(name))
    return list(found.values())


def _read(files: SceneFiles, loc: Loc, name: str) -> Document | None:
    """Read an included file, named as the scene names it, so that findings lead there."""
    try:
        document = read_document(files.scene.path.parent / name, files.findings)
    except InputError as error:
        files.scene.report(files.findings, Problem(loc, str(error)))
        return None
    if document is not None:
        parse(document, EntitiesSpec, files.findings)
    return document


def _report_taken(files: SceneFiles, *, first: Layer, second: Layer) -> None:
    """Note the finding at the second of two entities of one name; if one is the scene's own, at that one."""
    if first.document is files.scene:
        first, second = second, first
    line, column = first.document.key_mark(first.loc)
    message = f"the name is taken by {first.document.path}:{line}:{column}: rename one of the two"
    second.document.report(files.findings, Problem(second.loc, message, in_key=True))
