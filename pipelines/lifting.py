"""The first part of the page: from the clip to entities, their motion, and the background."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from pipelines.assets import asset_files, beside_camera, mask_files
from pipelines.node import Node
from pipelines.parameters import pinned, read, without_weights
from r2s2r.spec.film_camera import FilmCameraSpec
from r2s2r.spec.footage import FootageSpec
from r2s2r.spec.imports import ImportSpec
from r2s2r.spec.resolved import Entity, Scene
from r2s2r.stages import lift


@dataclass(frozen=True)
class Lifted:
    """The nodes of the lift stage, by what they are of.

    Attributes:
        footage: The clip.
        masks: Of each selected entity.
        traces: Of each entity with ``also_remove``.
        depth: How far away things are; None where only the ground tells.
        camera: How the clip was filmed.
        entities: Of each entity.
        motions: Of each entity with ``motion: keep``; of a copy, that of what it copies.
        plate: The background.
    """

    footage: Node
    masks: Mapping[str, Node]
    traces: Mapping[str, Node]
    depth: Node | None
    camera: Node
    entities: Mapping[str, Node]
    motions: Mapping[str, Node]
    plate: Node

    def __iter__(self) -> Iterator[Node]:
        """Yield them all, each before those that read it."""
        yield from (self.footage, *self.masks.values(), *self.traces.values())
        yield from (*([self.depth] if self.depth else []), self.camera)
        yield from (*self.entities.values(), *self.motions.values(), self.plate)


@lru_cache(maxsize=1)  # a scene's shots are laid out one after another, and share all of this
def lifted(scene: Scene) -> Lifted:
    """Lay out footage -> mask, depth -> camera -> entity -> motion, and plate."""
    footage = footage_node(scene)
    masks = {name: mask_node(scene, entity, footage) for name, entity in scene.entities.items() if entity.spec.select}
    traces = {name: traces_node(scene.entities[name], footage, mask) for name, mask in masks.items()
              if scene.entities[name].spec.also_remove}  # fmt: skip
    depth = depth_node(scene, footage) if scene.depth.backend != "ground" else None
    camera = camera_node(scene, footage, masks, depth)
    entities: dict[str, Node] = {}
    followed: dict[str, Node] = {}
    origins = {name: origin_of(scene, name) for name, entity in scene.entities.items() if entity.spec.motion == "keep"}
    for name, entity in scene.entities.items():
        seen = Seen(footage, masks.get(name), camera, depth)
        entities[name] = entity_node(scene, entity, seen, entities)
        if name in origins.values():
            followed[name] = followed_node(scene, entity, seen, entities[name])
    motions = {name: followed[origin] for name, origin in origins.items()}
    plate = plate_node(scene, footage, masks, traces, camera)
    return Lifted(footage, masks, traces, depth, camera, entities, motions, plate)


@dataclass(frozen=True)
class Seen:
    """What there is to see of one entity; ``mask`` is None of one that the clip lacks."""

    footage: Node
    mask: Node | None
    camera: Node
    depth: Node | None

    def nodes(self) -> tuple[Node, ...]:
        """Return those that there are, in the order of the data."""
        return tuple(node for node in (self.footage, self.mask, self.depth, self.camera) if node is not None)


def footage_node(scene: Scene) -> Node:
    """Decode the clip round the reference frame."""
    wanted = FootageSpec(frame=scene.source.frame, context_s=scene.source.context_s)
    files = {"clip": scene.clip}
    return Node("footage", "footage", lift.FOOTAGE_VERSION, "pyav", read(wanted), files=files, blame="source")


def mask_node(scene: Scene, entity: Entity, footage: Node) -> Node:
    """Find an entity's pixels in every frame."""
    select, segment = entity.spec.select, entity.spec.segment
    assert select is not None
    own = select.model_dump(mode="json", exclude={"mask"}, exclude_none=True)
    return Node(
        f"mask:{entity.name}",
        "mask",
        lift.MASK_VERSION,
        segment.backend,
        {"select": own, "segment": without_weights(segment)},
        (footage,),
        mask_files(scene, entity),
        model=segment.model,
        weights=_only(entity.weights, "segment"),
        pins=pinned(scene, _only(entity.weights, "segment")),
        blame=f"entities.{entity.name}",
    )


def traces_node(entity: Entity, footage: Node, mask: Node) -> Node:
    """Find what goes from the background with an entity: its shadow, its reflection."""
    traces = [trace if isinstance(trace, str) else trace.model_dump(mode="json", exclude_none=True)
              for trace in entity.spec.also_remove]  # fmt: skip
    files = {role: path for role, path in entity.files.items() if role.startswith("also_remove.")}
    name, blame = f"traces:{entity.name}", f"entities.{entity.name}"
    parameters = {"traces": traces}
    return Node(name, "traces", lift.TRACES_VERSION, "regions", parameters, (footage, mask), files, blame=blame)


