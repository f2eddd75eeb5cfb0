"""Loads scenes: from a YAML file to a resolved scene, or everything that is wrong with it, all at once."""

from collections.abc import Iterable
from functools import partial
from pathlib import Path

from r2s2r.errors import InputError
from r2s2r.spec.checks.cameras import camera_problems
from r2s2r.spec.donor_scenes import check_donors, donor_scenes
from r2s2r.spec.entity_files import written_entities
from r2s2r.spec.project import Project, find_project
from r2s2r.spec.reading.document import read_document
from r2s2r.spec.reading.findings import Findings
from r2s2r.spec.reading.parse import parse
from r2s2r.spec.resolve_entities import resolve_entities
from r2s2r.spec.resolve_shots import resolve_shots
from r2s2r.spec.resolve_source import resolve_depth, source_files
from r2s2r.spec.resolved import Scene
from r2s2r.spec.scene import SceneSpec
from r2s2r.spec.scene_files import SceneFiles
from r2s2r.spec.weights import is_path
from r2s2r.spec.workers import WorkersSpec


def load_scene(path: Path, *, profile: str | None = None, asked_by: tuple[Path, ...] = ()) -> Scene:
    """Load a scene file: settings merged, profile applied, references checked, paths absolute.

    Args:
        path: The scene file.
        profile: Name of the profile; None for the project's default.
        asked_by: The scenes that take a motion from this one, absolute, the first one first.

    Raises:
        SceneError: Something is wrong in the scene, its project file or a file it includes; holds all findings.
        InputError: The file cannot be read, or there is no such profile.
    """
    if asked_by and path.resolve() in asked_by:
        names = " -> ".join(scene.name for scene in (*asked_by, path))
        raise InputError(f"scenes take motions from each other in a circle, {names}: leave one out")
    project = find_project(path)
    profile_name, backends = project.profile(profile)
    files = _read(path, project)
    spec = parse(files.scene, SceneSpec, files.findings)
    found = source_files(files)
    depth, depth_file, depth_weights = resolve_depth(files, backends)
    written = written_entities(files)
    entities = resolve_entities(files, written, backends)
    if spec is not None and written.names == entities.keys():
        for problem in camera_problems(spec.source.camera, depth, entities):
            files.scene.report(files.findings, problem)
    shots = resolve_shots(files, written, backends, spec.source if spec is not None else None)
    asking = (*asked_by, path.resolve())
    others = donor_scenes(files, shots, partial(load_scene, profile=profile, asked_by=asking))
    check_donors(files, shots, entities, others)
    files.findings.raise_if_any()
    assert spec is not None, "a scene that could not be parsed has findings"
    assert "clip" in found, "a clip that could not be found is a finding"
    return Scene(
        name=spec.name,
        path=path.absolute(),
        profile=profile_name,
        source=spec.source,
        depth=depth,
        files=found | depth_file,
        weights=depth_weights,
        entities=entities,
        shots=shots,
        roots=files.roots,
        workers=_located(project.spec.workers, project.root),
        pins=_absolute(project.spec.pins, project.root),
        others=others,
        included=tuple(file.resolve() for file in written.included),
    )


def check_unique_names(scenes: Iterable[Scene]) -> None:
    """Check that no two scenes of one run share a name: they would share the folder of their results.

    Names that differ in capitals only do so too, on many disks.

    Raises:
        InputError: Two do, or one is given twice.
    """
    first: dict[str, Scene] = {}
    for scene in scenes:
        other = first.get(scene.name.casefold())
        if other is None:
            first[scene.name.casefold()] = scene
            continue
        if other.path == scene.path:
            raise InputError(f"{scene.path} is given twice: name it once")
        names = scene.name if scene.name == other.name else f"{scene.name} or {other.name}, which many disks confuse"
        raise InputError(f"{scene.path} and {other.path} are both named {names}: rename one of the two")


def _read(path: Path, project: Project) -> SceneFiles:
    findings = Findings()
    document = read_document(path, findings)
    if document is None:
        findings.raise_if_any()
    assert document is not None, "a file that could not be read has findings"
    return SceneFiles(document, project, findings, (path.parent.resolve(), *project.media_roots))


def _absolute(pins: dict[str, str], root: Path) -> dict[str, str]:
    """Name pinned weights as entities and shots name theirs: folders absolute, names on the hub as they are."""
    return {str((root / name).resolve()) if is_path(name) else name: pin for name, pin in pins.items()}


def _located(workers: WorkersSpec, root: Path) -> WorkersSpec:
    """Return the workers with absolute interpreters. Links are kept: a virtual environment's Python is one."""
    found = {name: getattr(workers, name) for name in WorkersSpec.model_fields}
    absolute = {
        name: worker.model_copy(update={"python": str(root / worker.python)})
        for name, worker in found.items()
        if worker
    }
    return workers.model_copy(update=absolute)
