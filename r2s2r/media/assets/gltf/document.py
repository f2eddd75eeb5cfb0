"""The JSON of a glTF file, as frozen types: what r2s2r reads of it, with the names of the specification.

glTF 2.0 specification, section 5 (properties reference).
"""

from typing import Annotated, Any, Literal

from pydantic import Field

from r2s2r.media.assets.gltf.looks import Image, Material, Texture
from r2s2r.media.assets.gltf.part import Index, Part, Vec4

Vec3 = tuple[float, float, float]


class Buffer(Part):
    """Bytes: in the file, in the JSON, or in another file."""

    byte_length: Index
    uri: str | None = None


class BufferView(Part):
    """A slice of a buffer."""

    buffer: Index
    byte_offset: Index = 0
    byte_length: Index
    byte_stride: Annotated[int, Field(ge=4, le=252)] | None = None


class SparseIndices(Part):
    """Where an accessor differs from its base."""

    buffer_view: Index
    byte_offset: Index = 0
    component_type: Literal[5121, 5123, 5125]


class SparseValues(Part):
    """What an accessor is there."""

    buffer_view: Index
    byte_offset: Index = 0


class Sparse(Part):
    """Few values that differ from a base, or from zero."""

    count: Index
    indices: SparseIndices
    values: SparseValues


class Accessor(Part):
    """An array: ``count`` values of a type."""

    buffer_view: Index | None = None
    byte_offset: Index = 0
    component_type: Literal[5120, 5121, 5122, 5123, 5125, 5126]
    normalized: bool = False
    count: Index
    type: Literal["SCALAR", "VEC2", "VEC3", "VEC4", "MAT2", "MAT3", "MAT4"]
    sparse: Sparse | None = None


class Primitive(Part):
    """Faces with one material."""

    attributes: dict[str, Index]
    indices: Index | None = None
    material: Index | None = None
    mode: Annotated[int, Field(ge=0, le=6)] = 4
    targets: tuple[dict[str, Index], ...] = ()


class GltfMesh(Part):
    """Some primitives."""

    primitives: tuple[Primitive, ...]
    weights: tuple[float, ...] = ()


class Visibility(Part):
    """``KHR_node_visibility``."""

    visible: bool = True


class NodeExtensions(Part):
    """What else is known of a node."""

    visibility: Annotated[Visibility | None, Field(alias="KHR_node_visibility")] = None


class Node(Part):
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


class Skin(Part):
    """Which nodes bend a mesh."""

    joints: Annotated[tuple[Index, ...], Field(min_length=1)]
    inverse_bind_matrices: Index | None = None


class Pointer(Part):
    """``KHR_animation_pointer``: a property by its place in the JSON."""

    pointer: str


class TargetExtensions(Part):
    """Other things that a channel moves."""

    pointer: Annotated[Pointer | None, Field(alias="KHR_animation_pointer")] = None


class Target(Part):
    """What a channel moves."""

    node: Index | None = None
    path: str
    extensions: TargetExtensions = TargetExtensions()


class Channel(Part):
    """One moving property."""

    sampler: Index
    target: Target


class Sampler(Part):
    """Keys: times and values."""

    input: Index
    output: Index
    interpolation: Literal["LINEAR", "STEP", "CUBICSPLINE"] = "LINEAR"


class Animation(Part):
    """A clip."""

    name: str = ""
    channels: tuple[Channel, ...]
    samplers: tuple[Sampler, ...]


class Perspective(Part):
    """A lens; angles in radians."""

    yfov: float
    aspect_ratio: float | None = None


class GltfCamera(Part):
    """A camera; one without perspective is orthographic."""

    perspective: Perspective | None = None
    extras: Any = None


class Scene(Part):
    """Which nodes are shown."""

    nodes: tuple[Index, ...] = ()


class Document(Part):
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
