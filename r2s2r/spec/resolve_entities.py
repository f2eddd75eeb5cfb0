"""From what is written about entities to entities: settings merged, files found, copies after what they copy."""

from r2s2r.spec.chains import chain, circles
from r2s2r.spec.checks.references import unknown_entity
from r2s2r.spec.entities import EntitySpec
from r2s2r.spec.entity_files import WrittenEntities
from r2s2r.spec.merge import Layer, Merged
from r2s2r.spec.profile import ProfileSpec, with_backend
from r2s2r.spec.reading.findings import Problem
from r2s2r.spec.reading.parse import parse_data
from r2s2r.spec.resolved import Entity
from r2s2r.spec.scene_files import SceneFiles

_SETTINGS = frozenset({"lift"})


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
    where = ("asset",) if "asset" in layer.data else ("select", "mask")
    file = files.find_file(layer.document, (*layer.loc, *where))
    if spec is None:
        return None
    if spec.kind == "select":
        spec = spec.model_copy(update={"lift": with_backend(spec.lift, profile.lift)})
    return Entity(name, spec, file)


def _check_copies(files: SceneFiles, written: WrittenEntities, copies: dict[str, str]) -> None:
    for name, copied in copies.items():
        if written.names is not None and copied not in written.names:
            _report_copy(files, written.layers[name], unknown_entity(copied, written.names - {name}))
    for circle in circles(copies):
        message = f"copies go round in a circle, {' -> '.join(circle)}: one of them needs select or asset"
        _report_copy(files, written.layers[circle[0]], message)


def _report_copy(files: SceneFiles, layer: Layer, message: str) -> None:
    layer.document.report(files.findings, Problem((*layer.loc, "copy"), message))
