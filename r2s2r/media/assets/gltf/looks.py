"""The part of a glTF file's JSON that says what surfaces look like; see ``document``."""

from typing import Annotated

from pydantic import Field

from r2s2r.media.assets.gltf.part import Index, Part, Vec4


class Image(Part):
    """A picture: in a buffer view, in the JSON, or in another file."""

    uri: str | None = None
    buffer_view: Index | None = None


class WebpSource(Part):
    """``EXT_texture_webp``."""

    source: Index


class TextureExtensions(Part):
    """Other sources of a texture."""

    webp: Annotated[WebpSource | None, Field(alias="EXT_texture_webp")] = None


class Texture(Part):
    """Which picture."""

    source: Index | None = None
    extensions: TextureExtensions = TextureExtensions()


class UvTransform(Part):
    """``KHR_texture_transform``."""

    offset: tuple[float, float] = (0.0, 0.0)
    rotation: float = 0.0
    scale: tuple[float, float] = (1.0, 1.0)
    tex_coord: Index | None = None


class TextureInfoExtensions(Part):
    """How a texture lies on a surface."""

    transform: Annotated[UvTransform | None, Field(alias="KHR_texture_transform")] = None


class TextureInfo(Part):
    """A texture as a material uses it."""

    index: Index
    tex_coord: Index = 0
    extensions: TextureInfoExtensions = TextureInfoExtensions()


class Metallic(Part):
    """``pbrMetallicRoughness``: of it the base colour."""

    base_color_factor: Vec4 = (1.0, 1.0, 1.0, 1.0)
    base_color_texture: TextureInfo | None = None


class Glossy(Part):
    """``KHR_materials_pbrSpecularGlossiness``: of it the diffuse colour."""

    diffuse_factor: Vec4 = (1.0, 1.0, 1.0, 1.0)
    diffuse_texture: TextureInfo | None = None


class MaterialExtensions(Part):
    """Other ways to say a base colour."""

    glossy: Annotated[Glossy | None, Field(alias="KHR_materials_pbrSpecularGlossiness")] = None


class Material(Part):
    """How a surface looks."""

    pbr_metallic_roughness: Metallic = Metallic()
    extensions: MaterialExtensions = MaterialExtensions()
