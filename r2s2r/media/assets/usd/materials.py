"""Base colours of USD materials: UsdPreviewSurface, and the constants of a few others."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pxr import Sdf, UsdShade

from r2s2r.geometry.transforms import Array
from r2s2r.media.assets.pictures import decoded
from r2s2r.media.assets.usd.opened import Opened
from r2s2r.media.assets.usd.references import picture_name
from r2s2r.media.atlas import tile_side

# Of UsdPreviewSurface, Standard Surface and OmniPBR.
_COLOUR_INPUTS = ("diffuseColor", "base_color", "diffuse_color_constant")
_TEXTURE_INPUTS = ("file", "diffuse_texture")
# So many pictures share the atlas, as far as is known before they are read.
_SHARING = 16


@dataclass(frozen=True, eq=False)
class Paint:
    """What a material shows: a linear colour [3], None for no say; a picture; and how coordinates reach it.

    ``primvar`` names the coordinates, ``uv_from_st`` [2, 3] turns them (``UsdTransform2d``).
    """

    colour: Array | None = None
    picture: NDArray[np.uint8] | None = None
    primvar: str = "st"
    uv_from_st: Array = field(default_factory=lambda: np.eye(2, 3))


@dataclass(frozen=True, eq=False)
class Materials:
    """The materials of a stage; pictures are read once."""

    opened: Opened
    _pictures: dict[str, NDArray[np.uint8]] = field(default_factory=dict)

    def paint(self, material: UsdShade.Material | None) -> Paint:
        """Return what a material shows."""
        surface = material.ComputeSurfaceSource()[0] if material else None
        if not surface:
            return Paint()
        inputs = [surface.GetInput(name) for name in _COLOUR_INPUTS]
        for chosen in (one for one in inputs if one):
            shader = _source(chosen)
            if shader is not None:
                return self._textured(shader)
            colour = _constant(chosen)
            if colour is not None:
                return Paint(colour)
        return self._textured(surface)

    def _textured(self, shader: UsdShade.Shader) -> Paint:
        for name in _TEXTURE_INPUTS:
            given = shader.GetInput(name)
            found = given.GetValueProducingAttributes() if given else []
            asset = found[0].Get() if found else None
            if isinstance(asset, Sdf.AssetPath) and asset.path:
                return _with_coordinates(Paint(picture=self._picture(asset)), shader)
        return Paint()

    def _picture(self, asset: Sdf.AssetPath) -> NDArray[np.uint8]:
        written, resolved = picture_name(asset.path), picture_name(asset.resolvedPath)
        if not resolved and "<UDIM>" in asset.path:
            resolved = str(self.opened.path.parent / written)
        if resolved not in self._pictures:
            data = self.opened.bytes_at(resolved, written)
            self._pictures[resolved] = decoded(f"{self.opened.path}: {written}", data, tile_side(_SHARING))
        return self._pictures[resolved]


def _with_coordinates(paint: Paint, texture: UsdShade.Shader) -> Paint:
    """Follow the texture's coordinates to the primvar they are read from."""
    primvar, uv_from_st = "st", np.eye(3)
    shader: UsdShade.Shader | None = _source(texture.GetInput("st"))
    for _ in range(8):
        if shader is None:
            break
        identifier = shader.GetIdAttr().Get()
        if identifier == "UsdTransform2d":
            uv_from_st = uv_from_st @ _transform_2d(shader)
            shader = _source(shader.GetInput("in"))
        else:
            name = _value(shader, "varname", "st")
            primvar = str(name)
            break
    return Paint(paint.colour, paint.picture, primvar, uv_from_st[:2])


def _transform_2d(shader: UsdShade.Shader) -> Array:
    """Return ``UsdTransform2d`` as a matrix [3, 3]: scale, then rotation, then translation."""
    angle = np.radians(float(_value(shader, "rotation", 0.0)))
    matrix = np.eye(3)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    matrix[:2, :2] = turn * np.array(_value(shader, "scale", (1.0, 1.0)), np.float64)
    matrix[:2, 2] = np.array(_value(shader, "translation", (0.0, 0.0)), np.float64)
    return matrix


def _value(shader: UsdShade.Shader, name: str, default: object) -> Any:  # noqa: ANN401 - whatever USD holds
    given = shader.GetInput(name)
    found = given.GetValueProducingAttributes() if given else []
    value = found[0].Get() if found else None
    return default if value is None else value


def _source(given: UsdShade.Input | None) -> UsdShade.Shader | None:
    """Return the shader whose output an input is connected to; None for a constant."""
    found = given.GetValueProducingAttributes() if given else []
    if not found or not found[0].GetName().startswith("outputs:"):
        return None
    prim = found[0].GetPrim()
    return UsdShade.Shader(prim) if prim.IsA(UsdShade.Shader) else None


def _constant(given: UsdShade.Input) -> Array | None:
    found = given.GetValueProducingAttributes()
    value = found[0].Get() if found else None
    colour = None if value is None else np.asarray(value, np.float64)
    return colour if colour is not None and colour.shape == (3,) else None
