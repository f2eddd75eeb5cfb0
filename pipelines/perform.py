"""Do what a request asks: parse its parameters, open its inputs, call the stage. The one place that chooses a stage."""

from pathlib import Path
from typing import assert_never, cast

from pipelines.inputs import Inputs, Workplace
from pipelines.node import Stage
from pipelines.perform_lift import perform_lift
from pipelines.rendering import render_spec
from r2s2r.artifacts.action import Measured, Request
from r2s2r.artifacts.animation import Animation
from r2s2r.artifacts.control import Control
from r2s2r.artifacts.footage import Footage
from r2s2r.artifacts.mask import Mask
from r2s2r.artifacts.motion import Motion
from r2s2r.artifacts.passes import Passes
from r2s2r.artifacts.plate import Plate
from r2s2r.artifacts.progress import Progress
from r2s2r.artifacts.reference import Reference
from r2s2r.artifacts.source_camera import SourceCamera
from r2s2r.artifacts.store import Store
from r2s2r.spec.conditioning import ControlSpec, ReferenceSpec, SampleSpec
from r2s2r.spec.delivery import DeliverySpec
from r2s2r.spec.diffuse import DiffuseSpec
from r2s2r.spec.edit import EditSpec
from r2s2r.stages import diffuse, edit, encode, render


def perform(request: Request, store: Store, place: Workplace) -> Measured:  # noqa: C901 - one case a stage
    """Fill ``place.out`` with the artefact a request asks for; return what was measured on the way."""
    inputs, out, progress = Inputs(request, store), place.out, place.progress
    stage = cast(Stage, request.stage)
    if place.kept is not None and stage not in ("mask", "depth", "diffuse"):
        place.kept.drop()  # others want the memory: a renderer on the GPU, a worker process with its model
    match stage:
        case "footage" | "mask" | "traces" | "depth" | "camera" | "entity" | "motion" | "plate":
            perform_lift(stage, request, inputs, place)
        case "edit":
            spec = inputs.spec(EditSpec)
            edit.make_animation(spec, _edit_inputs(spec, inputs), out, progress)
        case "render":
            animation, entities = inputs.one("edit", Animation.load), inputs.entities()
            drawn_by = render_spec(request.parameters, request.tools)
            render.make_passes(drawn_by, animation, entities, out, progress)
        case "turntable":
            render.make_turntable(_turntable_inputs(request, inputs), out, progress)
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


def _edit_inputs(spec: EditSpec, inputs: Inputs) -> edit.EditInputs:
    followed = inputs.many("motion", Motion.load)
    return edit.EditInputs(
        footage=inputs.one("footage", Footage.load),
        camera=inputs.one("camera", SourceCamera.load),
        entities=inputs.entities(),
        motions={name: followed[of] for name, of in spec.motions.items()},
        donors=inputs.many("edit", Animation.load),
        files=inputs.files,
    )


def _turntable_inputs(request: Request, inputs: Inputs) -> render.TurntableInputs:
    (entity,) = inputs.entities().values()
    masks = inputs.many("mask", Mask.load)
    return render.TurntableInputs(
        name=request.parameters["name"],
        entity=entity,
        footage=inputs.maybe("footage", Footage.load),
        mask=next(iter(masks.values()), None),
    )


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
        digests=request.file_digests,
        stop=place.stop,
        kept=place.kept,
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
        camera=inputs.one("camera", SourceCamera.load),
        plate=inputs.one("plate", Plate.load),
        entities=inputs.entities(),
    )
