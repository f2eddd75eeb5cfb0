"""Loads scenes: from a YAML file to a resolved scene, or everything that is wrong with it, all at once."""

from collections.abc import Iterable
from pathlib import Path

from r2s2r.errors import InputError
from r2s2r.spec.entity_files import written_entities
from r2s2r.spec.project import Project, find_project
from r2s2r.spec.reading.document import read_document
from r2s2r.spec.reading.findings import Findings
from r2s2r.spec.reading.parse import parse
from r2s2r.spec.resolve_entities import resolve_entities
from r2s2r.spec.resolve_shots import resolve_shots
from r2s2r.spec.resolved import Scene
from r2s2r.spec.scene import SceneSpec
from r2s2r.spec.scene_files import SceneFiles


def load_scene(path: Path, *, profile: str | None = None) -> Scene:
    """Load a scene file: settings merged, profile applied, references checked, paths absolute.

    Args:
        path: The scene file.
        profile: Name of the profile; None for the project's default.

    Raises:
        SceneError: Something is wrong in the scene, its project file or a file it includes; holds all findings.
        InputError: The file cannot be read, or there is no such profile.
    """
    project = find_project(path)
    profile_name, backends = project.profile(profile)
    files = _read(path, project)
    spec = parse(files.scene, SceneSpec, files.findings)
    clip = files.find_file(files.scene, ("source", "clip"))
    written = written_entities(files)
    entities = resolve_entities(files, written, backends)
    shots = resolve_shots(files, written.names, backends)
    files.findings.raise_if_any()
    assert spec is not None, "a scene that could not be parsed has findings"
    assert clip is not None, "a clip that could not be found is a finding"
    return Scene(
        name=spec.name,
        path=path.absolute(),
        profile=profile_name,
        source=spec.source,
        clip=clip,
        entities=entities,
        shots=shots,
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
