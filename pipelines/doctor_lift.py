"""Doctor for the lift stage: the models that look at the source, and the workers that lift in other environments."""

from collections.abc import Iterator
from pathlib import Path

from pipelines.doctor import Check, State
from r2s2r.errors import InputError, MissingError
from r2s2r.models.hashes import weight_files
from r2s2r.models.machine import gpu, missing_for
from r2s2r.models.weights import locate, read_header
from r2s2r.spec.perception import PerceptionSpec
from r2s2r.spec.resolved import Entity, Scene

_GB = 1e9


def check_lift(scenes: list[Scene]) -> Iterator[Check]:
    """Yield what the scenes' entities and depth need: packages, a GPU, weights, workers; nothing without scenes."""
    for scene in scenes:
        if scene.depth.model is not None:
            yield from _check_model(f"{scene.name} depth", scene.depth.model, scene.weights["depth"])
        for entity in scene.entities.values():
            label = f"{scene.name}/{entity.name}"
            if entity.spec.segment.model is not None and "segment" in entity.weights:
                yield from _check_model(f"{label} segment", entity.spec.segment.model, entity.weights["segment"])
            if "lift" in entity.weights:
                yield _weights(f"{label} lift", entity.weights["lift"])
                yield _worker(f"{label} worker", scene, entity)


def _check_model(label: str, spec: PerceptionSpec, written: str) -> Iterator[Check]:
    for lacking in missing_for(spec):
        yield Check("machine", label, "missing", lacking)
    yield _weights(label, written)


def _weights(label: str, written: str) -> Check:
    try:
        folder = locate(written, folder=Path())
        for file in weight_files(folder):
            read_header(file)
    except (InputError, MissingError) as error:
        state: State = "missing" if isinstance(error, MissingError) else "wrong"
        return Check("weights", label, state, str(error))
    return Check("weights", label, "ok", f"{folder}; whether it is the right model is seen when it is loaded")


def _worker(label: str, scene: Scene, entity: Entity) -> Check:
    name = entity.spec.lift.sam3d.worker
    worker = scene.workers.named(name)
    if worker is None:
        said = (
            f"`workers: {{{name}: {{python: ...}}}}` is not in r2s2r.yaml: docs/lift-workers.md says how to set it up"
        )
        return Check("workers", label, "missing", said)
    if not Path(worker.python).is_file():
        return Check("workers", label, "missing", f"{worker.python}: no such Python; docs/lift-workers.md says how")
    chip = gpu()
    free_gb = 0.0 if chip is None else chip.free_bytes / _GB
    if free_gb < worker.gpu_memory_gb:
        said = f"needs {worker.gpu_memory_gb:g} GB of free GPU memory, here are {free_gb:.0f} GB"
        return Check("workers", label, "missing", said)
    return Check("workers", label, "ok", worker.python)
