"""The way of the data, from the clip to the video of one shot. Read this page first."""

from dataclasses import dataclass

from pipelines.generation import conditioning_nodes, frames_nodes
from pipelines.node import Node, needed_by
from pipelines.parameters import read
from r2s2r.spec.delivery import DeliverySpec
from r2s2r.spec.resolved import Entity, Scene, Shot
from r2s2r.stages import edit, encode, lift, render


@dataclass(frozen=True)
class ShotNodes:
    """The nodes of one shot, each before those that read it."""

    scene: Scene
    shot: Shot
    nodes: tuple[Node, ...]

    def __getitem__(self, name: str) -> Node:
        """Return the node of a name. Raises KeyError."""
        return {node.name: node for node in self.nodes}[name]


def shot_nodes(scene: Scene, shot: Shot) -> ShotNodes:
    """Lay out one shot: lift -> edit -> render -> (control, reference ->) diffuse -> encode."""
    footage = footage_node(scene)
    masks = {name: mask_node(entity, footage) for name, entity in scene.entities.items() if entity.spec.select}
    entities: dict[str, Node] = {}
    for name, entity in scene.entities.items():
        entities[name] = entity_node(entity, footage, masks, entities)
    plate = Node("plate", "plate", lift.PLATE_VERSION, "median", {}, (footage, *masks.values()), blame="source")
    everyone = tuple(entities.values())

    animation = Node(
        "edit", "edit", edit.VERSION, "curves", read(shot.edit), (footage, *everyone), blame=f"shots.{shot.name}"
    )
    passes = Node(
        "render",
        "render",
        render.VERSION,
        shot.render.backend,
        read(shot.render),
        (animation, *everyone),
        blame="render",
    )
    film = (passes, animation, footage, plate, *everyone)
    conditioning = conditioning_nodes(shot, film, tuple(masks.values()))
    frames = frames_nodes(scene, shot, conditioning or film)
    video = video_node(shot, frames, control=(conditioning or film)[0])
    laid_out = (footage, *masks.values(), *everyone, plate, animation, passes, *conditioning, *frames, video)
    needed = needed_by([video])
    return ShotNodes(scene, shot, tuple(node for node in laid_out if node.name in needed))  # not all need the plate


def footage_node(scene: Scene) -> Node:
    """Decode the clip round the reference frame."""
    parameters = scene.source.model_dump(mode="json", by_alias=True, exclude={"clip", "description"})
    return Node(
        "footage", "footage", lift.FOOTAGE_VERSION, "pyav", parameters, files={"clip": scene.clip}, blame="source"
    )


def mask_node(entity: Entity, footage: Node) -> Node:
    """Find an entity's pixels in every frame."""
    assert entity.spec.select is not None
    parameters = entity.spec.select.model_dump(mode="json", exclude={"mask"}, exclude_none=True)
    files = {"mask": entity.file} if entity.file else {}
    blame = f"entities.{entity.name}"
    return Node(f"mask:{entity.name}", "mask", lift.MASK_VERSION, "grabcut", parameters, (footage,), files, blame=blame)


def entity_node(entity: Entity, footage: Node, masks: dict[str, Node], before: dict[str, Node]) -> Node:
    """Turn an entity into a placed mesh: lifted from its mask, read from its file, or copied from another entity."""
    name, blame = f"entity:{entity.name}", f"entities.{entity.name}"
    place = {"place": read(entity.spec.place)}
    match entity.spec.kind:
        case "select":
            parameters, inputs = {"lift": read(entity.spec.lift), **place}, (footage, masks[entity.name])
            return Node(name, "entity", lift.ENTITY_VERSION, entity.spec.lift.backend, parameters, inputs, blame=blame)
        case "asset":
            assert entity.file is not None
            files = {"asset": entity.file}
            return Node(name, "entity", lift.ENTITY_VERSION, "asset", place, files=files, blame=blame)
        case "copy":
            assert entity.spec.copy_of is not None
            return Node(name, "entity", lift.ENTITY_VERSION, "copy", place, (before[entity.spec.copy_of],), blame=blame)


def video_node(shot: Shot, frames: tuple[Node, ...], *, control: Node) -> Node:
    """Deliver the frames, or all variants side by side."""
    backend = "grid" if shot.variants else "x264"
    delivery = DeliverySpec(width=shot.output.width, height=shot.output.height, encode=shot.encode)
    return Node("encode", "encode", encode.VERSION, backend, read(delivery), (*frames, control), blame="encode")
