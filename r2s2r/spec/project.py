"""The project file, ``r2s2r.yaml``: where results go, where media may lie, and defaults for every scene."""

import os
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator

from r2s2r.errors import InputError
from r2s2r.spec.base import FileName, Name, Spec
from r2s2r.spec.diffuse import DiffuseSpec
from r2s2r.spec.encode import EncodeSpec
from r2s2r.spec.lift import LiftSpec
from r2s2r.spec.output import OutputSpec
from r2s2r.spec.profile import BUILT_IN, ProfileSpec
from r2s2r.spec.reading.document import Document, read_document
from r2s2r.spec.reading.findings import Findings
from r2s2r.spec.reading.parse import parse
from r2s2r.spec.reading.suggest import did_you_mean
from r2s2r.spec.render import RenderSpec

PROJECT_FILE = "r2s2r.yaml"


def _no_tilde(folder: str) -> str:
    if folder.startswith("~"):
        raise ValueError("~ is not expanded here: write the whole path, or one relative to this file")
    return folder


Folder = Annotated[FileName, AfterValidator(_no_tilde)]


class ProjectSpec(Spec):
    """A project: its scenes are the ones in the folder of this file and below. Paths are relative to this file.

    Attributes:
        version: Of the scene language.
        store: Folder of the cache; R2S2R_STORE wins.
        out: Folder of the videos; R2S2R_OUT wins.
        media_roots: Folders outside of the scenes' own that media may be read from.
        profiles: Name -> backends for ``backend: auto``, beside the built-in ``draft``.
        profile: The one used when none is named.
        lift: Defaults for every scene.
        render: Defaults for every scene.
        diffuse: Defaults for every scene.
        encode: Defaults for every scene.
        output: Defaults for every scene.
    """

    version: Literal[1]
    store: Folder = ".r2s2r"
    out: Folder = "out"
    media_roots: tuple[Folder, ...] = ()
    profiles: dict[Name, ProfileSpec] = {}
    profile: Name = "draft"
    lift: LiftSpec = LiftSpec()
    render: RenderSpec = RenderSpec()
    diffuse: DiffuseSpec = DiffuseSpec()
    encode: EncodeSpec = EncodeSpec()
    output: OutputSpec = OutputSpec()


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
        profiles = {**BUILT_IN, **self.spec.profiles}
        name = self.spec.profile if name is None else name
        if name not in profiles:
            known = ", ".join(sorted(profiles))
            raise InputError(f"unknown profile {name!r}{did_you_mean(name, profiles)}; known here: {known}")
        return name, profiles[name]


def find_project(start: Path) -> Project:
    """Return the project of a scene file or folder: the nearest ``r2s2r.yaml`` in its folder or above it.

    Raises:
        SceneError: The project file is wrong.
        InputError: It cannot be read.
    """
    folder = Path(os.path.abspath(start if start.is_dir() else start.parent))  # noqa: PTH100 - tidies `..`, keeps symlinks
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
        store=_folder("R2S2R_STORE", root / spec.store),
        out=_folder("R2S2R_OUT", root / spec.out),
        media_roots=tuple((root / folder).resolve() for folder in spec.media_roots),
        spec=spec,
        document=document,
    )


def _folder(variable: str, default: Path) -> Path:
    return Path(os.path.abspath(os.environ.get(variable) or default))  # noqa: PTH100 - tidies `..`, keeps symlinks


def _shown(file: Path) -> Path:
    return file.relative_to(Path.cwd()) if file.is_relative_to(Path.cwd()) else file


@lru_cache(maxsize=16)
def _read_project(file: Path, _state: tuple[int, int, int]) -> tuple[Document, ProjectSpec]:
    """Read a project file, once for as long as it does not change: a hundred scenes may share it."""
    findings = Findings()
    document = read_document(file, findings)
    spec = parse(document, ProjectSpec, findings) if document is not None else None
    if document is not None and spec is not None and spec.profile not in (known := {**BUILT_IN, **spec.profiles}):
        message = f"unknown profile {spec.profile!r}{did_you_mean(spec.profile, known)}; known: {', '.join(sorted(known))}"
        findings.add(file, document.mark(("profile",)), ("profile",), message)
    findings.raise_if_any()
    assert document is not None, "a file that could not be read has findings"
    assert spec is not None, "a spec that could not be parsed has findings"
    return document, spec
