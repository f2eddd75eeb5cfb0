"""Builds the tree of a YAML text from the parser's events, and refuses what the language does without."""

from collections.abc import Iterator
from typing import Any

import yaml

from r2s2r.spec.reading.nodes import Complaint, Entry, Loc, Mark, Node
from r2s2r.spec.reading.scalars import read_word

MOST_DEEP = 32
MOST_ALIASED = 10_000

# libyaml's parser is some ten times faster; the pure one gives the same events.
_Parser: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class UnreadableError(Exception):
    """No tree can be built of this text."""

    def __init__(self, mark: Mark, message: str) -> None:
        super().__init__(message)
        self.mark = mark


def build_tree(text: str) -> tuple[Node | None, list[Complaint]]:
    """Build the tree of a text that holds one YAML document (None if it holds nothing) and say what is refused in it.

    Built from the parser's events: PyYAML's own composer crashes the process on deep nesting and hides duplicate keys.

    Raises:
        UnreadableError: The text is too deep, holds a second document, or its aliases grow too large.
        yaml.YAMLError: It is not YAML.
    """
    builder = _TreeBuilder(_Parser(text))
    return builder.document(), builder.complaints


class _TreeBuilder:
    def __init__(self, parser: Any) -> None:  # noqa: ANN401 - PyYAML's two parsers share no type
        self._parser = parser
        self._anchors: dict[str, Node] = {}
        self._aliased = 0
        self.complaints: list[Complaint] = []

    def document(self) -> Node | None:
        self._parser.get_event()  # the stream's start
        if self._parser.check_event(yaml.StreamEndEvent):
            return None
        self._parser.get_event()  # the document's start
        node = self._node(())
        self._parser.get_event()  # the document's end
        if not self._parser.check_event(yaml.StreamEndEvent):
            mark = _mark(self._parser.get_event())
            raise UnreadableError(mark, "a second YAML document starts here: write it into a file of its own")
        return node

    def _node(self, loc: Loc) -> Node:
        event = self._parser.get_event()
        mark = _mark(event)
        if len(loc) >= MOST_DEEP:
            raise UnreadableError(mark, f"nested more than {MOST_DEEP} deep: nothing in the language is")
        if isinstance(event, yaml.AliasEvent):
            return self._alias(event, loc)
        if event.tag is not None:
            self._complain(loc, mark, f"the tag {event.tag} is refused: tags are not part of the language, remove it")
        if isinstance(event, yaml.ScalarEvent):
            node = Node(self._scalar(event, loc), mark)
        elif isinstance(event, yaml.MappingStartEvent):
            node = self._mapping(mark, loc)
        else:
            node = self._sequence(mark, loc)
        if event.anchor is not None:
            self._anchors[event.anchor] = node
        return node

    def _alias(self, event: yaml.AliasEvent, loc: Loc) -> Node:
        mark, node = _mark(event), self._anchors.get(event.anchor or "")
        if node is None:
            raise UnreadableError(mark, f"*{event.anchor} stands for nothing: no &{event.anchor} ends before it")
        self._aliased += node.size
        if self._aliased > MOST_ALIASED or len(loc) + node.height > MOST_DEEP:
            raise UnreadableError(mark, f"the aliases (*{event.anchor}, ...) stand for more than {MOST_ALIASED} values")
        return node

    def _scalar(self, event: yaml.ScalarEvent, loc: Loc) -> Any:  # noqa: ANN401
        if event.style:
            return event.value
        word = read_word(event.value)
        if word.complaint:
            self._complain(loc, _mark(event), word.complaint)
        return word.value

    def _mapping(self, mark: Mark, loc: Loc) -> Node:
        node = Node({}, mark)
        for key, key_mark in self._keys(loc):
            child = self._node((*loc, key))
            _grow(node, child)
            if key in node.entries:
                first = node.entries[key].key.line
                self._complain((*loc, key), key_mark, f"is given twice; the first is in line {first}: remove one")
                continue
            node.entries[key] = Entry(key_mark, child)
            node.data[key] = child.data
        return node

    def _keys(self, loc: Loc) -> Iterator[tuple[str, Mark]]:
        while not self._parser.check_event(yaml.MappingEndEvent):
            if self._parser.check_event(yaml.ScalarEvent):
                event = self._parser.get_event()
                self._check_key(event, loc)
                yield event.value, _mark(event)
            else:
                mark = _mark(self._parser.peek_event())
                self._node((*loc, "?"))
                self._complain((*loc, "?"), mark, "a key is one word: this one is a list, a mapping or an alias")
                yield "?", mark
        self._parser.get_event()

    def _check_key(self, event: yaml.ScalarEvent, loc: Loc) -> None:
        loc, mark = (*loc, event.value), _mark(event)
        if event.tag is not None:
            self._complain(loc, mark, f"the tag {event.tag} is refused: tags are not part of the language, remove it")
        if event.style:
            return
        word = read_word(event.value)
        if event.value == "<<":
            self._complain(loc, mark, "merge keys are not part of the language: use extends, or settings of the scene")
        elif word.complaint:
            said = f"{event.value} is not text to every YAML reader: put it in quotes, or choose another name"
            self._complain(loc, mark, said if event.value else "a key is missing before this colon")
        elif not isinstance(word.value, str):
            self._complain(loc, mark, f"{event.value} is no name: keys are words that start with a letter")

    def _sequence(self, mark: Mark, loc: Loc) -> Node:
        node = Node([], mark)
        while not self._parser.check_event(yaml.SequenceEndEvent):
            child = self._node((*loc, len(node.items)))
            _grow(node, child)
            node.items.append(child)
            node.data.append(child.data)
        self._parser.get_event()
        return node

    def _complain(self, loc: Loc, mark: Mark, message: str) -> None:
        self.complaints.append(Complaint(loc, mark, message))


def _mark(event: yaml.Event) -> Mark:
    assert event.start_mark is not None, "a parser's events have marks"
    return Mark(event.start_mark.line + 1, event.start_mark.column + 1)


def _grow(node: Node, child: Node) -> None:
    node.size += child.size
    node.height = max(node.height, child.height + 1)
