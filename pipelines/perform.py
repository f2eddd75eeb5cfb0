"""Do what a request asks: parse its parameters, open its inputs, call the stage. The one place that chooses a stage."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar, assert_never, cast

from pipelines.node import Stage
from r2s2r.artifacts.action import Measured, Request
from r2s2r.artifacts.animation import Animation
from r2s2r.artifacts.control import Control
from r2s2r.artifacts.entity import Entity
from r2s2r.artifacts.fingerprint import canonical_json
from r2s2r.artifacts.footage import Footage
from r2s2r.artifacts.mask import Mask
from r2s2r.artifacts.passes import Passes
from r2s2r.artifacts.plate import Plate
from r2s2r.artifacts.progress import Progress
from r2s2r.artifacts.reference import Reference
from r2s2r.artifacts.store import Store
from r2s2r.spec.base import Spec
from r2s2r.spec.conditioning import ControlSpec, ReferenceSpec, SampleSpec
from r2s2r.spec.delivery import DeliverySpec
from r2s2r.spec.diffuse import DiffuseSpec
from r2s2r.spec.edit import EditSpec
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


@dataclass(frozen=True)
class Workplace:
    """Where a stage works.

    Attributes:
        out: Empty folder for the artefact.
        checkpoints: Folder for what a kill must not cost; there or not, for this request only.
        progress: Told how far it is.
    """

    out: Path
    checkpoints: Path
    progress: Progress


def perform(request: Request, store: Store, place: Workplace) -> Measured:  # noqa: C901 - one case a stage
    """Fill ``place.out`` with the artefact a request asks for; return what was measured on the way."""
    inputs, out, progress = Inputs(request, store), place.out, place.progress
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
        case "control":
            _control(request, inputs, out, progress)
        case "reference":
            _reference(request, inputs, out, progress)
        case "diffuse":
            return _diffuse(request, inputs, place)
        case "encode":
            _encode(request, inputs, out, progress)
        case _:
            assert_never(stage)
    return {}


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


def _control(request: Request, inputs: Inputs, out: Path, progress: Progress) -> None:
    if request.backend == "sample":
        diffuse.import_control(inputs.spec(SampleSpec), inputs.file("video"), out, progress)
        return
    spec = inputs.spec(ControlSpec)
    film = inputs.one("render", Passes.load) if spec.kind == "normal" else _compositor_inputs(inputs)
    diffuse.make_control(spec, film, out, progress)


def _reference(request: Request, inputs: Inputs, out: Path, progress: Progress) -> None:
    if request.backend == "sample":
        diffuse.import_reference(inputs.one("control", Control.load), inputs.file("picture"), out, progress)
        return
    spec = inputs.spec(ReferenceSpec)
    given = diffuse.ReferenceInputs(
        passes=inputs.one("render", Passes.load),
        footage=inputs.one("footage", Footage.load),
        masks=inputs.many("mask", Mask.load),
        compositor=_compositor_inputs(inputs) if spec.kind == "composite" else None,
        file=inputs.file("picture") if spec.kind == "file" else None,
    )
    diffuse.make_reference(spec, given, out, progress)


def _diffuse(request: Request, inputs: Inputs, place: Workplace) -> Measured:
    if "control" not in request.inputs:
        return diffuse.make_frames(inputs.spec(DiffuseSpec), _compositor_inputs(inputs), place.out, place.progress)
    given = diffuse.ModelInputs(
        control=inputs.one("control", Control.load),
        reference=inputs.one("reference", Reference.load),
        prompt=request.parameters["prompt"],
        seed=request.parameters["seed"],
        files={role: Path(path) for role, path in request.files.items()},
        checkpoints=place.checkpoints,
    )
    return diffuse.make_frames(
        inputs.spec(DiffuseSpec, request.parameters["diffuse"]), given, place.out, place.progress
    )


def _encode(request: Request, inputs: Inputs, out: Path, progress: Progress) -> None:
    spec = inputs.spec(DeliverySpec)
    control = inputs.one("control", Control.load) if "control" in request.inputs else inputs.one("render", Passes.load)
    if request.backend == "grid":
        encode.make_grid(spec, inputs.many("diffuse", Footage.load), control, out, progress)
    else:
        encode.make_video(spec, inputs.one("diffuse", Footage.load), control, out, progress)


def _compositor_inputs(inputs: Inputs) -> diffuse.CompositorInputs:
    return diffuse.CompositorInputs(
        passes=inputs.one("render", Passes.load),
        animation=inputs.one("edit", Animation.load),
        footage=inputs.one("footage", Footage.load),
        plate=inputs.one("plate", Plate.load),
        entities=inputs.many("entity", Entity.load),
    )
