"""A masked entity becomes a placed mesh."""

from dataclasses import replace
from pathlib import Path

import numpy as np

from r2s2r.artifacts.entity import Entity
from r2s2r.artifacts.progress import Progress
from r2s2r.geometry.transforms import translation
from r2s2r.spec.entities import PlaceSpec
from r2s2r.stages.lift.entities.contact import Contact, ground_contact
from r2s2r.stages.lift.entities.lifter import Lifter, View
from r2s2r.stages.lift.entities.place import Placement, Standing, base_middle, height_m, place, placed_facts, scaled
from r2s2r.stages.lift.entities.silhouette import iou, silhouette
from r2s2r.stages.lift.inputs import LiftInputs

_GOOD_IOU = 0.98


def write_lifted(lifter: Lifter, spec: PlaceSpec, inputs: LiftInputs, out: Path, progress: Progress) -> None:
    """Lift what the mask covers at the reference frame, place it, and write it as an ``Entity`` artefact."""
    camera = inputs.footage.camera
    mask = inputs.mask.reference_mask()
    contact = ground_contact(mask, camera)
    in_world = lifter.lift(View(inputs.footage.reference_frame(), mask, camera, contact))
    covered = iou(silhouette(in_world.vertices.astype(np.float64), in_world.faces, camera), mask)
    base_m = base_middle(in_world.vertices.astype(np.float64))
    mesh = replace(in_world, vertices=(in_world.vertices - base_m).astype(np.float32))
    standing = Standing(translation(base_m), height_m(mesh.vertices), eye_m=camera.position_m)
    placement = place(spec, standing)
    placed = scaled(mesh, placement.scale)
    facts = placed_facts(
        placed,
        placement.world_from_entity,
        findings=(*_iou_findings(covered), *_ground_findings(spec, contact, standing, placement)),
        silhouette_iou=round(covered, 5),
    )
    Entity.write(out, placed, facts)
    progress(1, 1)


def _iou_findings(covered: float) -> tuple[str, ...]:
    if covered >= _GOOD_IOU:
        return ()
    return (
        f"its mesh covers the mask at an IoU of only {covered:.3f}: the mask has parts too thin to lift; raise "
        "lift.inflate.max_faces or give a coarser mask",
    )


def _ground_findings(spec: PlaceSpec, contact: Contact, standing: Standing, placement: Placement) -> tuple[str, ...]:
    if spec.position_m is not None:
        return ()
    if spec.height_m is None:
        return contact.findings
    # Along its rays from the ground at y = 0, its base comes to lie this high.
    above_m = float(placement.world_from_entity[1, 3]) - spec.move_m[1]
    if not contact.on_ground or abs(above_m) < 0.02 * spec.height_m:
        return ()
    assert standing.eye_m is not None
    return (
        f"at place.height_m {spec.height_m:g} it keeps its place in the picture but stands {abs(above_m):.2f} m "
        f"{'above' if above_m > 0 else 'below'} the ground; source.ground.camera_height_m "
        f"{standing.eye_m[1] * placement.scale:.2f} would put it on the ground",
    )