def depth_node(scene: Scene, footage: Node) -> Node:
    """Measure how far away what the reference frame shows is: once, so that all entities agree."""
    return Node(
        "depth",
        "depth",
        lift.DEPTH_VERSION,
        scene.depth.backend,
        without_weights(scene.depth),
        (footage,),
        _only(scene.files, "depth"),
        model=scene.depth.model,
        weights=scene.weights,
        pins=pinned(scene, scene.weights),
        blame="depth",
    )


def camera_node(scene: Scene, footage: Node, masks: Mapping[str, Node], depth: Node | None) -> Node:
    """Find how the clip was filmed; where its motion is looked for, by what is no entity."""
    spec = scene.source.camera
    known = scene.entities.get(spec.scale_from)
    wanted = FilmCameraSpec(
        camera=spec.model_copy(update={"file": "given"}) if spec.file else spec,
        ground=scene.source.ground,
        known_height_m=known.spec.place.height_m if known else None,
    )
    read_masks = tuple(masks.values()) if spec.solve == "sfm" else _known_mask(masks, spec.scale_from)
    read_depth = (depth,) if depth is not None and spec.solve == "depth" else ()
    backend = spec.solve or ("file" if spec.file else "given")
    files = beside_camera(scene)
    inputs = (footage, *read_masks, *read_depth)
    return Node("camera", "camera", lift.CAMERA_VERSION, backend, read(wanted), inputs, files, blame="source")


def entity_node(scene: Scene, entity: Entity, seen: Seen, before: Mapping[str, Node]) -> Node:
    """Turn an entity into a placed mesh: lifted from its mask, read from its file, or copied from another entity."""
    name, blame, version = f"entity:{entity.name}", f"entities.{entity.name}", lift.ENTITY_VERSION
    place = {"place": read(entity.spec.place)}
    match entity.spec.kind:
        case "select":
            return Node(
                name,
                "entity",
                version,
                entity.spec.lift.backend,
                {"lift": without_weights(entity.spec.lift), **place},
                seen.nodes(),
                weights=_only(entity.weights, "lift"),
                pins=pinned(scene, _only(entity.weights, "lift")),
                tools=_worker(scene, entity),
                blame=blame,
            )
        case "asset":
            parameters = {"import": read(entity.spec.import_), **place}
            return Node(name, "entity", version, "asset", parameters, files=asset_files(scene, entity), blame=blame)
        case "copy":
            assert entity.spec.copy_of is not None
            return Node(name, "entity", version, "copy", place, (before[entity.spec.copy_of],), blame=blame)


def followed_node(scene: Scene, entity: Entity, seen: Seen, mesh: Node) -> Node:
    """Follow an entity through the clip, or bake its file's animation."""
    name, blame, version = f"motion:{entity.name}", f"entities.{entity.name}", lift.MOTION_VERSION
    match entity.spec.kind:
        case "select":
            is_body = entity.spec.lift.backend == "sam3d" and entity.spec.lift.sam3d.model == "body"
            return Node(
                name,
                "motion",
                version,
                "body" if is_body else "rigid",
                {"lift": without_weights(entity.spec.lift)} if is_body else {},
                (*seen.nodes(), mesh),
                weights=_only(entity.weights, "lift") if is_body else {},
                pins=pinned(scene, _only(entity.weights, "lift")) if is_body else {},
                tools=_worker(scene, entity) if is_body else {},
                blame=blame,
            )
        case "asset":
            baked = motion_node(entity.name, entity.spec.import_, mesh, asset_files(scene, entity))
            return replace(baked, blame=f"{blame}.import")
        case "copy":
            raise AssertionError("a copy moves as what it copies")


def motion_node(name: str, reading: ImportSpec, mesh: Node, files: Mapping[str, Path]) -> Node:
    """Bake an animation of an asset's file for the mesh that was made of it."""
    parameters = {"import": read(reading)}
    return Node(f"motion:{name}", "motion", lift.MOTION_VERSION, "asset", parameters, (mesh,), files)


def origin_of(scene: Scene, name: str) -> str:
    """Return what an entity is a copy of in the end, or itself."""
    copied = scene.entities[name].spec.copy_of
    return name if copied is None else origin_of(scene, copied)


def plate_node(
    scene: Scene,
    footage: Node,
    masks: Mapping[str, Node],
    traces: Mapping[str, Node],
    camera: Node,
) -> Node:
    """Collect the background; where the camera's motion is known, with its help."""
    moving = (camera,) if scene.source.camera.moves else ()
    inputs = (footage, *masks.values(), *traces.values(), *moving)
    return Node("plate", "plate", lift.PLATE_VERSION, "median", {}, inputs, blame="source")


def _known_mask(masks: Mapping[str, Node], name: str) -> tuple[Node, ...]:
    return (masks[name],) if name in masks else ()


def _worker(scene: Scene, entity: Entity) -> dict[str, Any]:
    """Return the worker's settings by its name, null where the project has none; nothing for the other backends."""
    if entity.spec.lift.backend != "sam3d":
        return {}
    name = entity.spec.lift.sam3d.worker
    worker = scene.workers.named(name)
    return {name: worker.model_dump(mode="json") if worker else None}


def _only(found: Mapping[str, Any], role: str) -> dict[str, Any]:
    return {role: found[role]} if role in found else {}
