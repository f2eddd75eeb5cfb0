"""Follows names that refer to other names: ``extends`` of shots, ``copy`` of entities."""

from collections.abc import Iterator, Mapping


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
