"""The project a scene belongs to: where results go, where media may lie, which profiles there are."""

import os
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from r2s2r.errors import InputError
from r2s2r.spec.profile import ProfileSpec
from r2s2r.spec.project_file import ProjectSpec
from r2s2r.spec.reading.document import Document, read_document
from r2s2r.spec.reading.findings import Findings, Problem
from r2s2r.spec.reading.parse import parse
from r2s2r.spec.reading.suggest import did_you_mean

PROJECT_FILE = "r2s2r.yaml"


@dataclass(frozen=True)
class Project:
    """The project a scene belongs to. Without a project file: the scene's folder, with all defaults.

    Attributes:
        root: Absolute folder of the project file, or of the scene.
        store: Absolute folder of the cache.
        out: Absolute folder of the videos.
        media_roots: Absolute folders, symlinks resolved, that media may lie in besides the scene's own.
        spec: What the project file says.
        document: The project file; None if there is none.
    """

    root: Path
    store: Path
    out: Path
    media_roots: tuple[Path, ...]
    spec: ProjectSpec
    document: Document | None

    def profile(self, name: str | None) -> tuple[str, ProfileSpec]:
        """Return a profile by name (None: the project's default) with its name.

        Raises:
            InputError: There is no such profile.
        """
        profiles = self.spec.all_profiles()
        name = self.spec.profile if name is None else name
        if name not in profiles:
            raise InputError(_unknown_profile(name, self.spec))
        return name, profiles[name]


def find_project(start: Path) -> Project:
    """Return the project of a scene file or folder: the nearest ``r2s2r.yaml`` in its folder or above it.

    Raises:
        SceneError: The project file is wrong.
        InputError: It cannot be read, or a path cannot be used.
    """
    try:
        return _find_project(start)
    except (OSError, ValueError) as error:
        raise InputError(f"{start}: cannot be used as a path: {getattr(error, 'strerror', None) or error}") from error


def project_at(folder: Path) -> Project:
    """Return the project of a folder that has to be there: a slip of the finger names no other project's store.

    Raises InputError when it is none, and what ``find_project`` raises.
    """
    project = find_project(folder)
    if not folder.is_dir():
        raise InputError(f"{folder}: no such folder; name one of the project, or none for the current one")
    return project


def _find_project(start: Path) -> Project:
    tidy = _tidy(start)
    folder = tidy if start.is_dir() else tidy.parent
    for root in (folder, *folder.parents):
        file = root / PROJECT_FILE
        if file.is_file():
            stat = file.stat()
            document, spec = _read_project(_shown(file), (stat.st_mtime_ns, stat.st_size, stat.st_ino))
            return _project(root, document, spec)
    return _project(folder, None, ProjectSpec(version=1))


def _project(root: Path, document: Document | None, spec: ProjectSpec) -> Project:
    return Project(
        root=root,
        store=_tidy(os.environ.get("R2S2R_STORE") or root / spec.store),
        out=_tidy(os.environ.get("R2S2R_OUT") or root / spec.out),
        media_roots=tuple((root / folder).resolve() for folder in spec.media_roots),
        spec=spec,
        document=document,
    )


def _tidy(path: str | Path) -> Path:
    """Return an absolute path without ``..``, its symlinks kept as they are.

    Raises:
        InputError: It is not UTF-8; then no file of the store could name it.
    """
    tidy = os.path.abspath(path)  # noqa: PTH100 - pathlib has no such thing
    try:
        tidy.encode()
    except UnicodeEncodeError as error:
        raise InputError(f"{tidy}: the path is not UTF-8; rename it, or set R2S2R_STORE and R2S2R_OUT") from error
    return Path(tidy)


def _shown(file: Path) -> Path:
    return file.relative_to(Path.cwd()) if file.is_relative_to(Path.cwd()) else file


def _unknown_profile(name: str, spec: ProjectSpec) -> str:
    known = sorted(spec.all_profiles())
    return f"unknown profile {name!r}; known here: {', '.join(known)}{did_you_mean(name, known)}"


@lru_cache(maxsize=16)
def _read_project(file: Path, _state: tuple[int, int, int]) -> tuple[Document, ProjectSpec]:
    """Read a project file, once for as long as it does not change: a hundred scenes may share it."""
    findings = Findings()
    document = read_document(file, findings)
    spec = parse(document, ProjectSpec, findings) if document is not None else None
    if document is not None and spec is not None and spec.profile not in spec.all_profiles():
        document.report(findings, Problem(("profile",), _unknown_profile(spec.profile, spec)))
    findings.raise_if_any()
    assert document is not None, "a file that could not be read has findings"
    assert spec is not None, "a spec that could not be parsed has findings"
    return document, spec
