"""What the docstring of a spec says: of the class, of each field, an example. Schemas and reference say the same."""

import inspect
import re
import textwrap
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from r2s2r.spec.reading.tree import build_tree

# A section begins at the margin, and all of it is deeper.
_SECTION = re.compile(r"^(?P<title>Attributes|Example):\n(?P<body>(?:(?: .*)?(?:\n|\Z))+)", re.MULTILINE)
# `    name: What it is.`, with the deeper lines that go on with it.
_ATTRIBUTE = re.compile(r"^    (?P<name>\w+): (?P<text>.+(?:\n {8}.+)*)", re.MULTILINE)


@dataclass(frozen=True)
class Docstring:
    """A spec's docstring, taken apart.

    Attributes:
        summary: What the class is, as one paragraph.
        attributes: Field, as it is written in YAML -> what it is; those of the class's bases included.
        example: YAML of one such value; None where none is given.
    """

    summary: str
    attributes: dict[str, str]
    example: str | None

    @property
    def example_data(self) -> Any:  # noqa: ANN401 - whatever YAML holds
        """The example as plain data."""
        assert self.example is not None, "it has none"
        root, refused = build_tree(self.example)
        assert root is not None, "an example holds something"
        assert not refused, f"{refused[0].message}: {self.example}"
        return root.data


def docstring(model: type[BaseModel]) -> Docstring:
    """Take a spec's docstring apart. What a field is may be said in a base of the class; an example may not."""
    attributes: dict[str, str] = {}
    for base in reversed(model.__mro__):
        body = _sections(base).get("Attributes", "")
        attributes |= {found["name"]: plain(found["text"]) for found in _ATTRIBUTE.finditer(body)}
    own = _sections(model)
    example = textwrap.dedent(own["Example"]).strip("\n") if "Example" in own else None
    return Docstring(plain(own["summary"]), attributes, example)


def plain(text: str) -> str:
    """Return a docstring's text in one line, with Markdown's marks for code."""
    return re.sub(r"\s+", " ", text).strip().replace("``", "`")


def _sections(model: type) -> dict[str, str]:
    """Return ``summary`` and section -> its text. A class without a docstring has an empty summary, not its base's."""
    text = inspect.cleandoc(model.__dict__.get("__doc__") or "")
    found = {part["title"]: part["body"] for part in _SECTION.finditer(text)}
    return {**found, "summary": _SECTION.sub("", text)}
