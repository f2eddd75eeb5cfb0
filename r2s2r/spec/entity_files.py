"""Entities from the scene's own file and from the files it includes."""

import re
from dataclasses import dataclass, replace
from pathlib import Path

from r2s2r.errors import InputError
from r2s2r.spec.arrays import stands
from r2s2r.spec.base import NAME_PATTERN, Name, Spec
from r2s2r.spec.copies import CopiesSpec
from r2s2r.spec.entities import EntitySpec
from r2s2r.spec.merge import Layer
from r2s2r.spec.reading.document import Document, read_document
from r2s2r.spec.reading.findings import Problem
from r2s2r.spec.reading.nodes import Loc
from r2s2r.spec.reading.parse import parse, parse_data
from r2s2r.spec.scene_files import SceneFiles, mapping, value_at


class EntitiesSpec(Spec):
    """A file of entities that scenes include. Paths in it are relative to it.

    Attributes:
        entities: Name -> where it comes from.

    Example:
        entities:
          crate: {asset: assets/crate.glb}
    """

    entities: dict[Name, EntitySpec]


@dataclass(frozen=True)
class WrittenEntities:
    """What is written about a scene's entities.

    Attributes:
        layers: Name -> where it is written.
        names: All names there are; None where a file that may hold more of them cannot be read.
        included: The other files, as the scene reaches them.
    """

    layers: dict[str, Layer]
    names: frozenset[str] | None
    included: tuple[Path, ...] = ()


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
    for layer in list(layers.values()):
        _add_copies(files, layer, layers)
    names = frozenset(layers) if None not in included else None
    return WrittenEntities(layers, names, tuple(document.path for document in included if document is not None))


def _add_copies(files: SceneFiles, original: Layer, layers: dict[str, Layer]) -> None:
    """Add the array of copies that an entity asks for; what is wrong with its wish is said where it is resolved."""
    name, written = str(original.loc[-1]), original.data.get("copies")
    wanted = parse_data(written, CopiesSpec, lambda _: None) if isinstance(written, dict) else None
    if wanted is None:
        return
    where = Layer(original.document, (*original.loc, "copies"), {})
    places = stands(wanted)
    if wanted.scatter is not None and len(places) < wanted.scatter.count:
        message = f"only {len(places)} of {wanted.scatter.count} copies fit: raise radius_m, or lower gap_m or count"
        where.document.report(files.findings, Problem((*where.loc, "scatter"), message))
    inherited: dict[str, object] = {
        key: original.data[key] for key in ("motion", "description") if key in original.data
    }
    for number, stand in enumerate(places, start=1):
        copy = f"{name}.{number}"
        place = {"move_m": list(stand.move_m), "rotate_deg": list(stand.rotate_deg)}
        if copy in layers or not re.match(NAME_PATTERN, copy):
            why = "the name is taken" if copy in layers else "that is too long for a name"
            where.document.report(files.findings, Problem(where.loc, f"makes an entity {copy}, and {why}: rename one"))
        else:
            layers[copy] = replace(where, data={"copy": name, "place": place, **inherited})


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
