"""The way of the data, from the clip to the video of one shot. Read this page first."""

from dataclasses import dataclass

from pipelines.editing import edited
from pipelines.generation import conditioning_nodes, frames_nodes
from pipelines.lifting import lifted
from pipelines.node import Node, needed_by
from pipelines.parameters import read
from pipelines.rendering import render_parameters, render_tools
from r2s2r.spec.delivery import DeliverySpec
from r2s2r.spec.resolved import Scene, Shot
from r2s2r.stages import encode, render


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
    world = lifted(scene)
    footage, camera, plate = world.footage, world.camera, world.plate
    moved = edited(scene, shot, world)
    animation, everyone = moved.animation, tuple(moved.entities.values())
    passes = Node(
        "render",
        "render",
        render.VERSION,
        shot.render.backend,
        render_parameters(shot.render),
        (animation, *everyone),
        tools=render_tools(shot.render),
        blame="render",
    )
    film = (passes, animation, footage, camera, plate, *everyone)
    conditioning = conditioning_nodes(shot, film, tuple(world.masks.values()))
    frames = frames_nodes(scene, shot, conditioning or film)
    video = video_node(shot, frames, control=(conditioning or film)[0])
    laid_out = (*world, *moved, passes, *conditioning, *frames, video)
    needed = needed_by([video])
    return ShotNodes(scene, shot, tuple(node for node in dict.fromkeys(laid_out) if node.name in needed))


def video_node(shot: Shot, frames: tuple[Node, ...], *, control: Node) -> Node:
    """Deliver the frames, or all variants side by side."""
    backend = "grid" if shot.variants else "x264"
    delivery = DeliverySpec(width=shot.output.width, height=shot.output.height, encode=shot.encode)
    return Node("encode", "encode", encode.VERSION, backend, read(delivery), (*frames, control), blame="encode")
