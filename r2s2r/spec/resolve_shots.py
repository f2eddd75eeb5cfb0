"""From what is written about shots to shots: ``extends`` followed, settings merged, times and names checked."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import partial

from r2s2r.spec.chains import chain, circles
from r2s2r.spec.checks.models import model_problems
from r2s2r.spec.checks.references import reference_problems
from r2s2r.spec.checks.salvage import without_problems
from r2s2r.spec.checks.shots import shot_problems
from r2s2r.spec.checks.subjects import subject_problems
from r2s2r.spec.checks.times import time_problems
from r2s2r.spec.edit import FULL_FRAME_MM, EditSpec
from r2s2r.spec.edited_names import by_entity
from r2s2r.spec.entity_files import WrittenEntities
from r2s2r.spec.generation import generation_output
from r2s2r.spec.merge import Layer, Mapping, Merged
from r2s2r.spec.model_files import model_files
from r2s2r.spec.profile import ProfileSpec, with_backend
from r2s2r.spec.reading.findings import Problem
from r2s2r.spec.reading.nodes import Loc
from r2s2r.spec.reading.parse import parse_data
from r2s2r.spec.reading.suggest import did_you_mean
from r2s2r.spec.recorded_files import RecordedFiles
from r2s2r.spec.resolve_variants import resolve_variants
from r2s2r.spec.resolved import Shot
from r2s2r.spec.scene_files import SceneFiles, mapping, value_at
from r2s2r.spec.shots import ENTITIES, ShotSpec
from r2s2r.spec.source import SourceSpec

_SETTINGS = frozenset({"render", "diffuse", "encode", "output"})
_MERGED = _SETTINGS | {"edits"}  # of edits, a shot replaces those of the names that it gives itself
_NOT_INHERITED = frozenset({"extends", "enabled"})


def resolve_shots(
    files: SceneFiles, entities: WrittenEntities, profile: ProfileSpec, source: SourceSpec | None
) -> dict[str, Shot]:
    """Return the shots that nothing is wrong with, in the order of the file; the rest are findings.

    Args:
        files: The scene being read.
        entities: What is written about its entities.
        profile: What ``backend: auto`` means.
        source: The scene's source, if nothing is wrong with it.
    """
    written = {name: mapping(data) for name, data in mapping(value_at(files.scene.data, ("shots",))).items()}
    links = {name: extends for name, data in written.items() if isinstance(extends := data.get("extends"), str)}
    _check_links(files, written, links)
    _check_folders(files, written)
    known = None if entities.names is None else {name: layer.data for name, layer in entities.layers.items()}
    shots = {}
    for name in sorted(written, key=lambda name: len(chain(name, links))):  # a finding is said of the parent first
        for problem in _entity_problems(written[name], entities):
            files.scene.report(files.findings, _within(("shots", name), problem))
        names = chain(name, links)
        if names[-1] in written and len(set(names)) == len(names):
            merged = _merged(files, [(name, written[name]) for name in names])
            spec = _spec(files, merged, profile, partial(shot_problems, entities=known, source=source))
            if spec is not None:
                shots[name] = _shot(
                    name, spec, files=files, merged=merged, entities=sorted(entities.layers), source=source
                )
    return {name: shots[name] for name in written if name in shots}


def _entity_problems(shot: Mapping, entities: WrittenEntities) -> Iterator[Problem]:
    """Yield what a shot says about entities that is not so; nothing where not all of them are known."""
    if entities.names is not None:
        yield from reference_problems(shot, entities.names)
        yield from subject_problems(shot, entities.names)


def _merged(files: SceneFiles, family: list[tuple[str, Mapping]]) -> Merged:
    """Return a shot, its parent, and so on, over the settings of scene and project."""
    (own, data), *parents = family
    layers = [Layer(files.scene, ("shots", own), data)]
    for name, parent in parents:
        cleared = {"edits"} if any(layer.data.get("edits") == {} for layer in layers) else set()
        inherited = {key: value for key, value in parent.items() if key not in _NOT_INHERITED | cleared}
        layers.append(Layer(files.scene, ("shots", name), inherited))
    return Merged((*layers, *files.defaults(_SETTINGS)), _MERGED)


def _spec(
    files: SceneFiles, merged: Merged, profile: ProfileSpec, check: Callable[[ShotSpec], Iterable[Problem]]
) -> ShotSpec | None:
    """Return a shot's spec if nothing is wrong with it by itself; what is wrong with it becomes findings.

    No ``auto`` backend is left in it.
    """
    wrong: list[Problem] = []
    data = merged.data()
    spec = parse_data(data, ShotSpec, wrong.append)
    checked = parse_data(without_problems(data, wrong), ShotSpec, lambda _: None) if spec is None else spec
    if checked is not None:
        wrong.extend(check(checked))
        if not any(problem.loc[:1] in (("frames",), ("output",)) for problem in wrong):
            wrong.extend(time_problems(checked))
        checked = _with_backends(checked, profile)
        wrong.extend(model_problems(checked))
    for problem in wrong:
        merged.report(files.findings, problem, note=f" (in shot {merged.layers[0].loc[-1]})")
    return None if spec is None else _with_backends(spec, profile)


def _with_backends(spec: ShotSpec, profile: ProfileSpec) -> ShotSpec:
    render, diffuse = with_backend(spec.render, profile.render), with_backend(spec.diffuse, profile.diffuse)
    return spec.model_copy(update={"render": render, "diffuse": diffuse})


def _within(loc: Loc, problem: Problem) -> Problem:
    return replace(problem, loc=(*loc, *problem.loc))


def _shot(
    name: str, spec: ShotSpec, *, files: SceneFiles, merged: Merged, entities: list[str], source: SourceSpec | None
) -> Shot:
    recorded = RecordedFiles(files, merged, spec, entities)
    sensor_mm = source.camera.sensor_mm if source is not None else None
    return Shot(
        name=name,
        enabled=spec.enabled,
        priority=spec.priority,
        tags=spec.tags,
        prompt=spec.prompt,
        seed=spec.seed,
        edit=EditSpec(
            frames=spec.frames,
            camera=spec.camera,
            edits=by_entity(spec.edits, entities),
            output=generation_output(spec.diffuse, spec.output),
            animation=spec.animation,
            sensor_mm=FULL_FRAME_MM if sensor_mm is None else sensor_mm,
        ),
        output=spec.output,
        render=spec.render,
        diffuse=spec.diffuse,
        encode=spec.encode,
        variants=() if spec.diffuse.model is None else tuple(resolve_variants(spec)),
        files=model_files(files, merged, spec.diffuse),
        recorded=recorded.of_camera(),
        replacements=recorded.replacements(),
        donors=recorded.donors(),
    )


def _check_links(files: SceneFiles, written: dict[str, Mapping], links: dict[str, str]) -> None:
    for name, extended in links.items():
        if extended not in written:
            others = [other for other in written if other != name]
            known = f"others here: {', '.join(others) or 'none'}{did_you_mean(extended, others)}"
            message = f"there is no shot {extended!r}; {known}"
            files.scene.report(files.findings, Problem(("shots", name, "extends"), message))
    for circle in circles(links):
        message = f"shots extend each other in a circle, {' -> '.join(circle)}: one of them has to stand alone"
        files.scene.report(files.findings, Problem(("shots", circle[0], "extends"), message))


def _check_folders(files: SceneFiles, written: Iterable[str]) -> None:
    """Results of a shot lie in a folder of its name, and many disks take capitals for small letters."""
    first: dict[str, str] = {}
    for name in written:
        if name.casefold() == ENTITIES:
            message = "the folder of this name is for what `r2s2r lift` makes: give the shot another name"
            files.scene.report(files.findings, Problem(("shots", name), message, in_key=True))
        other = first.setdefault(name.casefold(), name)
        if other != name:
            message = f"differs from {other} in capitals only, and their results may share a folder: rename one"
            files.scene.report(files.findings, Problem(("shots", name), message, in_key=True))
