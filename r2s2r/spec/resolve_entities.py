"""From what is written about entities to entities: settings merged, files found, copies after what they copy."""

from pathlib import Path

from r2s2r.spec.chains import chain, circles
from r2s2r.spec.checks.references import unknown_entity
from r2s2r.spec.entities import EntitySpec
from r2s2r.spec.entity_files import WrittenEntities
from r2s2r.spec.merge import Layer, Merged
from r2s2r.spec.model_files import weights_at
from r2s2r.spec.profile import ProfileSpec, with_backend
from r2s2r.spec.reading.findings import Problem
from r2s2r.spec.reading.nodes import Loc
from r2s2r.spec.reading.parse import parse_data
from r2s2r.spec.resolved import Entity
from r2s2r.spec.scene_files import SceneFiles

_SETTINGS = frozenset({"segment", "lift"})


def resolve_entities(files: SceneFiles, written: WrittenEntities, profile: ProfileSpec) -> dict[str, Entity]:
    """Return the entities that nothing is wrong with, by name, each copy after what it copies; the rest are findings.

    The order depends on the names alone, not on the order in the file.
    """
    layers = written.layers
    copies = {name: copied for name, layer in layers.items() if isinstance(copied := layer.data.get("copy"), str)}
    _check_copies(files, written, copies)
    entities = {}
    for name in sorted(layers, key=lambda name: (len(chain(name, copies)), name)):
        entity = _resolve(files, name, layers[name], profile)
        if entity is not None:
            entities[name] = entity
    return entities


def _resolve(files: SceneFiles, name: str, layer: Layer, profile: ProfileSpec) -> Entity | None:
    defaults = files.defaults(_SETTINGS) if "select" in layer.data else ()
    merged = Merged((layer, *defaults), _SETTINGS)
    spec = parse_data(merged.data(), EntitySpec, lambda problem: merged.report(files.findings, problem))
    found = _files(files, layer)
    if spec is None:
        return None
    if spec.select is None:
        return Entity(name, spec, found)
    by_text = spec.select.way == "text"
    segment = with_backend(spec.segment, "sam3" if by_text else profile.segment)
    spec = spec.model_copy(update={"segment": segment, "lift": with_backend(spec.lift, profile.lift)})
    if by_text and segment.backend != "sam3":
        message = f"{segment.backend} does not read text: give a box_px, or set segment.backend: sam3"
        merged.report(files.findings, Problem(("segment", "backend"), message))
    return Entity(name, spec, found, _weights(files, merged, spec))


def _files(files: SceneFiles, layer: Layer) -> dict[str, Path]:
    """Return role -> path of what an entity names; what cannot be used is a finding."""
    also = layer.data.get("also_remove")
    named: dict[str, Loc] = {f"also_remove.{i}.mask": ("also_remove", i, "mask") for i in range(_length(also))}
    named["asset"] = ("asset",)
    found = {role: files.find_file(layer.document, (*layer.loc, *loc)) for role, loc in named.items()}
    # A mask may be a folder of pictures.
    found["mask"] = files.find_file(layer.document, (*layer.loc, "select", "mask"), "either")
    return {role: path for role, path in found.items() if path is not None}


def _length(written: object) -> int:
    return len(written) if isinstance(written, list) else 0


def _weights(files: SceneFiles, merged: Merged, spec: EntitySpec) -> dict[str, str]:
    """Return role -> weights of the models that this entity's mask and mesh are made by."""
    weights = {}
    if spec.segment.model is not None:
        loc: Loc = ("segment", spec.segment.backend, "weights")
        weights["segment"] = weights_at(files, merged, loc, spec.segment.model.weights)
    if spec.lift.backend == "sam3d":
        name = f"{spec.lift.sam3d.model}_weights"
        weights["lift"] = weights_at(files, merged, ("lift", "sam3d", name), getattr(spec.lift.sam3d, name))
    return weights


def _check_copies(files: SceneFiles, written: WrittenEntities, copies: dict[str, str]) -> None:
    for name, copied in copies.items():
        if written.names is not None and copied not in written.names:
            _report_copy(files, written.layers[name], unknown_entity(copied, written.names - {name}))
    for circle in circles(copies):
        message = f"copies go round in a circle, {' -> '.join(circle)}: one of them needs select or asset"
        _report_copy(files, written.layers[circle[0]], message)


def _report_copy(files: SceneFiles, layer: Layer, message: str) -> None:
    layer.document.report(files.findings, Problem((*layer.loc, "copy"), message))
