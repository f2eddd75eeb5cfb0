"""Do what a request of the lift stage asks."""

from functools import partial
from typing import Literal, TypeAlias, assert_never

from pydantic import TypeAdapter

from pipelines.inputs import Inputs, Workplace
from r2s2r.artifacts.action import Request
from r2s2r.artifacts.depth import Depth
from r2s2r.artifacts.fingerprint import canonical_json, digest_value
from r2s2r.artifacts.footage import Footage
from r2s2r.artifacts.mask import Mask
from r2s2r.artifacts.source_camera import SourceCamera
from r2s2r.errors import MissingError
from r2s2r.models.kept import Loading, anew
from r2s2r.spec.depth import DepthSpec
from r2s2r.spec.edits import ReplaceEdit
from r2s2r.spec.entities import PlaceSpec
from r2s2r.spec.film_camera import FilmCameraSpec
from r2s2r.spec.footage import FootageSpec
from r2s2r.spec.imports import ImportSpec
from r2s2r.spec.lift import LiftSpec
from r2s2r.spec.segment import SegmentSpec
from r2s2r.spec.selection import SelectSpec, Trace
from r2s2r.spec.workers import WorkerSpec
from r2s2r.stages import lift

LiftNode: TypeAlias = Literal["footage", "mask", "traces", "depth", "camera", "entity", "motion", "plate"]

_TRACES: TypeAdapter[tuple[Trace, ...]] = TypeAdapter(tuple[Trace, ...])


def perform_lift(node: LiftNode, request: Request, inputs: Inputs, place: Workplace) -> None:  # noqa: C901 - one case a node
    """Fill ``place.out`` with the artefact a request asks for."""
    out, progress = place.out, place.progress
    match node:
        case "footage":
            lift.make_footage(inputs.spec(FootageSpec), inputs.file("clip"), out, progress)
        case "mask":
            _mask(request, inputs, place)
        case "traces":
            (mask,) = inputs.many("mask", Mask.load).values()
            traces = _TRACES.validate_json(canonical_json(request.parameters["traces"]))
            lift.make_traces(traces, inputs.one("footage", Footage.load), mask, inputs.files, out, progress)
        case "depth":
            spec = inputs.spec(DepthSpec)
            loading = _loading(request, place, spec, "depth")
            lift.make_depth(spec, inputs.one("footage", Footage.load), inputs.files, out, progress, loading)
        case "camera":
            lift.make_camera(inputs.spec(FilmCameraSpec), _camera_inputs(inputs, request), out, progress)
        case "entity":
            _entity(request, inputs, place)
        case "motion":
            _motion(request, inputs, place)
        case "plate":
            lift.make_plate(_plate_inputs(inputs), out, progress)
        case _:
            assert_never(node)


def _mask(request: Request, inputs: Inputs, place: Workplace) -> None:
    given = any(role.split("/")[0] == "mask" for role in request.files)
    select = {**request.parameters["select"], **({"mask": "given"} if given else {})}
    segment = inputs.spec(SegmentSpec, request.parameters["segment"])
    footage = inputs.one("footage", Footage.load)
    loading = _loading(request, place, segment, "segment")
    lift.make_mask(inputs.spec(SelectSpec, select), segment, footage, inputs.files, place.out, place.progress, loading)


def _loading(request: Request, place: Workplace, model: SegmentSpec | DepthSpec, role: str) -> Loading:
    """Return how a model is loaded: where it can be kept, once for all requests in a row that want this one."""
    if place.kept is None:
        return anew
    name = [request.stage, model.model_dump(mode="json"), request.files.get(role), request.file_digests.get(role)]
    return partial(place.kept.use, digest_value(name))


def _camera_inputs(inputs: Inputs, request: Request) -> lift.CameraInputs:
    masks = inputs.many("mask", Mask.load)
    return lift.CameraInputs(
        footage=inputs.one("footage", Footage.load),
        masks=masks,
        depth=inputs.maybe("depth", Depth.load),
        files=inputs.files,
        known=masks.get(request.parameters["camera"]["scale_from"]),
    )


def _entity(request: Request, inputs: Inputs, place: Workplace) -> None:
    match request.backend:
        case "asset":
            reading = inputs.spec(ImportSpec, request.parameters["import"])
            lift.import_entity(reading, _placed(request, inputs), inputs.files, place.out, place.progress)
        case "copy":
            (original,) = inputs.entities().values()
            lift.copy_entity(_placed(request, inputs), original, place.out, place.progress)
        case "replacement":
            spec = inputs.spec(ReplaceEdit, {"type": "replace", "asset": "given", **request.parameters})
            (original,) = inputs.entities().values()
            lift.replace_entity(spec, original, inputs.files, place.out, place.progress)
        case "refined":
            (original,) = inputs.entities().values()
            lift.refine_entity(original, place.out, place.progress)
        case _:
            _lifted(request, inputs, place)


def _placed(request: Request, inputs: Inputs) -> PlaceSpec:
    return inputs.spec(PlaceSpec, request.parameters["place"])


def _lifted(request: Request, inputs: Inputs, place: Workplace) -> None:
    (mask,) = inputs.many("mask", Mask.load).values()
    given = lift.LiftInputs(
        footage=inputs.one("footage", Footage.load),
        mask=mask,
        camera=inputs.one("camera", SourceCamera.load),
        depth=inputs.maybe("depth", Depth.load),
        kept=place.checkpoints,
        worker=_worker(request, inputs, place),
    )
    spec = inputs.spec(LiftSpec, request.parameters["lift"])
    lift.make_entity(spec, _placed(request, inputs), given, place.out, place.progress)


def _motion(request: Request, inputs: Inputs, place: Workplace) -> None:
    (entity,) = inputs.entities().values()
    if request.backend == "asset":
        spec = inputs.spec(ImportSpec, request.parameters["import"])
        lift.import_motion(spec, entity, inputs.files, place.out, place.progress)
        return
    (mask,) = inputs.many("mask", Mask.load).values()
    given = lift.MotionInputs(
        footage=inputs.one("footage", Footage.load),
        mask=mask,
        camera=inputs.one("camera", SourceCamera.load),
        entity=entity,
        worker=_worker(request, inputs, place),
    )
    lift.make_motion(inputs.spec(LiftSpec, request.parameters.get("lift", {})), given, place.out, place.progress)


def _worker(request: Request, inputs: Inputs, place: Workplace) -> lift.WorkerInputs | None:
    if not request.tools:
        return None
    ((name, settings),) = request.tools.items()
    if settings is None:
        raise MissingError(f"no worker {name} is configured; docs/lift-workers.md says how to set one up")
    worker = WorkerSpec.model_validate_json(canonical_json(settings))
    return lift.WorkerInputs(worker=worker, weights=inputs.file("lift"), scratch=place.checkpoints)


def _plate_inputs(inputs: Inputs) -> lift.PlateInputs:
    return lift.PlateInputs(
        footage=inputs.one("footage", Footage.load),
        masks=inputs.many("mask", Mask.load),
        traces=inputs.many("traces", Mask.load),
        camera=inputs.maybe("camera", SourceCamera.load),
    )
