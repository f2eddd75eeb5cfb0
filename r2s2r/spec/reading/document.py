"""A YAML file, read strictly: its data and where each part of it stands."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from r2s2r.errors import InputError
from r2s2r.spec.reading.findings import Findings, Problem
from r2s2r.spec.reading.nodes import Loc, Mark, Node
from r2s2r.spec.reading.suggest import nearest_file
from r2s2r.spec.reading.tree import UnreadableError, build_tree

MOST_BYTES = 1_000_000

# What YAML does not allow in a file (section 5.1 of its specification).
_UNPRINTABLE = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True)
class Document:
    """A YAML file as plain data.

    Attributes:
        path: As findings name it.
        root: The tree, with positions.
        refused: Where the text itself was refused; what a spec has to say about these values is of no use.
    """

    path: Path
    root: Node
    refused: frozenset[Loc]

    @property
    def data(self) -> Any:  # noqa: ANN401 - whatever the file holds
        """The whole file."""
        return self.root.data

    def depth(self, loc: Loc) -> int:
        """Return how many components of ``loc`` are written in this file."""
        return self._walk(loc)[0]

    def mark(self, loc: Loc) -> Mark:
        """Return where the value at ``loc`` stands: itself if it is a plain value, else its key.

        Where nothing is written at ``loc`` (something is missing), the position of what should hold it.
        """
        depth, node, key = self._walk(loc)
        plain = depth == len(loc) and not isinstance(node.data, (dict, list))
        return node.mark if plain or key is None else key

    def key_mark(self, loc: Loc) -> Mark:
        """Return where the key at ``loc`` stands, or what should hold it."""
        _, node, key = self._walk(loc)
        return node.mark if key is None else key

    def report(self, findings: Findings, problem: Problem, *, note: str = "") -> None:
        """Note a problem where it stands in this file, unless the very text there was refused already."""
        loc = problem.loc
        if not any(loc[:end] in self.refused for end in range(len(loc) + 1)):
            mark = self.key_mark(loc) if problem.in_key else self.mark(loc)
            findings.add(self.path, mark, loc, problem.message, note=note)

    def _walk(self, loc: Loc) -> tuple[int, Node, Mark | None]:
        """Follow ``loc`` as far as it is written: the number of steps, the node there, and its key's position."""
        node, key = self.root, None
        for depth, component in enumerate(loc):
            if isinstance(component, str) and component in node.entries:
                key, node = node.entries[component]
            elif isinstance(component, int) and component < len(node.items):
                key, node = None, node.items[component]
            else:
                return depth, node, key
        return len(loc), node, key


def read_document(path: Path, findings: Findings) -> Document | None:
    """Read a YAML file; what is wrong with its text goes to ``findings`` (None if nothing could be made of it).

    Raises:
        InputError: There is no such file, or it cannot be read.
    """
    text = _decode(path, _read(path), findings)
    if text is None:
        return None
    try:
        root, complaints = build_tree(text)
    except UnreadableError as error:
        findings.add(path, error.mark, (), str(error))
        return None
    except yaml.YAMLError as error:
        mark, message = _syntax_error(error, text)
        findings.add(path, mark, (), message)
        return None
    if root is None:
        findings.add(path, Mark(1, 1), (), "is empty: `r2s2r new` writes a scene to start from")
        return None
    for complaint in complaints:
        findings.add(path, complaint.mark, complaint.loc, complaint.message)
    return Document(path, root, frozenset(complaint.loc for complaint in complaints))


def _read(path: Path) -> bytes:
    try:
        if path.exists() and not (path.is_file() or path.is_dir()):  # a pipe nobody writes to would be waited for
            raise InputError(f"{path}: is not a regular file")
        with path.open("rb") as file:
            return file.read(MOST_BYTES + 1)
    except FileNotFoundError as error:
        near = nearest_file(path)
        raise InputError(f"{path}: file not found{f'; nearest: {near}' if near else ''}") from error
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise InputError(f"{path}: cannot be read: {reason}") from error


def _decode(path: Path, data: bytes, findings: Findings) -> str | None:
    """Return the text of a file, or None with a finding where YAML would not take it."""
    if len(data) > MOST_BYTES:
        findings.add(path, Mark(1, 1), (), f"is larger than {MOST_BYTES} bytes: no scene is; is it the right file?")
        return None
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = data[: error.start].decode("utf-8", "replace")
        findings.add(path, _mark_after(before), (), "is not UTF-8 text from here on: save it as UTF-8")
        return None
    if strange := _UNPRINTABLE.search(text):
        message = f"the character U+{ord(strange.group()):04X} is not allowed in YAML: remove it"
        findings.add(path, _mark_after(text[: strange.start()]), (), message)
        return None
    return text


def _mark_after(text: str) -> Mark:
    return Mark(text.count("\n") + 1, len(text) - text.rfind("\n"))


def _syntax_error(error: yaml.YAMLError, text: str) -> tuple[Mark, str]:
    """Say where and why a text is not YAML, with the fix for what goes wrong most."""
    if not isinstance(error, yaml.MarkedYAMLError) or error.problem_mark is None:
        return Mark(1, 1), f"is not YAML: {error}"
    at = error.problem_mark
    lines = text.splitlines()
    rest = lines[at.line][at.column :] if at.line < len(lines) else ""
    hint = ""
    if rest.startswith("\t"):
        hint = ": tabs cannot indent YAML, use spaces"
    elif rest[:1] in tuple("@`%"):
        hint = f": put text that starts with {rest[0]} in quotes"
    elif "mapping values are not allowed" in str(error.problem):
        hint = ": check the indentation, and put text that holds ': ' in quotes"
    return Mark(at.line + 1, at.column + 1), f"is not YAML: {error.problem}{hint}"
