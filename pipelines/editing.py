"""The part of the page between lift and render: a shot's own entities, its motions, and its animation."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from pipelines.assets import files_of_asset, recorded_files
from pipelines.lifting import Lifted, lifted, motion_node, origin_of
from pipelines.node import Node
from pipelines.parameters import read
from r2s2r.spec.edit import TransferSpec
from r2s2r.spec.edits import AnimateEdit, DeformEdit
from r2s2r.spec.imports import ImportSpec
from r2s2r.spec.resolved import Donor, Scene, Shot
from r2s2r.stages import edit, lift


@dataclass(frozen=True)
class Edited:
    """The nodes of one shot's edit.

    Attributes:
        replaced: Of each entity: lifted, or what replaces it in this shot.
        entities: The same as the shot has it; refined where its mesh is to be bent.
        motions: Entity -> how it moves by itself in this shot; only of those that do.
        donors: Name -> the animation of another shot that motions are taken from.
        animation: What comes of it.
    """

    replaced: dict[str, Node]
    entities: dict[str, Node]
    motions: dict[str, Node]
    donors: dict[str, Node]
    animation: Node

    def __iter__(self) -> Iterator[Node]:
        """Yield them all, each before those that read it."""
        yield from (*self.replaced.values(), *dict.fromkeys(self.motions.values()), *self.donors.values())
        yield from (*self.entities.values(), self.animation)


def edited(scene: Scene, shot: Shot, world: Lifted) -> Edited:
    """Lay out what a shot does with the lifted world."""
    replaced = {name: _replaced(scene, shot, name, node) for name, node in world.entities.items()}
    motions = dict(_motions(scene, shot, world, replaced))
    entities = {name: _refined(shot, name, node, motions.get(name)) for name, node in replaced.items()}
    donors = {_donor_name(scene, donor): _donor_node(scene, shot, donor, world) for donor in shot.donors.values()}
    wanted = shot.edit.model_copy(
        update={
            "motions": {name: motion.name.removeprefix("motion:") for name, motion in motions.items()},
            "transfers": {
                name: TransferSpec(animation=_donor_name(scene, donor), entity=donor.entity)
                for name, donor in shot.donors.items()
            },
        }
    )
    moving = tuple(dict.fromkeys(motions.values()))
    inputs = (world.footage, world.camera, *entities.values(), *moving, *donors.values())
    animation = Node(
        "edit",
        "edit",
        edit.VERSION,
        "curves",
        read(wanted),
        inputs,
        recorded_files(scene, shot),
        blame=f"shots.{shot.name}",
    )
    return Edited(replaced, entities, motions, donors, animation)


def _replaced(scene: Scene, shot: Shot, name: str, original: Node) -> Node:
    """Return the node of an entity, or of the mesh that takes its place in this shot."""
    if (found := shot.replacements.get(name)) is None:
        return original
    blame = f"shots.{shot.name}.edits.{name}"
    parameters = {"import": read(found.edit.import_), "fit": found.edit.fit}
    files = files_of_asset(scene, found.asset, f"{blame}.asset")
    version = lift.ENTITY_VERSION
    return Node(f"replacement:{name}", "entity", version, "replacement", parameters, (original,), files, blame=blame)


def _refined(shot: Shot, name: str, mesh: Node, motion: Node | None) -> Node:
    """Return the node of an entity's mesh; finer where an edit bends it, and nothing else has its vertices counted."""
    if not any(isinstance(edit, DeformEdit) for edit in shot.edit.edits.get(name, ())):
        return mesh
    if name in shot.donors or (motion is not None and motion.backend != "rigid"):
        return mesh
    blame = f"shots.{shot.name}.edits.{name}"
    return Node(f"refined:{name}", "entity", lift.ENTITY_VERSION, "refined", {}, (mesh,), blame=blame)


def _motions(scene: Scene, shot: Shot, world: Lifted, entities: dict[str, Node]) -> Iterator[tuple[str, Node]]:
    """Yield which motion each entity plays: a clip that an edit chose, else the one it keeps."""
    for name in scene.entities:
        chosen = next((one for one in shot.edit.edits.get(name, ()) if isinstance(one, AnimateEdit)), None)
        if chosen is not None:
            yield name, _clip_node(scene, shot, name, chosen, world, entities)
        elif name in world.motions:
            yield name, world.motions[name]


def _clip_node(
    scene: Scene, shot: Shot, name: str, chosen: AnimateEdit, world: Lifted, entities: dict[str, Node]
) -> Node:
    """Bake a clip of the file that an entity's mesh is from: its own, that of what it copies, or the replacing one."""
    blame = f"shots.{shot.name}.edits.{name}"
    if (replacement := shot.replacements.get(name)) is not None:
        reading, mesh = replacement.edit.import_, entities[name]
        files = files_of_asset(scene, replacement.asset, f"{blame}.asset")
    else:
        origin = scene.entities[origin_of(scene, name)]
        reading, mesh = origin.spec.import_, world.entities[origin.name]
        files = files_of_asset(scene, origin.files["asset"], f"entities.{origin.name}.asset")
    wanted: ImportSpec = reading.model_copy(update={"clip": chosen.clip or reading.clip})
    return replace(
        motion_node(f"{mesh.name.partition(':')[2]}:{wanted.clip or 'first'}", wanted, mesh, files),
        blame=f"{blame}[{shot.edit.edits[name].index(chosen)}]",
    )


def _donor_name(scene: Scene, donor: Donor) -> str:
    """Return what a donor's animation is called: by scene and shot, and a number where scenes share a name."""
    giver = _scene_of(scene, donor)
    namesakes = [other for other in (scene, *scene.others.values()) if other.name == giver.name]
    number = next(index for index, other in enumerate(namesakes, start=1) if other is giver)
    return f"{giver.name}.{donor.shot}" if number == 1 else f"{giver.name}~{number}.{donor.shot}"


def _donor_node(scene: Scene, shot: Shot, donor: Donor, world: Lifted) -> Node:
    """Return the animation of another shot under a name of its own; it is made once for both shots."""
    other = _scene_of(scene, donor)
    lifted_there = world if other is scene else lifted(other)
    there = edited(other, other.shots[donor.shot], lifted_there).animation
    return replace(there, name=f"edit:{_donor_name(scene, donor)}", blame=f"shots.{shot.name}.edits")


def _scene_of(scene: Scene, donor: Donor) -> Scene:
    return scene if donor.scene is None else scene.others[donor.scene]
