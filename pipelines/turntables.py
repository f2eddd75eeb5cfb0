"""What `r2s2r lift` makes: a scene's entities, each with a turntable and a card; no shot."""

from collections.abc import Collection

from pipelines.lifting import Lifted, lifted
from pipelines.node import Node, needed_by
from pipelines.shot import ShotNodes
from r2s2r.errors import InputError
from r2s2r.spec.diffuse import DiffuseSpec
from r2s2r.spec.edit import EditSpec
from r2s2r.spec.encode import EncodeSpec
from r2s2r.spec.output import OutputSpec
from r2s2r.spec.reading.suggest import did_you_mean
from r2s2r.spec.render import RenderSpec
from r2s2r.spec.resolved import Scene, Shot
from r2s2r.spec.shots import ENTITIES
from r2s2r.stages import render


def turntable_nodes(scene: Scene, only: Collection[str]) -> ShotNodes:
    """Lay out the entities of these names, or all, as if they were a shot.

    Raises InputError for a name that is no entity's, and for a scene without entities.
    """
    names = list(scene.entities)
    for name in only:
        if name not in names:
            known = f"there are {', '.join(sorted(names))}" if names else "the scene has none"
            raise InputError(f"{name}: no such entity; {known}{did_you_mean(name, names)}")
    if not names:
        raise InputError(f"{scene.path}: has no entities to lift")
    world = lifted(scene)
    chosen = [name for name in names if name in only or not only]
    wanted = [_turntable(name, world) for name in chosen]
    wanted += dict.fromkeys(world.motions[name] for name in chosen if name in world.motions)
    if not only:
        wanted.append(world.plate)  # it knows all masks, and so whether two are of the same thing
    needed = needed_by(wanted)
    before = (node for node in dict.fromkeys(world) if node.name in needed)
    return ShotNodes(scene, _no_shot(), tuple(dict.fromkeys((*before, *wanted))))


def _turntable(name: str, world: Lifted) -> Node:
    seen = (world.footage, world.masks[name]) if name in world.masks else ()
    inputs, blame = (*seen, world.entities[name]), f"entities.{name}"
    version, parameters = render.TURNTABLE_VERSION, {"name": name}
    return Node(f"turntable:{name}", "turntable", version, "cpu", parameters, inputs, blame=blame)


def _no_shot() -> Shot:
    output = OutputSpec()
    return Shot(
        name=ENTITIES,
        enabled=True,
        priority=0,
        tags=(),
        prompt="",
        seed=0,
        edit=EditSpec(frames=1, camera=(), edits={}, output=output),
        output=output,
        render=RenderSpec(backend="cpu"),
        diffuse=DiffuseSpec(backend="compositor"),
        encode=EncodeSpec(),
    )
