"""The header of a PLY file, and the columns of numbers that it announces."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from r2s2r.geometry.transforms import Array

_TYPES = {
    "char": "i1", "uchar": "u1", "short": "i2", "ushort": "u2", "int": "i4", "uint": "u4", "float": "f4",
    "double": "f8", "int8": "i1", "uint8": "u1", "int16": "i2", "uint16": "u2", "int32": "i4", "uint32": "u4",
    "float32": "f4", "float64": "f8",
}  # fmt: skip
_ORDERS = {"ascii": "=", "binary_little_endian": "<", "binary_big_endian": ">"}
_MAX_HEADER_BYTES = 2**16


@dataclass(frozen=True)
class Property:
    """One column: its type, and that of the number before each row's list, where it is one."""

    name: str
    kind: str
    count_kind: str | None = None


@dataclass(frozen=True)
class Element:
    """Rows of the same columns."""

    name: str
    rows: int
    properties: tuple[Property, ...]


@dataclass(frozen=True)
class Header:
    """What a PLY file announces: byte order (``=`` for text), elements, picture (empty for none), where data begin."""

    order: str
    elements: tuple[Element, ...]
    picture: str
    data_at: int


@dataclass(frozen=True, eq=False)
class Columns:
    """One element's rows: numbers by name [N], and lists by name (counts [N], values [sum of counts])."""

    numbers: Mapping[str, Array]
    lists: Mapping[str, tuple[NDArray[np.int64], Array]]


def read_header(data: bytes) -> Header:
    """Read the header. Raises ValueError, which says why, when it is none."""
    end = data.find(b"end_header", 0, _MAX_HEADER_BYTES)
    line_end = data.find(b"\n", end)
    if not data.startswith(b"ply") or end < 0 or line_end < 0:
        raise ValueError("it has no PLY header")
    order, picture = "", ""
    elements: list[Element] = []
    for line in data[:end].decode("ascii", errors="replace").splitlines()[1:]:
        words = line.split()
        match words:
            case ["format", name, _]:
                order = _ORDERS[name]
            case ["element", name, count]:
                elements.append(Element(name, int(count), ()))
            case ["property", *rest]:
                last = elements[-1]
                elements[-1] = Element(last.name, last.rows, (*last.properties, _property(rest)))
            case ["comment", kind, *_] if kind.lower() == "texturefile":
                picture = line.split(kind, 1)[1].strip().replace("\\", "/")
    if not order or any(element.rows < 0 for element in elements):
        raise ValueError("its header does not say how its numbers are written")
    return Header(order, tuple(elements), picture, line_end + 1)


def read_elements(header: Header, data: bytes) -> dict[str, Columns]:
    """Read the rows of all elements. Raises ValueError when there are fewer than announced."""
    found, at = {}, header.data_at
    words = _words(data[at:]) if header.order == "=" else None
    at = 0 if words is not None else at
    for element in header.elements:
        least = sum(1 if words is not None else np.dtype(p.count_kind or p.kind).itemsize for p in element.properties)
        there = (len(data) if words is None else len(words)) - at
        if element.rows * least > there:
            raise ValueError(f"{element.rows:,} rows of {element.name!r} are announced, and fewer are there")
        reader = _Binary(data, header.order) if words is None else _Text(words)
        found[element.name], at = reader.columns(element, at)
    return found


def _property(words: list[str]) -> Property:
    match words:
        case ["list", count, kind, name]:
            return Property(name, _TYPES[kind], _TYPES[count])
        case [kind, name]:
            return Property(name, _TYPES[kind])
    raise ValueError(f"its header has a property {' '.join(words)!r}")


def _words(data: bytes) -> Array:
    return np.array(data.split(), np.float64)


def _one_by_one(element: Element, at: int, take: Callable[[str, int, int], tuple[Array, int]]) -> tuple[Columns, int]:
    """Read rows of which each may have another length; ``take(kind, at, count)`` reads some numbers."""
    values: dict[str, list[Array]] = {one.name: [] for one in element.properties}
    counts: dict[str, list[int]] = {one.name: [] for one in element.properties}
    for _ in range(element.rows):
        for one in element.properties:
            length = 1
            if one.count_kind is not None:
                number, at = take(one.count_kind, at, 1)
                if not len(number) or not 0 <= number[0] < 2**31:
                    raise ValueError("a list of no length")
                length = int(number[0])
                counts[one.name].append(length)
            row, at = take(one.kind, at, length)
            if len(row) < length:
                raise ValueError("it ends in the middle of a row")
            values[one.name].append(row)
    joined = {name: np.concatenate(rows) if rows else np.empty(0) for name, rows in values.items()}
    is_list = {one.name: one.count_kind is not None for one in element.properties}
    lists = {name: (np.array(counts[name], np.int64), joined[name]) for name in joined if is_list[name]}
    return Columns({name: joined[name] for name in joined if not is_list[name]}, lists), at


class _Text:
    """Rows of words."""

    def __init__(self, words: Array) -> None:
        self._words = words

    def columns(self, element: Element, at: int) -> tuple[Columns, int]:
        if all(one.count_kind is None for one in element.properties):
            width = len(element.properties)
            table = self._words[at : at + element.rows * width].reshape(element.rows, width)
            numbers = {one.name: table[:, column] for column, one in enumerate(element.properties)}
            return Columns(numbers, {}), at + table.size
        return _one_by_one(element, at, lambda kind, where, count: (self._words[where : where + count], where + count))


class _Binary:
    """Rows of bytes."""

    def __init__(self, data: bytes, order: str) -> None:
        self._data, self._order = data, order

    def columns(self, element: Element, at: int) -> tuple[Columns, int]:
        equal = self._equal_rows(element, at)
        return equal if equal is not None else _one_by_one(element, at, self._take)

    def _take(self, kind: str, at: int, count: int) -> tuple[Array, int]:
        size = np.dtype(kind).itemsize * count
        if at + size > len(self._data):
            raise ValueError("it ends in the middle of a row")
        return np.frombuffer(self._data, self._order + kind, count, at), at + size

    def _equal_rows(self, element: Element, at: int) -> tuple[Columns, int] | None:
        """Read rows whose lists are all as long as those of the first; None where they are not."""
        fields: list[tuple[str, str] | tuple[str, str, tuple[int]]] = []
        for number, one in enumerate(element.properties):
            if one.count_kind is not None and element.rows:
                before = np.dtype(fields).itemsize if fields else 0
                counts, _ = self._take(one.count_kind, at + before, 1)
                fields.append((f"n{number}", self._order + one.count_kind))
                fields.append((f"v{number}", self._order + one.kind, (int(counts[0]),)))
            else:
                fields.append((f"v{number}", self._order + one.kind))
        kind = np.dtype(fields)
        if at + element.rows * kind.itemsize > len(self._data):
            return None
        table = np.frombuffer(self._data, kind, element.rows, at)
        numbers, lists = {}, {}
        for number, one in enumerate(element.properties):
            if one.count_kind is None or not element.rows:
                numbers[one.name] = table[f"v{number}"]
            elif (table[f"n{number}"] == table[f"n{number}"][0]).all():
                lists[one.name] = (table[f"n{number}"].astype(np.int64), table[f"v{number}"].reshape(-1))
            else:
                return None
        return Columns(numbers, lists), at + table.nbytes
