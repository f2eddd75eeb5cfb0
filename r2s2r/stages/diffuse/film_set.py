"""The film set: all that stays the same through a shot, set up once."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from r2s2r.artifacts.animation import Animation
from r2s2r.geometry.camera import Camera
from r2s2r.geometry.proxy import Proxy, proxy_round
from r2s2r.geometry.transforms import Array
from r2s2r.stages.diffuse.actors import Actor, actor_from_entity
from r2s2r.stages.diffuse.canvas import Canvas, Placed, at_generation_scale, canvas_from_plate
from r2s2r.stages.diffuse.home import Trace, traces
from r2s2r.stages.diffuse.inputs import CompositorInputs
from r2s2r.stages.diffuse.unseen import unseen_on_canvas


@dataclass(frozen=True, eq=False)
class FilmSet:
    """What is seen and what casts shadows, before any frame.

    Attributes:
        source: The source camera, scaled and shifted to the pixels of the generated picture.
        proxy: Ground and wall.
        canvas: The plate that is projected onto them.
        unseen: [H, W] uint8 on the canvas, 255 where no frame of the clip shows the background.
        actors: Name -> actor.
        traces: Name -> what the photograph adds to the plate round an actor that was photographed.
    """

    source: Camera
    proxy: Proxy
    canvas: Canvas
    unseen: NDArray[np.uint8]
    actors: dict[str, Actor]
    traces: dict[str, Trace]


def film_set_from(inputs: CompositorInputs) -> FilmSet:
    """Set up a shot."""
    animation, framing = inputs.animation, inputs.animation.framing
    photograph = at_generation_scale(inputs.footage.reference_frame(), framing)
    plate = at_generation_scale(inputs.plate.picture(), framing)
    camera = inputs.camera.reference
    source = Camera(camera.world_from_camera, framing.intrinsics(camera.intrinsics), framing.height, framing.width)
    cleaned = at_generation_scale(inputs.plate.replaced().astype(np.uint8) * 255, framing).picture >= 128
    of_plate = source_of(plate, source)
    actors = {name: actor_from_entity(inputs.entities[name], of_plate, cleaned) for name in animation.facts.entities}
    proxy = proxy_round(camera, entities_m=_homes_m(actors), travel_m=_travel_m(animation))
    footings = {name: actor.footing for name, actor in actors.items() if actor.footing is not None}
    canvas = canvas_from_plate(plate, source)
    return FilmSet(
        source=source,
        proxy=proxy,
        canvas=canvas,
        unseen=unseen_on_canvas(inputs.plate, canvas, framing),
        actors=actors,
        traces=traces(photograph, plate, footings, sight=proxy.sight(of_plate)),
    )


def source_of(placed: Placed, source: Camera) -> Camera:
    """Return the source camera for the pixels of a placed picture instead of those of the generated one."""
    shift = np.array([[1, 0, -placed.corner[0]], [0, 1, -placed.corner[1]], [0, 0, 1.0]])
    return Camera(source.world_from_camera, shift @ source.intrinsics, *placed.picture.shape[:2])


def _homes_m(actors: dict[str, Actor]) -> Array:
    return np.array([actor.home[:3, 3] for actor in actors.values()]).reshape(-1, 3)


def _travel_m(animation: Animation) -> Array:
    tracks = [animation.world_from_camera, *animation.world_from_entity.values()]
    return np.concatenate([track[:, :3, 3] for track in tracks])
