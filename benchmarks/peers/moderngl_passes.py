"""The passes by moderngl (OpenGL through EGL): one render a frame into four targets, which is all that OpenGL needs."""

import importlib
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.peers.turning import FAR_M, FOCAL_PX, HEIGHT, NEAR_M, WIDTH, split, world_from_ball
from r2s2r.geometry.mesh import Mesh

moderngl: Any = importlib.import_module("moderngl")  # by name, as the other peers

_VERTEX = """#version 330 core
uniform mat4 world_from_entity;
uniform mat4 clip_from_world;
in vec3 vertex;
in vec3 vertex_normal;
in vec2 vertex_uv;
out vec3 normal;
out vec2 uv;
void main() {
    gl_Position = clip_from_world * world_from_entity * vec4(vertex, 1.0);
    normal = mat3(world_from_entity) * vertex_normal;
    uv = vertex_uv;
}
"""
_FRAGMENT = """#version 330 core
uniform sampler2D photograph;
uniform uint entity;
in vec3 normal;
in vec2 uv;
layout(location = 0) out vec4 rgb;
layout(location = 1) out vec3 shown_normal;
layout(location = 2) out uint id;
layout(location = 3) out float depth_m;
void main() {
    rgb = texture(photograph, uv);
    shown_normal = normalize(normal);
    id = entity;
    depth_m = 1.0 / gl_FragCoord.w;
}
"""


class ModernglPasses:
    """Draws frames of the turning balls: what faces the camera, or, as our rasterisers do for any mesh, both sides."""

    def __init__(self, meshes: dict[str, Mesh], *, both_sides: bool) -> None:
        self._context = moderngl.create_standalone_context(backend="egl")
        self._program = self._context.program(vertex_shader=_VERTEX, fragment_shader=_FRAGMENT)
        self._program["clip_from_world"].write(_clip_from_world().T.astype("f4").tobytes())
        self._entities = [self._entity(mesh) for mesh in meshes.values()]
        size = (WIDTH, HEIGHT)
        targets = ((3, "f1"), (3, "f4"), (1, "u2"), (1, "f4"))
        self._frame = self._context.framebuffer(
            [self._context.renderbuffer(size, channels, dtype=kind) for channels, kind in targets],
            self._context.depth_renderbuffer(size),
        )
        self._context.enable(moderngl.DEPTH_TEST if both_sides else moderngl.DEPTH_TEST | moderngl.CULL_FACE)

    def frame(self, frame: int) -> NDArray[np.uint8]:
        """Draw one frame: rgb, normals, ids and depth in memory; return the ids [H, W]."""
        self._frame.use()
        self._frame.clear()
        for index, (surface, photograph) in enumerate(self._entities):
            photograph.use()
            self._program["world_from_entity"].write(world_from_ball(index, frame).T.astype("f4").tobytes())
            self._program["entity"] = index + 1
            surface.render()
        for target, channels, kind in ((0, 3, "u1"), (1, 3, "f4"), (3, 1, "f4")):
            self._read(target, channels, kind)
        return self._read(2, 1, "u2").astype(np.uint8)

    def _read(self, target: int, channels: int, kind: str) -> NDArray[Any]:
        stored = "f1" if kind == "u1" else kind
        pixels = self._frame.read(components=channels, attachment=target, alignment=1, dtype=stored)
        shape = (HEIGHT, WIDTH) if channels == 1 else (HEIGHT, WIDTH, channels)
        return np.frombuffer(pixels, kind).reshape(shape)[::-1]

    def _entity(self, mesh: Mesh) -> tuple[Any, Any]:
        """Return a mesh as a vertex array and a texture."""
        parts = split(mesh)
        attributes = np.concatenate([parts.vertices, parts.normals, parts.uv], axis=1).astype("f4")
        vertices, faces = self._context.buffer(attributes.tobytes()), self._context.buffer(parts.faces.tobytes())
        layout = [(vertices, "3f 3f 2f", "vertex", "vertex_normal", "vertex_uv")]
        height, width = mesh.texture.shape[:2]
        photograph = self._context.texture((width, height), 3, mesh.texture[::-1].tobytes(), alignment=1)
        photograph.build_mipmaps()
        photograph.filter = (moderngl.LINEAR_MIPMAP_NEAREST, moderngl.LINEAR)  # as ours: the cheaper way
        return self._context.vertex_array(self._program, layout, index_buffer=faces), photograph


def _clip_from_world() -> NDArray[np.float64]:
    """Return OpenGL's projection [4, 4] of a camera at the origin that looks along -Z."""
    matrix = np.zeros((4, 4))
    matrix[0, 0], matrix[1, 1] = 2 * FOCAL_PX / WIDTH, 2 * FOCAL_PX / HEIGHT
    matrix[2, 2:] = (FAR_M + NEAR_M) / (NEAR_M - FAR_M), 2 * FAR_M * NEAR_M / (NEAR_M - FAR_M)
    matrix[3, 2] = -1
    return matrix
