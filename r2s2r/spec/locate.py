"""Where a field stands in a scene's files, for errors that only show when a stage opens what the scene names."""

import re
from pathlib import Path
from typing import Any

from r2s2r.errors import Finding, InputError
from r2s2r.spec.reading.document import Document, read_document
from r2s2r.spec.reading.findings import Findings
from r2s2r.spec.reading.nodes import Loc
from r2s2r.spec.scene_files import mapping, value_at

_INDEX = re.compile(r"\[(\d+)\]\.?")


def locate(path: Path, field: str, message: str) -> Finding:
    """Return a finding about a dotted field of a scene, at the place where it is written.

    That may be a file of entities the scene includes, or the shot that this one extends. Of a field that is not written
    at all, the place of what would hold it; of a file that has gone in the meantime, its first line.
    """
    document = _read(path)
    if document is None:
        return Finding(path, 1, 1, field, message)
    candidates = [(document, loc) for loc in _inherited(document, _loc(field, document.data))]
    included = value_at(document.data, ("include",))
    for name in included if isinstance(included, list) else []:
        file = _read(path.parent / str(name))
        if file is not None:
            candidates.append((file, _loc(field, file.data)))
    # Where the least of it is missing; the first of equals.
    document, loc = min(candidates, key=lambda candidate: len(candidate[1]) - candidate[0].depth(candidate[1]))
    mark = document.mark(loc)
    return Finding(document.path, mark.line, mark.column, field, message)


def _read(path: Path) -> Document | None:
    try:
        return read_document(path, Findings())
    except InputError:
        return None


def _loc(field: str, data: Any) -> Loc:  # noqa: ANN401 - plain data, not yet checked
    """Return the path of a dotted field. Names may hold dots themselves, so the data says where one ends."""
    loc: Loc = ()
    while field:
        written = [key for key in mapping(data) if re.match(re.escape(key) + r"($|\.|\[)", field)]
        if index := _INDEX.match(field):
            loc, field = (*loc, int(index[1])), field[index.end() :]
        else:
            key = max(written, key=len) if written else re.split(r"(?<=.)[.\[]", field, maxsplit=1)[0]
            loc, field = (*loc, key), field[len(key) :].removeprefix(".")
        data = value_at(data, loc[-1:])
    return loc


def _inherited(document: Document, loc: Loc) -> list[Loc]:
    """Return the path of a field, and where a shot may have it from: the shots it extends, then the whole scene."""
    locs, settings = [loc], loc[2:]
    while loc[:1] == ("shots",) and len(loc) > 1:
        parent = value_at(document.data, (*loc[:2], "extends"))
        loc = ("shots", str(parent), *loc[2:])
        if parent is None or loc in locs:
            break
        locs.append(loc)
    return [*locs, settings] if loc[:1] == ("shots",) and settings else locs
