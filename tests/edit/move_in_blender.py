"""Run by Blender's Python, ``python move_in_blender.py IN OUT FRAMES``: moves the crate as people would, and saves."""

import sys

import bpy


def main(given: str, saved: str, frames: int) -> None:
    """Bring a shot in, move ``crate_1`` or what holds it, and take it all out again."""
    bpy.ops.wm.read_factory_settings(use_empty=True)
    scene = bpy.context.scene
    scene.render.fps = 16
    if given.endswith(".glb"):
        bpy.ops.import_scene.gltf(filepath=given)
    else:
        bpy.ops.wm.usd_import(filepath=given)
    scene.frame_start, scene.frame_end = 0, frames - 1
    scene.render.resolution_x, scene.render.resolution_y = 832, 480
    crate = next(each for each in bpy.data.objects if each.name in ("crate_1", "crate.1"))
    bpy.context.view_layer.update()
    world = crate.matrix_world.copy()
    world.translation.x += 0.5
    world.translation.z += 0.25  # Blender's world is +Z up
    crate.matrix_world = world
    if saved.endswith(".glb"):
        bake(scene)
        bpy.ops.export_scene.gltf(filepath=saved, export_cameras=True)
    else:
        bpy.ops.wm.usd_export(filepath=saved, export_animation=True)


def bake(scene: bpy.types.Scene) -> None:
    """Make keys of what a USD file's cache moves: glTF holds keys only (Object > Animation > Bake Action)."""
    for each in bpy.data.objects:
        if each.constraints:
            bpy.ops.object.select_all(action="DESELECT")
            each.select_set(True)
            bpy.context.view_layer.objects.active = each
            bpy.ops.nla.bake(
                frame_start=scene.frame_start,
                frame_end=scene.frame_end,
                visual_keying=True,
                clear_constraints=True,
                bake_types={"OBJECT"},
            )


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
