"""USD: a shot as layers, for Blender, usdview and whatever else reads USD.

- ``base.usdc``: the entities with their textures (``textures/``) where they were placed, and the source camera.
- ``shapes.usdc``: the meshes that change their shape, as time samples; only where there are any.
- ``edit.usda``: what else the shot changes of it, and nothing else, as time samples.
- ``shot.usda``: all of them, the edit on top. This is the one to open.

The stage is +Y up, in metres, one time code a frame. USD's matrices act on rows, so ours are transposed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray
from pxr import Gf, Kind, Sdf, Usd, UsdGeom

from r2s2r.geometry.camera import Camera
from r2s2r.geometry.mesh import Mesh
from r2s2r.geometry.transforms import Array
from r2s2r.media.axes import opengl_from
from r2s2r.media.usd_camera import HORIZONTAL_APERTURE, lens
from r2s2r.media.usd_mesh import define_mesh
from r2s2r.media.usd_names import HEIGHT, NAME, WIDTH, identifiers
from r2s2r.media.usd_shapes import OpenVertices, drop_normals, write_shapes
from r2s2r.media.usd_textures import Textures
from r2s2r.media.writing import as_os_error

BASE = "base.usdc"
SHAPES = "shapes.usdc"
EDIT = "edit.usda"
SHOT = "shot.usda"
ROOT = Sdf.Path("/World")
CAMERA = ROOT.AppendChild("Camera")
ENTITIES = ROOT.AppendChild("Entities")
_Value = TypeVar("_Value")


@dataclass(frozen=True, eq=False)
class UsdEntity:
    """An entity of a shot.

    Attributes:
        mesh: At the reference frame.
        placement: [4, 4] at the reference frame.
        world_from_entity: [T, 4, 4].
        visible: [T].
        vertices: Opens those of the mesh [T, V, 3], not in memory; None of a mesh that keeps its shape.
    """

    mesh: Mesh
    placement: Array
    world_from_entity: Array
    visible: NDArray[np.bool_]
    vertices: OpenVertices | None = None


@dataclass(frozen=True, eq=False)
class UsdShot:
    """What is written of a shot.

    Attributes:
        fps: Frames a second.
        source: The source camera, for the generated picture.
        world_from_camera: [T, 4, 4].
        intrinsics: K [T, 3, 3] of the generated picture; they differ in nothing but their zoom.
        entities: By name; a name that is no USD identifier is mapped to one and kept as display name.
    """

    fps: Fraction
    source: Camera
    world_from_camera: Array
    intrinsics: Array
    entities: Mapping[str, UsdEntity]


@dataclass(frozen=True)
class _Property:
    name: str
    kind: Sdf.ValueTypeName


def write_usd(folder: Path, shot: UsdShot) -> None:
    """Write the layers and the textures into ``folder``; equal shots give equal bytes."""
    paths = {name: ENTITIES.AppendChild(short) for name, short in identifiers(shot.entities).items()}
    _export(_base_layer(shot, paths, folder), folder / BASE)
    shapes = {paths[name]: entity.vertices for name, entity in shot.entities.items() if entity.vertices is not None}
    if shapes:
        with as_os_error(folder / SHAPES):
            write_shapes(folder / SHAPES, shapes, describe=lambda layer: _describe(layer, shot))
    _export(_edit_layer(shot, paths), folder / EDIT)
    _export(_shot_layer(shot), folder / SHOT)


def _export(layer: Sdf.Layer, path: Path) -> None:
    with as_os_error(path):
        exported = layer.Export(str(path))
    if not exported:
        raise OSError(f"{path}: USD could not write it")


def _describe(layer: Sdf.Layer, shot: UsdShot) -> None:
    """Write what a stage reads from its topmost layer only; each layer has it, so that each can be opened alone."""
    stage = Usd.Stage.Open(layer)
    UsdGeom.SetStageUpAxis(stage, UsdGeom.Tokens.y)
    UsdGeom.SetStageMetersPerUnit(stage, 1.0)
    stage.SetTimeCodesPerSecond(float(shot.fps))
    stage.SetFramesPerSecond(float(shot.fps))
    stage.SetStartTimeCode(0)
    stage.SetEndTimeCode(len(shot.world_from_camera) - 1)
    layer.defaultPrim = ROOT.name


def _base_layer(shot: UsdShot, paths: Mapping[str, Sdf.Path], folder: Path) -> Sdf.Layer:
    layer = Sdf.Layer.CreateAnonymous(BASE)
    _describe(layer, shot)
    stage = Usd.Stage.Open(layer)
    Usd.ModelAPI(UsdGeom.Xform.Define(stage, ROOT)).SetKind(Kind.Tokens.assembly)
    Usd.ModelAPI(UsdGeom.Xform.Define(stage, ENTITIES)).SetKind(Kind.Tokens.group)
    _define_camera(stage, shot.source)
    textures = Textures(folder)
    for name, entity in shot.entities.items():
        xform = UsdGeom.Xform.Define(stage, paths[name])
        xform.AddTransformOp().Set(_rows(entity.placement))
        xform.CreateVisibilityAttr(UsdGeom.Tokens.inherited)
        Usd.ModelAPI(xform).SetKind(Kind.Tokens.component)
        xform.GetPrim().SetDisplayName(name)
        xform.GetPrim().SetCustomDataByKey(NAME, name)
        define_mesh(stage, paths[name], entity.mesh, textures)
        if entity.vertices is not None:
            drop_normals(stage, paths[name])
    return layer


def _define_camera(stage: Usd.Stage, source: Camera) -> None:
    seen = lens(source.intrinsics[None], height=source.height, width=source.width)
    camera = UsdGeom.Camera.Define(stage, CAMERA)
    camera.AddTransformOp().Set(_rows(opengl_from(source.world_from_camera)))
    camera.CreateProjectionAttr(UsdGeom.Tokens.perspective)
    camera.CreateClippingRangeAttr(Gf.Vec2f(0.01, 10_000))
    camera.CreateFocalLengthAttr(float(seen.focal_length[0]))
    camera.CreateHorizontalApertureAttr(HORIZONTAL_APERTURE)
    camera.CreateVerticalApertureAttr(seen.vertical_aperture)
    camera.CreateHorizontalApertureOffsetAttr(seen.horizontal_offset)
    camera.CreateVerticalApertureOffsetAttr(seen.vertical_offset)
    camera.GetPrim().SetCustomDataByKey(HEIGHT, source.height)
    camera.GetPrim().SetCustomDataByKey(WIDTH, source.width)


def _edit_layer(shot: UsdShot, paths: Mapping[str, Sdf.Path]) -> Sdf.Layer:
    layer = Sdf.Layer.CreateAnonymous(EDIT)
    _describe(layer, shot)
    source = shot.source
    cameras = opengl_from(shot.world_from_camera)
    _animate_transform(layer, CAMERA, cameras, opengl_from(source.world_from_camera))
    focal = _Property("focalLength", Sdf.ValueTypeNames.Float)
    zoom = lens(shot.intrinsics, height=source.height, width=source.width).focal_length.tolist()
    still = lens(source.intrinsics[None], height=source.height, width=source.width).focal_length.tolist()
    _animate(layer, CAMERA, focal, values=zoom, still=still[0])
    for name, entity in shot.entities.items():
        _animate_transform(layer, paths[name], entity.world_from_entity, entity.placement)
        visible, gone = UsdGeom.Tokens.inherited, UsdGeom.Tokens.invisible
        seen = [visible if seen else gone for seen in entity.visible]
        _animate(layer, paths[name], _Property("visibility", Sdf.ValueTypeNames.Token), values=seen, still=visible)
    return layer


def _animate_transform(layer: Sdf.Layer, prim: Sdf.Path, matrices: Array, still: Array) -> None:
    rows = [_rows(matrix) for matrix in matrices]
    transform = _Property("xformOp:transform", Sdf.ValueTypeNames.Matrix4d)
    _animate(layer, prim, transform, values=rows, still=_rows(still))


def _animate(layer: Sdf.Layer, prim: Sdf.Path, made: _Property, *, values: Sequence[_Value], still: _Value) -> None:
    """Write what differs from the base: nothing, one value, or samples wherever the value is about to change or did."""
    if all(value == still for value in values):
        return
    over = Sdf.CreatePrimInLayer(layer, prim)
    attribute = Sdf.AttributeSpec(over, made.name, made.kind)
    if all(value == values[0] for value in values):
        attribute.default = values[0]
        return
    for frame, value in enumerate(values):
        neighbours = values[max(frame - 1, 0) : frame + 2]
        if any(neighbour != value for neighbour in neighbours):
            layer.SetTimeSample(attribute.path, frame, value)


def _shot_layer(shot: UsdShot) -> Sdf.Layer:
    layer = Sdf.Layer.CreateAnonymous(SHOT)
    _describe(layer, shot)
    bends = any(entity.vertices is not None for entity in shot.entities.values())
    layer.subLayerPaths[:] = [f"./{EDIT}", *([f"./{SHAPES}"] if bends else []), f"./{BASE}"]
    return layer


def _rows(matrix: Array) -> Gf.Matrix4d:
    return Gf.Matrix4d(matrix.T.tolist())
