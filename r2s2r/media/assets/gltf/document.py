"""The JSON of a glTF file, as frozen types: what r2s2r reads of it, with the names of the specification.

glTF 2.0 specification, section 5 (properties reference).
"""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

Index = Annotated[int, Field(ge=0)]
Vec3 = tuple[float, float, float]
Vec4 = tuple[float, float, float, float]


class _Object(BaseModel):
    # Numbers that are none (1e999, NaN) and names of the wrong type make a damaged file; what is not read is ignored.
    model_config = ConfigDict(frozen=True, alias_generator=to_camel, populate_by_name=True, allow_inf_nan=False)


class Buffer(_Object):
    """Bytes: in the file, in the JSON, or in another file."""

    byte_length: Index
    uri: str | None = None


class BufferView(_Object):
    """A slice of a buffer."""

    buffer: Index
    byte_offset: Index = 0
    byte_length: Index
    byte_stride: Annotated[int, Field(ge=4, le=252)] | None = None


class SparseIndices(_Object):
    """Where an accessor differs from its base."""

    buffer_view: Index
    byte_offset: Index = 0
    component_type: Literal[5121, 5123, 5125]


class SparseValues(_Object):
    """What an accessor is there."""

    buffer_view: Index
    byte_offset: Index = 0


class Sparse(_Object):
    """Few values that differ from a base, or from zero."""

    count: Index
    indices: SparseIndices
    values: SparseValues


class Accessor(_Object):
    """An array: ``count`` values of a type."""

    buffer_view: Index | None = None
    byte_offset: Index = 0
    component_type: Literal[5120, 5121, 5122, 5123, 5125, 5126]
    normalized: bool = False
    count: Index
    type: Literal["SCALAR", "VEC2", "VEC3", "VEC4", "MAT2", "MAT3", "MAT4"]
    sparse: Sparse | None = None


class Image(_Object):
    """A picture: in a buffer view, in the JSON, or in another file."""

    uri: str | None = None
    buffer_view: Index | None = None


class WebpSource(_Object):
    """``EXT_texture_webp``."""

    source: Index


class TextureExtensions(_Object):
    """Other sources of a texture."""

    webp: Annotated[WebpSource | None, Field(alias="EXT_texture_webp")] = None


class Texture(_Object):
    """Which picture."""

    source: Index | None = None
    extensions: TextureExtensions = TextureExtensions()


class UvTransform(_Object):
    """``KHR_texture_transform``."""

    offset: tuple[float, float] = (0.0, 0.0)
    rotation: float = 0.0
    scale: tuple[float, float] = (1.0, 1.0)
    tex_coord: Index | None = None


class TextureInfoExtensions(_Object):
    """How a texture lies on a surface."""

    transform: Annotated[UvTransform | None, Field(alias="KHR_texture_transform")] = None


class TextureInfo(_Object):
    """A texture as a material uses it."""

    index: Index
    tex_coord: Index = 0
    extensions: TextureInfoExtensions = TextureInfoExtensions()


class Metallic(_Object):
    """``pbrMetallicRoughness``: of it the base colour."""

    base_color_factor: Vec4 = (1.0, 1.0, 1.0, 1.0)
    base_color_texture: TextureInfo | None = None


class Glossy(_Object):
    """``KHR_materials_pbrSpecularGlossiness``: of it the diffuse colour."""

    diffuse_factor: Vec4 = (1.0, 1.0, 1.0, 1.0)
    diffuse_texture: TextureInfo | None = None


class MaterialExtensions(_Object):
    """Other ways to say a base colour."""

    glossy: Annotated[Glossy | None, Field(alias="KHR_materials_pbrSpecularGlossiness")] = None


class Material(_Object):
    """How a surface looks."""

    pbr_metallic_roughness: Metallic = Metallic()
    extensions: MaterialExtensions = MaterialExtensions()


class Primitive(_Object):
    """Faces with one material."""

    attributes: dict[str, Index]
    indices: Index | None = None
    material: Index | None = None
    mode: Annotated[int, Field(ge=0, le=6)] = 4
    targets: tuple[dict[str, Index], ...] = ()


class GltfMesh(_Object):
    """Some primitives."""

    primitives: tuple[Primitive, ...]
    weights: tuple[float, ...] = ()


class Visibility(_Object):
    """``KHR_node_visibility``."""

    visible: bool = True


class NodeExtensions(_Object):
    """What else is known of a node."""

    visibility: Annotated[Visibility | None, Field(alias="KHR_node_visibility")] = None


class Node(_Object):
    """A place in the tree, with what is there."""

    name: str = ""
    camera: Index | None = None
    extensions: NodeExtensions = NodeExtensions()
    extras: Any = None
    children: tuple[Index, ...] = ()
    matrix: Annotated[tuple[float, ...], Field(min_length=16, max_length=16)] | None = None
    translation: Vec3 = (0.0, 0.0, 0.0)
    rotation: Vec4 = (0.0, 0.0, 0.0, 1.0)
    scale: Vec3 = (1.0, 1.0, 1.0)
    mesh: Index | None = None
    skin: Index | None = None
    weights: tuple[float, ...] = ()


class Skin(_Object):
    """Which nodes bend a mesh."""

    joints: Annotated[tuple[Index, ...], Field(min_length=1)]
    inverse_bind_matrices: Index | None = None


class Pointer(_Object):
    """``KHR_animation_pointer``: a property by its place in the JSON."""

    pointer: str


class TargetExtensions(_Object):
    """Other things that a channel moves."""

    pointer: Annotated[Pointer | None, Field(alias="KHR_animation_pointer")] = None


class Target(_Object):
    """What a channel moves."""

    node: Index | None = None
    path: str
    extensions: TargetExtensions = TargetExtensions()


class Channel(_Object):
    """One moving property."""

    sampler: Index
    target: Target


class Sampler(_Object):
    """Keys: times and values."""

    input: Index
    output: Index
    interpolation: Literal["LINEAR", "STEP", "CUBICSPLINE"] = "LINEAR"


class Animation(_Object):
    """A clip."""

    name: str = ""
    channels: tuple[Channel, ...]
    samplers: tuple[Sampler, ...]


class Perspective(_Object):
    """A lens; angles in radians."""

    yfov: float
    aspect_ratio: float | None = None


class GltfCamera(_Object):
    """A camera; one without perspective is orthographic."""

    perspective: Perspective | None = None
    extras: Any = None


class Scene(_Object):
    """Which nodes are shown."""

    nodes: tuple[Index, ...] = ()


class Document(_Object):
    """A whole file."""

    scene: Index = 0
    scenes: tuple[Scene, ...] = ()
    nodes: tuple[Node, ...] = ()
    meshes: tuple[GltfMesh, ...] = ()
    cameras: tuple[GltfCamera, ...] = ()
    skins: tuple[Skin, ...] = ()
    animations: tuple[Animation, ...] = ()
    materials: tuple[Material, ...] = ()
    textures: tuple[Texture, ...] = ()
    images: tuple[Image, ...] = ()
    accessors: tuple[Accessor, ...] = ()
    buffer_views: tuple[BufferView, ...] = ()
    buffers: tuple[Buffer, ...] = ()
    extensions_required: tuple[str, ...] = ()
    extras: Any = None
