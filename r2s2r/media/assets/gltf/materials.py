"""Base colours of a glTF file (specification, section 3.9)."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from r2s2r.errors import MediaError
from r2s2r.geometry.transforms import Array
from r2s2r.media.assets.colours import tinted
from r2s2r.media.assets.gltf.arrays import Arrays
from r2s2r.media.assets.gltf.looks import Material, TextureInfo, UvTransform
from r2s2r.media.assets.pictures import decoded
from r2s2r.media.atlas import tile_side


@dataclass(frozen=True, eq=False)
class Paint:
    """What a primitive's material says of its base colour: a linear factor [3], and the texture it multiplies."""

    factor: Array
    texture: TextureInfo | None


@dataclass(frozen=True, eq=False)
class Materials:
    """The materials of a file. Pictures are read once, and no larger than an atlas of them all can show."""

    arrays: Arrays
    _pictures: dict[int, NDArray[np.uint8]] = field(default_factory=dict)
    _tinted: dict[tuple[int, bytes], NDArray[np.uint8]] = field(default_factory=dict)

    def paint(self, material: int | None) -> Paint:
        """Return what a material says; None is the default material, white."""
        document = self.arrays.container.document
        chosen = Material() if material is None else document.materials[material]
        glossy = chosen.extensions.glossy
        if glossy is not None:
            return Paint(np.array(glossy.diffuse_factor[:3]), glossy.diffuse_texture)
        plain = chosen.pbr_metallic_roughness
        return Paint(np.array(plain.base_color_factor[:3]), plain.base_color_texture)

    def picture(self, texture: TextureInfo, factor: Array) -> NDArray[np.uint8] | None:
        """Return the picture of a texture times a linear colour [3]; None where it names no picture that is read."""
        chosen = self.arrays.container.document.textures[texture.index]
        webp = chosen.extensions.webp
        source = chosen.source if webp is None else webp.source
        if source is None:
            return None
        key = (source, factor.tobytes())
        if key not in self._tinted:
            self._tinted[key] = tinted(self._picture(source), factor)
        return self._tinted[key]

    def _picture(self, source: int) -> NDArray[np.uint8]:
        if source not in self._pictures:
            container = self.arrays.container
            image, name = container.document.images[source], f"{container.path}: images[{source}]"
            if image.uri is not None:
                data = container.at(image.uri)
                name = name if image.uri.startswith("data:") else f"{container.path}: {image.uri}"
            elif image.buffer_view is not None:
                data = self.arrays.slice(image.buffer_view)
            else:
                raise MediaError(f"{name}: has neither uri nor bufferView; export it again")
            self._pictures[source] = decoded(name, data.tobytes(), tile_side(len(container.document.materials)))
        return self._pictures[source]


def transformed(uv: Array, transform: UvTransform | None) -> Array:
    """Apply ``KHR_texture_transform`` to coordinates [..., 2], v down."""
    if transform is None:
        return uv
    cos, sin = np.cos(transform.rotation), np.sin(transform.rotation)
    scaled = uv * np.array(transform.scale)
    turned = np.stack([cos * scaled[..., 0] + sin * scaled[..., 1], -sin * scaled[..., 0] + cos * scaled[..., 1]], -1)
    moved: Array = turned + np.array(transform.offset)
    return moved
