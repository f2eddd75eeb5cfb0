"""Run by Blender's own Python, ``python blender_pixels.py FILE JSON``: where its camera sees points, once FILE is in.

The JSON holds ``points`` (in our world, +Y up), ``frames``, ``fps``, ``height``, ``width``; the answer is JSON on the
last line: pixels [frames][points][2], y down.
"""

import json
import sys
from typing import Any

import bpy
from mathutils import Matrix, Vector


def main(file: str, asked: dict[str, Any]) -> list[list[list[float]]]:
    """Return the pixels."""
    bpy.ops.wm.read_factory_settings(use_empty=True)
    scene = bpy.context.scene
    scene.render.fps = asked["fps"]
    if file.endswith(".glb"):
        bpy.ops.import_scene.gltf(filepath=file)
    else:
        bpy.ops.wm.usd_import(filepath=file)
    scene.render.resolution_x, scene.render.resolution_y = asked["width"], asked["height"]
    camera = next(each for each in bpy.data.objects if each.type == "CAMERA")
    seen = []
    for frame in asked["frames"]:
        scene.frame_set(frame)
        graph = bpy.context.evaluated_depsgraph_get()
        now = camera.evaluated_get(graph)
        clip_from_world = now.calc_matrix_camera(graph, x=asked["width"], y=asked["height"])
        clip_from_world = clip_from_world @ now.matrix_world.inverted()
        seen.append([_pixel(clip_from_world, point, asked) for point in asked["points"]])
    return seen


def _pixel(clip_from_world: Matrix, point: list[float], asked: dict[str, Any]) -> list[float]:
    """Return where a point is seen; Blender's world is +Z up: (x, -z, y)."""
    x, y, z = point
    clip = clip_from_world @ Vector((x, -z, y, 1))
    return [(clip.x / clip.w + 1) / 2 * asked["width"], (1 - clip.y / clip.w) / 2 * asked["height"]]


if __name__ == "__main__":
    answer = main(sys.argv[1], json.loads(sys.argv[2]))
    sys.stdout.write("\n" + json.dumps(answer) + "\n")
