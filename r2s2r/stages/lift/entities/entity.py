"""A masked entity becomes a placed mesh."""

from dataclasses import replace
from pathlib import Path

import numpy as np

from r2s2r.artifacts.entity import Entity
from r2s2r.artifacts.progress import Progress
from r2s2r.geometry.transforms import Array, translation
from r2s2r.spec.entities import PlaceSpec
from r2s2r.stages.lift.depths.pointmap import Pointmap, pointmap
from r2s2r.stages.lift.entities.contact import ground_contact
from r2s2r.stages.lift.entities.fit import Fit, fitted
from r2s2r.stages.lift.entities.lifter import Lifted, Lifter, View
from r2s2r.stages.lift.entities.place import Standing, base_middle, height_m, place, placed_facts, scaled
from r2s2r.stages.lift.entities.relief import enough_depth
from r2s2r.stages.lift.entities.settle import settle
from r2s2r.stages.lift.inputs import LiftInputs

_GOOD_IOU = 0.98
_UNKNOWN = (
    "the depth map knows too little of it, so the ground says how far away it is: give a map that covers it, or "
    "place.height_m (its real height)"
)


def write_lifted(lifter: Lifter, spec: PlaceSpec, inputs: LiftInputs, out: Path, progress: Progress) -> None:
    """Lift what the mask covers at the reference frame, place it, and write it as an ``Entity`` artefact."""
    points = None if inputs.depth is None else pointmap(inputs.depth, inputs.camera)
    view = _view(inputs, points)
    lifted = lifter.lift(view)
    fit = fitted(lifted.mesh, view, inputs.kept)
    base_m = _base(lifted, fit)
    mesh = replace(fit.mesh, vertices=(fit.mesh.vertices - base_m).astype(np.float32))
    standing = Standing(translation(base_m), height_m(mesh.vertices), eye_m=view.camera.position_m)
    measured = enough_depth(view)
    foot_is_seen = not view.contact.is_cut and (view.contact.on_ground or measured)
    settled = settle(spec, standing, foot_is_seen=foot_is_seen, measured=measured)
    placement = place(spec, settled.standing)
    placed = scaled(mesh, settled.scale * placement.scale)
    of_fit = fit.findings or _iou_findings(fit.iou)
    findings = (*lifted.findings, *of_fit, *_distance_findings(spec, view, points), *settled.findings)
    facts = placed_facts(placed, placement.world_from_entity, findings=findings, silhouette_iou=round(fit.iou, 5))
    Entity.write(out, placed, facts)
    progress(1, 1)


def _base(lifted: Lifted, fit: Fit) -> Array:
    """Return where a mesh stands [3]: the middle of its base, and always as low as the mesh."""
    middle_m = base_middle(fit.mesh.vertices.astype(np.float64))
    if lifted.base_m is None or fit.mesh is not lifted.mesh:
        return middle_m
    return np.array([lifted.base_m[0], middle_m[1], lifted.base_m[2]])


def _view(inputs: LiftInputs, points: Pointmap | None) -> View:
    facts, mask, camera = inputs.footage.facts, inputs.mask.reference_mask(), inputs.camera.reference
    return View(
        frame=inputs.footage.reference_frame(),
        mask=mask,
        camera=camera,
        contact=ground_contact(mask, camera),
        depth_m=None if points is None else points.depth_m,
        clip_frame=facts.clip_frames[facts.reference],
    )


def _iou_findings(covered: float) -> tuple[str, ...]:
    if covered >= _GOOD_IOU:
        return ()
    return (
        f"its mesh covers the mask at an IoU of only {covered:.3f}; where the mask has parts too thin to inflate, "
        "raise lift.inflate.max_faces or give a coarser mask",
    )


def _distance_findings(spec: PlaceSpec, view: View, points: Pointmap | None) -> tuple[str, ...]:
    """Say what is doubtful about how far away it is, where that is not given."""
    of_map = () if points is None else points.findings
    if spec.position_m is not None or spec.height_m is not None or enough_depth(view):
        return of_map
    unknown = () if points is None else (_UNKNOWN,)
    return (*of_map, *unknown, *view.contact.findings)
