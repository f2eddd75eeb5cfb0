"""Verify: re-hash what the store holds; what is damaged is taken out, so that the next run makes it again."""

from collections.abc import Iterator
from dataclasses import dataclass

from r2s2r.artifacts.manifest import read_manifest
from r2s2r.artifacts.store import Store


@dataclass(frozen=True)
class Verdict:
    """One object and what is wrong with it (empty: nothing)."""

    digest: str
    damage: tuple[str, ...]


def verify(store: Store) -> Iterator[Verdict]:
    """Yield a verdict for each object, after removing it where it is damaged."""
    for folder in sorted((store.root / "objects").glob("*")):
        try:
            manifest = read_manifest(folder)
        except (OSError, ValueError):
            damage = ["its manifest is missing or cannot be read"]
        else:
            damage = manifest.damage(folder)
            if manifest.digest != folder.name:
                damage.append("its manifest has changed")
        if damage:
            store.discard(folder.name)
        yield Verdict(folder.name, tuple(damage))
