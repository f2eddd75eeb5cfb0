"""``manifest.json``: which files an object has and what they hash to. Written last; its digest is the object's name."""

import json
from dataclasses import dataclass
from pathlib import Path

from r2s2r.artifacts.fingerprint import canonical_json, digest_file, digest_value

MANIFEST = "manifest.json"


@dataclass(frozen=True)
class Manifest:
    """Relative path -> (SHA-256, bytes) of every file of an object."""

    files: dict[str, tuple[str, int]]

    @property
    def digest(self) -> str:
        """The object's name: equal folders have equal digests."""
        return digest_value(self._as_json())

    @property
    def size(self) -> int:
        """Bytes of all files."""
        return sum(size for _, size in self.files.values())

    def write(self, folder: Path) -> None:
        """Write ``manifest.json`` into the object's folder."""
        (folder / MANIFEST).write_bytes(canonical_json(self._as_json()) + b"\n")

    def damage(self, folder: Path) -> list[str]:
        """Re-hash every file; return what is wrong, in words."""
        found = []
        for name, (sha256, _) in sorted(self.files.items()):
            if not (folder / name).is_file():
                found.append(f"{name} is missing")
            elif digest_file(folder / name) != sha256:
                found.append(f"{name} has changed")
        return found

    def _as_json(self) -> dict[str, object]:
        return {"version": 1, "files": {name: list(facts) for name, facts in self.files.items()}}


def describe(folder: Path) -> Manifest:
    """Hash every file below a finished folder."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return Manifest({str(path.relative_to(folder)): (digest_file(path), path.stat().st_size) for path in files})


def read_manifest(folder: Path) -> Manifest:
    """Read an object's manifest. Raises OSError or ValueError when it is missing or damaged."""
    stored = json.loads((folder / MANIFEST).read_bytes())
    try:
        return Manifest({name: (str(sha256), int(size)) for name, (sha256, size) in stored["files"].items()})
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"{folder / MANIFEST}: not a manifest") from error
