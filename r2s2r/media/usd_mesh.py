"""USD mesh: a textured mesh and its material, as prims below an entity."""

import numpy as np
from pxr import Sdf, Usd, UsdGeom, UsdShade, Vt

from r2s2r.geometry.mesh import Mesh
from r2s2r.media.usd_textures import Textures


def define_mesh(stage: Usd.Stage, entity: Sdf.Path, mesh: Mesh, textures: Textures) -> None:
    """Define mesh and material below an entity's prim; its texture becomes one of the ``textures``.

    The mesh has the entity's name too, because Blender folds the two prims into one object and calls it by the mesh's.
    """
    picture = textures.write(entity.name, mesh.texture)
    prim = UsdGeom.Mesh.Define(stage, entity.AppendChild(entity.name))
    _fill(prim, mesh)
    material = _material(stage, entity.AppendChild(f"{entity.name}_material"), picture)
    UsdShade.MaterialBindingAPI.Apply(prim.GetPrim()).Bind(material)


def _fill(prim: UsdGeom.Mesh, mesh: Mesh) -> None:
    prim.CreateSubdivisionSchemeAttr(UsdGeom.Tokens.none)
    prim.CreatePointsAttr(Vt.Vec3fArray.FromNumpy(np.ascontiguousarray(mesh.vertices)))
    prim.CreateFaceVertexCountsAttr(Vt.IntArray(len(mesh.faces), 3))
    prim.CreateFaceVertexIndicesAttr(Vt.IntArray.FromNumpy(np.ascontiguousarray(mesh.faces).reshape(-1)))
    prim.CreateExtentAttr(Vt.Vec3fArray.FromNumpy(np.stack([mesh.vertices.min(axis=0), mesh.vertices.max(axis=0)])))
    prim.CreateNormalsAttr(Vt.Vec3fArray.FromNumpy(np.ascontiguousarray(mesh.corner_normals).reshape(-1, 3)))
    prim.SetNormalsInterpolation(UsdGeom.Tokens.faceVarying)
    # USD counts texture rows from the bottom.
    corner_st = np.stack([mesh.corner_uv[..., 0], 1 - mesh.corner_uv[..., 1]], axis=-1).reshape(-1, 2)
    primvars = UsdGeom.PrimvarsAPI(prim)
    st = primvars.CreatePrimvar("st", Sdf.ValueTypeNames.TexCoord2fArray, UsdGeom.Tokens.faceVarying)
    st.Set(Vt.Vec2fArray.FromNumpy(corner_st))


def _material(stage: Usd.Stage, path: Sdf.Path, picture: str) -> UsdShade.Material:
    material = UsdShade.Material.Define(stage, path)
    surface = UsdShade.Shader.Define(stage, path.AppendChild("Surface"))
    surface.CreateIdAttr("UsdPreviewSurface")
    surface.CreateInput("roughness", Sdf.ValueTypeNames.Float).Set(1.0)
    surface.CreateInput("diffuseColor", Sdf.ValueTypeNames.Color3f).ConnectToSource(
        _texture(stage, path, picture).CreateOutput("rgb", Sdf.ValueTypeNames.Float3)
    )
    material.CreateSurfaceOutput().ConnectToSource(surface.CreateOutput("surface", Sdf.ValueTypeNames.Token))
    return material


def _texture(stage: Usd.Stage, material: Sdf.Path, picture: str) -> UsdShade.Shader:
    reader = UsdShade.Shader.Define(stage, material.AppendChild("TextureCoordinates"))
    reader.CreateIdAttr("UsdPrimvarReader_float2")
    reader.CreateInput("varname", Sdf.ValueTypeNames.String).Set("st")
    texture = UsdShade.Shader.Define(stage, material.AppendChild("Texture"))
    texture.CreateIdAttr("UsdUVTexture")
    texture.CreateInput("file", Sdf.ValueTypeNames.Asset).Set(Sdf.AssetPath(f"./{picture}"))
    texture.CreateInput("sourceColorSpace", Sdf.ValueTypeNames.Token).Set("sRGB")
    for axis in ("wrapS", "wrapT"):
        texture.CreateInput(axis, Sdf.ValueTypeNames.Token).Set("clamp")
    texture.CreateInput("st", Sdf.ValueTypeNames.Float2).ConnectToSource(
        reader.CreateOutput("result", Sdf.ValueTypeNames.Float2)
    )
    return texture
