"""Do what a request asks: parse its parameters, open its inputs, call the stage. The one place that chooses a stage."""

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar, assert_never, cast

from pipelines.node import Stage
from r2s2r.artifacts.action import Request
from r2s2r.artifacts.animation import Animation
from r2s2r.artifacts.entity import Entity
from r2s2r.artifacts.fingerprint import canonical_json
from r2s2r.artifacts.footage import Footage
from r2s2r.artifacts.mask import Mask
from r2s2r.artifacts.passes import Passes
from r2s2r.artifacts.plate import Plate
from r2s2r.artifacts.progress import Progress
from r2s2r.artifacts.store import Store
from r2s2r.spec.base import Spec
from r2s2r.spec.diffuse import DiffuseSpec
from r2s2r.spec.edit import EditSpec
from r2s2r.spec.encode import EncodeSpec
from r2s2r.spec.entities import PlaceSpec, SelectSpec
from r2s2r.spec.lift import LiftSpec
from r2s2r.spec.render import RenderSpec
from r2s2r.spec.source import SourceSpec
from r2s2r.stages import diffuse, edit, encode, lift, render

Artefact = TypeVar("Artefact")
AnySpec = TypeVar("AnySpec", bound=Spec)


class Inputs:
    """A request's inputs, opened as what the stage expects."""

    def __init__(self, request: Request, store: Store) -> None:
        self._request, self._store = request, store

    def one(self, name: str, load: Callable[[Path], Artefact]) -> Artefact:
        """Open the input of a node's name, e.g. ``footage``."""
        return load(self._store.object(self._request.inputs[name]))

    def many(self, stage: str, load: Callable[[Path], Artefact]) -> dict[str, Artefact]:
        """Open all inputs of a stage by entity, e.g. ``entity`` -> {"bunny": ...}."""
        names = [name for name in self._request.inputs if name.startswith(f"{stage}:")]
        return {name.partition(":")[2]: self.one(name, load) for name in names}

    def file(self, role: str) -> Path:
        """Return the path of an outside file."""
        return Path(self._request.files[role])

    def spec(self, kind: type[AnySpec], parameters: object = None) -> AnySpec:
        """Parse the request's parameters (or a part of them) as the spec they were written from."""
        return kind.model_validate_json(canonical_json(self._request.parameters if parameters is None else parameters))


def perform(  # noqa: C901 - one case a stage
    request: Request, store: Store, out: Path, progress: Progress
) -> None:
    """Fill ``out`` with the artefact a request asks for."""
    inputs = Inputs(request, store)
    stage = cast(Stage, request.stage)
    match stage:
        case "footage":
            spec = inputs.spec(SourceSpec, {**request.parameters, "clip": request.files["clip"]})
            lift.make_footage(spec, inputs.file("clip"), out, progress)
        case "mask":
            _mask(request, inputs, out, progress)
        case "entity":
            _entity(request, inputs, out, progress)
        case "plate":
            lift.make_plate(inputs.one("footage", Footage.load), inputs.many("mask", Mask.load), out, progress)
        case "edit":
            footage, entities = inputs.one("footage", Footage.load), inputs.many("entity", Entity.load)
            edit.make_animation(inputs.spec(EditSpec), footage, entities, out, progress)
        case "render":
            animation, entities = inputs.one("edit", Animation.load), inputs.many("entity", Entity.load)
            render.make_passes(inputs.spec(RenderSpec), animation, entities, out, progress)
        case "diffuse":
            diffuse.make_frames(inputs.spec(DiffuseSpec), _diffuse_inputs(inputs), out, progress)
        case "encode":
            frames, passes = inputs.one("diffuse", Footage.load), inputs.one("render", Passes.load)
            encode.make_video(inputs.spec(EncodeSpec), frames, passes, out, progress)
        case _:
            assert_never(stage)


def _mask(request: Request, inputs: Inputs, out: Path, progress: Progress) -> None:
    given = inputs.file("mask") if "mask" in request.files else None
    wanted = {**request.parameters, "mask": str(given)} if given else request.parameters
    lift.make_mask(inputs.spec(SelectSpec, wanted), inputs.one("footage", Footage.load), given, out, progress)


def _entity(request: Request, inputs: Inputs, out: Path, progress: Progress) -> None:
    place = inputs.spec(PlaceSpec, request.parameters["place"])
    match request.backend:
        case "asset":
            lift.import_entity(place, inputs.file("asset"), out, progress)
        case "copy":
            (original,) = inputs.many("entity", Entity.load).values()
            lift.copy_entity(place, original, out, progress)
        case _:
            (mask,) = inputs.many("mask", Mask.load).values()
            given = lift.LiftInputs(footage=inputs.one("footage", Footage.load), mask=mask)
            lift.make_entity(inputs.spec(LiftSpec, request.parameters["lift"]), place, given, out, progress)


def _diffuse_inputs(inputs: Inputs) -> diffuse.DiffuseInputs:
    return diffuse.DiffuseInputs(
        passes=inputs.one("render", Passes.load),
        animation=inputs.one("edit", Animation.load),
        footage=inputs.one("footage", Footage.load),
        plate=inputs.one("plate", Plate.load),
        entities=inputs.many("entity", Entity.load),
    )
