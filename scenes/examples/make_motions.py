"""What other programs would have made: a camera as Nuke writes it, and a stage that somebody changed in Blender."""

import math
from pathlib import Path

from pxr import Gf, Sdf, Usd, UsdGeom

_EYE_M = (0.0, 1.2, 0.0)
_TILT_DEG = -4.0
_FRAMES = 33


def write_arc(path: Path) -> None:
    """Write a camera that goes right on an arc of 15 degrees about the rabbit, as ``.chan``.

    A line is: frame, place, turns about x, y and z in degrees (z first, y last; it looks along -z), vertical field of
    view.
    """
    middle_x, middle_z = -0.6, -5.0
    radius_m = math.hypot(_EYE_M[0] - middle_x, _EYE_M[2] - middle_z)
    start_deg = math.degrees(math.atan2(_EYE_M[0] - middle_x, _EYE_M[2] - middle_z))
    fov_deg = math.degrees(2 * math.atan(math.tan(math.radians(45 / 2)) * 9 / 16))
    lines = []
    for frame in range(_FRAMES):
        share = frame / (_FRAMES - 1)
        turned_deg = 15 * share * share * (3 - 2 * share)
        angle = math.radians(start_deg + turned_deg)
        x, z = middle_x + radius_m * math.sin(angle), middle_z + radius_m * math.cos(angle)
        place = f"{x:.9f} {_EYE_M[1]:.9f} {z:.9f}"
        lines.append(f"{frame + 1} {place} {_TILT_DEG:.9f} {turned_deg:.9f} {0:.9f} {fov_deg:.9f}\n")
    path.write_text("".join(lines), encoding="utf-8")


def write_moved(path: Path) -> None:
    """Write a stage in which the crate rises, turns and is put down again; all else is as the scene has it."""
    layer = Sdf.Layer.CreateAnonymous(".usda")
    stage = Usd.Stage.Open(layer)
    UsdGeom.SetStageUpAxis(stage, UsdGeom.Tokens.y)
    UsdGeom.SetStageMetersPerUnit(stage, 1.0)
    stage.SetTimeCodesPerSecond(8)
    stage.SetFramesPerSecond(8)
    stage.SetStartTimeCode(0)
    stage.SetEndTimeCode(16)
    world = UsdGeom.Xform.Define(stage, "/World")
    stage.SetDefaultPrim(world.GetPrim())
    crate = UsdGeom.Xform.Define(stage, "/World/Entities/crate")
    mesh = UsdGeom.Mesh.Define(stage, "/World/Entities/crate/mesh")
    mesh.CreatePointsAttr([Gf.Vec3f(x, y, z) for x in (-0.5, 0.5) for y in (0, 1) for z in (-0.5, 0.5)])
    quads = [[0, 1, 3, 2], [4, 6, 7, 5], [0, 4, 5, 1], [2, 3, 7, 6], [0, 2, 6, 4], [1, 5, 7, 3]]
    mesh.CreateFaceVertexCountsAttr([4] * len(quads))
    mesh.CreateFaceVertexIndicesAttr([corner for quad in quads for corner in quad])
    place = crate.AddTransformOp()
    for frame in range(17):
        turn = Gf.Matrix4d().SetRotate(Gf.Rotation(Gf.Vec3d(0, 1, 0), 180 * frame / 16))
        rise_m = 0.5 * math.sin(math.pi * frame / 16)
        place.Set(Gf.Matrix4d().SetScale(0.5) * turn * Gf.Matrix4d().SetTranslate(Gf.Vec3d(0.7, rise_m, -4.4)), frame)
    layer.Export(str(path))
