"""Meshes of a few triangles, as GLB: a crate and a ball."""

import io
from pathlib import Path

import numpy as np
import pygltflib
from numpy.typing import NDArray
from PIL import Image

_COMPONENTS = {"float32": pygltflib.FLOAT, "uint16": pygltflib.UNSIGNED_SHORT, "uint8": pygltflib.UNSIGNED_BYTE}
_KINDS = {1: "SCALAR", 2: "VEC2", 3: "VEC3", 4: "VEC4", 16: "MAT4"}
# Corners of a square, and a cube's sides as (normal, right); up is normal x right.
_CORNERS = ((0.0, 1.0), (1.0, 1.0), (1.0, 0.0), (0.0, 0.0))
_SIDES = (
    ((1, 0, 0), (0, 0, -1)), ((-1, 0, 0), (0, 0, 1)), ((0, 1, 0), (1, 0, 0)),
    ((0, -1, 0), (1, 0, 0)), ((0, 0, 1), (1, 0, 0)), ((0, 0, -1), (-1, 0, 0)),
)  # fmt: skip


class Glb:
    """A file under construction: one mesh with one texture."""

    def __init__(self) -> None:
        self.gltf = pygltflib.GLTF2(asset=pygltflib.Asset(version="2.0", generator="r2s2r examples"))
        self._data = b""

    def array(self, values: NDArray[np.generic], *, target: int | None = None) -> int:
        """Add an array; return the number of its accessor."""
        values = np.ascontiguousarray(values)
        view = self._view(values.tobytes(), target)
        width = 1 if values.ndim == 1 else int(np.prod(values.shape[1:]))
        accessor = pygltflib.Accessor(
            bufferView=view, componentType=_COMPONENTS[values.dtype.name], count=len(values), type=_KINDS[width]
        )
        if values.dtype == np.float32 and width < 16:  # positions and times need them, and others may have them
            rows = values.reshape(len(values), -1)
            accessor.min, accessor.max = rows.min(axis=0).tolist(), rows.max(axis=0).tolist()
        self.gltf.accessors.append(accessor)
        return len(self.gltf.accessors) - 1

    def mesh(
        self, attributes: dict[str, NDArray[np.generic]], faces: NDArray[np.uint16], texture: Image.Image, kind: str
    ) -> int:
        """Add a mesh with its texture, PNG or JPEG; return its number."""
        numbers = {name: self.array(values, target=pygltflib.ARRAY_BUFFER) for name, values in attributes.items()}
        indices = self.array(faces.ravel(), target=pygltflib.ELEMENT_ARRAY_BUFFER)
        primitive = pygltflib.Primitive(
            attributes=pygltflib.Attributes(**numbers), indices=indices, material=self._material(texture, kind)
        )
        self.gltf.meshes.append(pygltflib.Mesh(primitives=[primitive]))
        return len(self.gltf.meshes) - 1

    def node(self, **fields: object) -> int:
        """Add a node; return its number."""
        self.gltf.nodes.append(pygltflib.Node(**fields))
        return len(self.gltf.nodes) - 1

    def write(self, path: Path, roots: list[int]) -> None:
        """Write the file, with these nodes in its scene."""
        self.gltf.scenes, self.gltf.scene = [pygltflib.Scene(nodes=roots)], 0
        self.gltf.buffers = [pygltflib.Buffer(byteLength=len(self._data))]
        self.gltf.set_binary_blob(self._data)
        path.write_bytes(b"".join(self.gltf.save_to_bytes()))

    def _view(self, data: bytes, target: int | None = None) -> int:
        view = pygltflib.BufferView(buffer=0, byteOffset=len(self._data), byteLength=len(data), target=target)
        self.gltf.bufferViews.append(view)
        self._data += data + b"\0" * (-len(data) % 4)
        return len(self.gltf.bufferViews) - 1

    def _material(self, picture: Image.Image, kind: str) -> int:
        file = io.BytesIO()
        picture.save(file, kind, quality=80, optimize=True)
        image = pygltflib.Image(bufferView=self._view(file.getvalue()), mimeType=f"image/{kind.lower()}")
        self.gltf.images, self.gltf.textures = [image], [pygltflib.Texture(source=0)]
        look = pygltflib.PbrMetallicRoughness(
            baseColorTexture=pygltflib.TextureInfo(index=0), metallicFactor=0.0, roughnessFactor=1.0
        )
        self.gltf.materials = [pygltflib.Material(pbrMetallicRoughness=look)]
        return 0


