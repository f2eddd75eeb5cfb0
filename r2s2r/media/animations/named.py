"""Names that tell cameras apart."""

from collections import Counter
from collections.abc import Sequence


def unique(named: Sequence[tuple[str, str]]) -> list[str]:
    """Return for each (name, place in its file) the name, or the place where several have that name."""
    counts = Counter(name for name, _ in named)
    return [name if counts[name] == 1 else place for name, place in named]
