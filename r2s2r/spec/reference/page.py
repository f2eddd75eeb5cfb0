"""The page of the reference: a section for each part of the language, a table for each kind."""

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from r2s2r.spec.docstrings import plain
from r2s2r.spec.reference.kinds import NAME, Kind, kinds
from r2s2r.spec.reference.values import default, unit, words

_HEAD = f"""\
# Reference of the scene language
Made by `make schemas` from the code that reads scenes, so it says what is so. For how to use all this, read
[scene-language.md](scene-language.md); for whole scenes, `scenes/examples/`. Every example below is run by the tests.

A field that is not **required** may be left out. Where no default is shown, the text says what happens without it.
`{NAME}` stands for a name of your own; `[]` for each item of a list. Lengths are metres, +Y is up, angles are degrees.

## Values

| what | how it is written |
|---|---|
| time | `38` is a frame, counted from 0; `1.5s` seconds from the shot's start; `50%` a share of its last frame |
| name | begins with a letter, then letters, digits, `_`, `.`, `-`; at most 64 of them |
| names | an entity; several, `bunny, crate`; or all that fit, `crate.*`, `*` |
| target | an entity (the middle of its mesh, wherever that is at the moment), or a point `[x, y, z]` in the world |
| multiple | `0.5x`: so many times what the text says |
| file or name | a file, relative to the YAML file that names it; of weights, also a name on the hub, `owner/name` |
"""

# Section -> which places are its. The first that fits has a kind.
_SECTIONS: Mapping[str, Callable[[str], bool]] = {
    "Scene": lambda place: place == "",
    "The clip": lambda place: place.startswith("source"),
    "Entities": lambda place: place.startswith(f"entities.{NAME}"),
    "Camera moves": lambda place: place.startswith(f"shots.{NAME}.camera["),
    "Edits": lambda place: place.startswith(f"shots.{NAME}.edits."),
    "Shots": lambda place: place.startswith("shots."),
    "Settings": lambda place: True,
}
_ORDER = ("Scene", "The clip", "Entities", "Shots", "Camera moves", "Edits", "Settings", "Other files")
_SAID_OF = {
    "Camera moves": "A shot's `camera` is a list. It starts at the source camera; each move acts on the camera so far.",
    "Edits": "A shot's `edits` are lists by entity. Each edit acts on the entity as the ones before it leave it.",
    "Settings": "May stand in the project file, in the scene and in a shot (those of lifting: in an entity). They are "
    "merged field by field; the nearest wins.",
}


def write_reference(folder: Path) -> Path:
    """Write the reference into a folder; return the file."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "scene-reference.md"
    path.write_text(reference_text(), encoding="utf-8")
    return path


def reference_text() -> str:
    """Return the whole reference, in Markdown."""
    known = kinds()
    sections: dict[str, list[Kind]] = {section: [] for section in _ORDER}
    for kind in known.values():
        sections[_section(kind)].append(kind)
    sections = {section: _nested(of) for section, of in sections.items()}
    contents = [f"- [{section}](#{_anchor(section)}): {_links(sections[section])}" for section in _ORDER]
    pages = [_section_text(section, sections[section], known) for section in _ORDER]
    return "\n".join([_HEAD, "## Contents\n", *contents, "", *pages])


def _section(kind: Kind) -> str:
    if kind.file != "scene":
        return "Other files"
    return next(section for section, fits in _SECTIONS.items() if fits(kind.places[0]))


def _nested(of: list[Kind]) -> list[Kind]:
    """Sort kinds so that each is followed by those it is made of."""
    way = {kind.places[0]: [index for index, other in enumerate(of) if _holds(other, kind)] for kind in of}
    return sorted(of, key=lambda kind: (kind.file, way[kind.places[0]])) if "" not in way else of


def _holds(other: Kind, kind: Kind) -> bool:
    return other is kind or (other.places[0] != "" and kind.places[0].startswith(other.places[0] + "."))


def _anchor(section: str) -> str:
    return section.lower().replace(" ", "-")


def _links(of: Iterable[Kind]) -> str:
    return " · ".join(f"[{kind.type or kind.title}](#{kind.anchor})" for kind in of)


def _section_text(section: str, of: Iterable[Kind], known: Mapping[str, Kind]) -> str:
    said = [_SAID_OF[section] + "\n"] if section in _SAID_OF else []
    return "\n".join([f"## {section}\n", *said, *(_kind_text(kind, known) for kind in of)])


def _kind_text(kind: Kind, known: Mapping[str, Kind]) -> str:
    lines = [f"### {kind.title}\n", f"{plain(kind.schema['description'])}{_places(kind)}\n"]
    rows = [_row(field, kind, known) for field in kind.fields]
    if rows:
        lines += ["| field | value | unit | default | |", "|---|---|---|---|---|", *rows, ""]
    return "\n".join([*lines, "```yaml", kind.example, "```", ""])


def _places(kind: Kind) -> str:
    """Say where else a kind may stand, for one that may."""
    others = ", ".join(f"`{place}`" for place in kind.places[1:])
    return f" Also as {others}." if others else ""


def _row(field: str, kind: Kind, known: Mapping[str, Kind]) -> str:
    value = kind.schema["properties"][field]
    cells = (f"`{field}`", words(value, known), unit(field, value), default(field, kind), plain(value["description"]))
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"