def box(low: tuple[float, float, float], high: tuple[float, float, float]) -> dict[str, NDArray[np.float32]]:
    """Return attributes of a box: its sides apart, each with the whole texture."""
    middle, half = (np.array(low) + high) / 2, (np.array(high) - low) / 2
    places, normals, texture = [], [], []
    for normal, right in _SIDES:
        up = np.cross(normal, right)
        for u, v in _CORNERS:
            places.append(middle + half * (np.array(normal) + (2 * u - 1) * np.array(right) + (1 - 2 * v) * up))
            normals.append(normal)
            texture.append((u, v))
    named = {"POSITION": places, "NORMAL": normals, "TEXCOORD_0": texture}
    return {name: np.array(values, np.float32) for name, values in named.items()}


def box_faces(boxes: int = 1) -> NDArray[np.uint16]:
    """Return the triangles [F, 3] of boxes one after another."""
    first = 4 * np.arange(6 * boxes)[:, None, None]
    return np.asarray((first + np.array([[0, 1, 2], [0, 2, 3]])).reshape(-1, 3), np.uint16)


def write_crate(path: Path) -> None:
    """Write a crate of planks, a metre wide."""
    glb = Glb()
    mesh = glb.mesh(dict(box((-0.5, 0, -0.5), (0.5, 1, 0.5))), box_faces(), _planks(), "JPEG")
    glb.write(path, [glb.node(mesh=mesh, name="crate")])


def write_ball(path: Path, *, across: int = 24, down: int = 12) -> None:
    """Write a striped beach ball, 40 cm wide."""
    rows, columns = np.mgrid[0 : down + 1, 0 : across + 1].reshape(2, -1)
    polar, around = np.pi * rows / down, 2 * np.pi * columns / across
    ring = np.where((rows == 0) | (rows == down), 0.0, np.sin(polar))
    normals = np.stack([ring * np.sin(around), np.cos(polar), ring * np.cos(around)], axis=1)
    normals[columns == across] = normals[columns == 0]  # the same bits at both ends of the seam
    corner = np.arange(down * (across + 1)).reshape(down, across + 1)[:, :-1]
    below = corner + across + 1
    upper = np.stack([corner, below, corner + 1], axis=-1)[1:]  # at the poles one triangle of two is a line
    lower = np.stack([corner + 1, below, below + 1], axis=-1)[:-1]
    glb = Glb()
    attributes: dict[str, NDArray[np.generic]] = {
        "POSITION": (0.2 * normals + [0, 0.2, 0]).astype(np.float32),
        "NORMAL": normals.astype(np.float32),
        "TEXCOORD_0": np.stack([columns / across, rows / down], axis=1).astype(np.float32),
    }
    faces = np.concatenate([upper.reshape(-1, 3), lower.reshape(-1, 3)]).astype(np.uint16)
    mesh = glb.mesh(attributes, faces, _stripes(), "PNG")
    glb.write(path, [glb.node(mesh=mesh, name="ball")])


def _planks(side: int = 128) -> Image.Image:
    """Draw four planks in a frame."""
    rows, columns = np.mgrid[0:side, 0:side] / side
    random = np.random.default_rng(1)
    grain = _grain(random, side)
    board = np.floor(4 * columns)
    wood = np.array([164, 116, 70]) * (0.86 + 0.05 * (board % 2) + 0.16 * grain)[..., None]
    edge = np.minimum.reduce([rows, columns, 1 - rows, 1 - columns])
    wood = np.where((edge < 0.11)[..., None], np.array([132, 88, 50]) * (0.9 + 0.15 * grain)[..., None], wood)
    gaps = (np.abs(4 * columns - np.rint(4 * columns)) < 0.035) & (edge > 0.11)
    dark = gaps | (np.abs(edge - 0.11) < 0.008) | (edge < 0.012)
    return Image.fromarray(np.where(dark[..., None], wood * 0.55, wood).clip(0, 255).astype(np.uint8))


def _grain(random: np.random.Generator, side: int) -> NDArray[np.float64]:
    """Return grain [side, side] that runs down the boards."""
    return np.repeat(random.normal(0, 1, (8, side)), side // 8, axis=0)


def _stripes() -> Image.Image:
    colours = np.array(
        [[222, 60, 50], [245, 240, 228], [60, 120, 210], [245, 240, 228], [250, 200, 60], [245, 240, 228]]
    )
    return Image.fromarray(np.tile(np.repeat(colours, 8, axis=0)[None], (4, 1, 1)).astype(np.uint8))
