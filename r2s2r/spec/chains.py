"""Follows names that refer to other names: ``extends`` of shots, ``copy`` of entities, what waits for what."""

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from typing import TypeVar

_Named = TypeVar("_Named", bound=Hashable)


def chain(start: str, links: Mapping[str, str]) -> tuple[str, ...]:
    """Return ``start``, what it refers to, and so on; a circle ends with the name that closes it."""
    names = [start]
    while (following := links.get(names[-1])) is not None:
        names.append(following)
        if following in names[:-1]:
            break
    return tuple(names)


def circles(links: Mapping[str, str]) -> Iterator[tuple[str, ...]]:
    """Yield each circle once, from its first name in the order of ``links`` round to that name again."""
    for name in links:
        names = chain(name, links)
        if len(names) > 1 and names[-1] == name and name == min(names, key=list(links).index):
            yield names


def way_back(start: _Named, following: Callable[[_Named], Iterable[_Named]]) -> tuple[_Named, ...] | None:
    """Return the shortest way from ``start`` round to itself, if there is one; each may refer to several."""
    ways: list[tuple[_Named, ...]] = [(start,)]
    seen: set[_Named] = set()
    for way in ways:  # grows on the way
        for name in following(way[-1]):
            if name == start:
                return (*way, start)
            if name not in seen:
                seen.add(name)
                ways.append((*way, name))
    return None
