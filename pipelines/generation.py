"""The part of the page that differs by backend: what the frames are generated from, and by what."""

from pathlib import Path

from pipelines.node import Node
from pipelines.parameters import pinned, read, read_model
from r2s2r.spec.captions import caption
from r2s2r.spec.conditioning import ControlSpec
from r2s2r.spec.resolved import Scene, Shot, Variant
from r2s2r.stages import diffuse


def conditioning_nodes(shot: Shot, film: tuple[Node, ...], masks: tuple[Node, ...]) -> tuple[Node, ...]:
    """Prepare what a video model is steered by, control first, and takes the look from; the compositor needs neither.

    They are nodes so that the costly step after them depends on these two pictures alone: what a change of the plate
    leaves as it was is not diffused again.

    Args:
        shot: The shot.
        film: All that the compositor reads: passes, animation, footage, camera, plate, entities.
        masks: Of the entities selected in the footage.
    """
    return () if shot.diffuse.model is None else (control_node(shot, film), reference_node(shot, film, masks))


def control_node(shot: Shot, film: tuple[Node, ...]) -> Node:
    """Draw the control video the model understands."""
    spec, compositor = shot.diffuse, read(shot.diffuse.compositor)
    if spec.backend == "vace":
        wanted = ControlSpec(kind=spec.vace.mode)
    else:
        own = spec.animate
        wanted = ControlSpec(kind="normal", normal_convention=own.normal_convention, soften_px=own.soften_px)
    parameters = wanted.model_dump(mode="json", exclude={"compositor"})
    if wanted.kind == "outpaint":
        parameters["compositor"] = compositor
    inputs = film[:1] if wanted.kind == "normal" else film
    blame = f"shots.{shot.name}.diffuse.{spec.backend}"
    return Node("control", "control", diffuse.CONTROL_VERSION, wanted.kind, parameters, inputs, blame=blame)


def reference_node(shot: Shot, film: tuple[Node, ...], masks: tuple[Node, ...]) -> Node:
    """Make the picture the look is taken from."""
    model = shot.diffuse.model
    assert model is not None, "the compositor needs none"
    kind = model.reference if model.reference in ("source", "composite") else "file"
    parameters = {"kind": kind, "output": read(shot.edit.output)}
    passes, _, footage, *_ = film
    inputs: tuple[Node, ...] = (passes, footage)
    if kind == "composite":
        inputs, parameters["compositor"] = film, read(shot.diffuse.compositor)
    files = {"picture": Path(shot.files["reference"])} if kind == "file" else {}
    version, blame = diffuse.REFERENCE_VERSION, f"shots.{shot.name}.diffuse.{shot.diffuse.backend}"
    return Node("reference", "reference", version, kind, parameters, (*inputs, *masks), files, blame=blame)


def frames_nodes(scene: Scene, shot: Shot, inputs: tuple[Node, ...]) -> tuple[Node, ...]:
    """Generate the frames: once, or once for each variant."""
    version, backend = diffuse.VERSION, shot.diffuse.backend
    if shot.diffuse.model is None:
        parameters = read(shot.diffuse)
        return (Node("diffuse", "diffuse", diffuse.COMPOSITOR_VERSION, backend, parameters, inputs, blame="diffuse"),)
    prompt = caption(scene, shot)
    weights = {role: name for role, name in shot.files.items() if role != "reference"}
    nodes = []
    for variant in shot.variants or (Variant("", shot.seed, shot.diffuse),):
        name = f"diffuse:{variant.label}" if variant.label else "diffuse"
        parameters = {"diffuse": read_model(variant.diffuse), "seed": variant.seed, "prompt": prompt}
        node = Node(
            name,
            "diffuse",
            version,
            backend,
            parameters,
            inputs,
            model=variant.diffuse.model,
            weights=weights,
            pins=pinned(scene, weights),
            blame=f"shots.{shot.name}.diffuse.{backend}",
        )
        nodes.append(node)
    return tuple(nodes)
