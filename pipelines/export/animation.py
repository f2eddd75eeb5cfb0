"""Animation: a shot's meshes, motion and camera as USD or GLB, to be changed elsewhere and read again."""

import shutil
from functools import partial
from pathlib import Path

from pipelines.export.unfinished import built, unfinished_beside, unfinished_in
from pipelines.node import Ledger
from pipelines.shot import ShotNodes
from r2s2r.artifacts.animation import Animation
from r2s2r.artifacts.entity import Entity
from r2s2r.artifacts.store import remove
from r2s2r.media.usd_textures import FOLDER as TEXTURES

_LAYERS = ("shot.usda", "edit.usda", "shapes.usdc", "base.usdc")


def export_usd(shot: ShotNodes, ledger: Ledger, folder: Path) -> tuple[str, ...]:
    """Write a shot as USD into ``folder``: ``shot.usda``, the one to open, its layers and textures.

    They take the place of what was exported there before; other files there, and in ``textures``, stay. Return what a
    person should know.

    Raises R2S2RError where the shot's edit is not built, or the folder cannot be written.
    """
    made = built(shot, "edit", ledger, until="edit")
    found = [name for name in _LAYERS if (made / name).is_file()]
    textures = [f"{TEXTURES}/{path.name}" for path in sorted((made / TEXTURES).glob("*"))]
    with unfinished_in(folder) as unfinished:
        for name in (*found, *textures):
            (unfinished / name).parent.mkdir(exist_ok=True)
            shutil.copyfile(made / name, unfinished / name)
        if textures:
            (folder / TEXTURES).mkdir(exist_ok=True)
        for name in _LAYERS:
            remove(folder / name)
        for name in (*textures, *reversed(found)):  # shot.usda is there only when all that it needs is
            (unfinished / name).replace(folder / name)
    return (f"open {folder / _LAYERS[0]}; `r2s2r import` takes it back when it was changed",)


def export_glb(shot: ShotNodes, ledger: Ledger, target: Path) -> tuple[str, ...]:
    """Write a shot as one GLB file; return what a person should know: what glTF cannot hold.

    Raises R2S2RError where the shot's edit is not built, or the file cannot be written.
    """
    from r2s2r.media.glb.shot import GlbEntity, GlbShot, write_glb_shot

    animation = Animation.load(built(shot, "edit", ledger, until="edit"))
    entities = {node.name.partition(":")[2]: node for node in shot["edit"].inputs if node.stage == "entity"}
    facts = animation.facts
    folders = {name: built(shot, entities[name].name, ledger, until="edit") for name in facts.entities}
    content = GlbShot(
        fps=animation.fps,
        world_from_camera=animation.world_from_camera,
        intrinsics=animation.intrinsics,
        height=facts.height,
        width=facts.width,
        entities={
            name: GlbEntity(
                mesh=Entity.load(folders[name]).mesh(),
                world_from_entity=animation.world_from_entity[name],
                visible=animation.visible[name],
                vertices=partial(animation.vertices, name) if name in facts.deforming else None,
            )
            for name in facts.entities
        },
    )
    with unfinished_beside(target) as path:
        return write_glb_shot(path, content)
