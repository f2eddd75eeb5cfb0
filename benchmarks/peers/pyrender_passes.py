"""The passes by pyrender (OpenGL through EGL): three renders a frame, since it draws one target at a time."""

import importlib
import os
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from benchmarks.peers.turning import FAR_M, FOCAL_PX, HEIGHT, NEAR_M, WIDTH, split, world_from_ball
from r2s2r.geometry.mesh import Mesh

os.environ.setdefault("PYOPENGL_PLATFORM", "egl")  # read by pyrender on import
pyrender: Any = importlib.import_module("pyrender")  # by name: it has no types

_NORMAL_FRAGMENT = """#version 330 core
in vec3 frag_normal;
out vec4 frag_color;
void main() { frag_color = vec4(normalize(frag_normal) * 0.5 + 0.5, 1.0); }
"""


class PyrenderPasses:
    """Draws frames of the turning balls."""

    def __init__(self, meshes: dict[str, Mesh]) -> None:
        _sample_once()
        self._flags = pyrender.RenderFlags
        self._scene = pyrender.Scene()
        self._nodes = [self._scene.add(_mesh(mesh)) for mesh in meshes.values()]
        self._scene.add(pyrender.IntrinsicsCamera(FOCAL_PX, FOCAL_PX, WIDTH / 2, HEIGHT / 2, znear=NEAR_M, zfar=FAR_M))
        self._offscreen = pyrender.OffscreenRenderer(WIDTH, HEIGHT)
        self._programs = self._offscreen._renderer._program_cache
        self._normal_programs = NormalPrograms()

    def frame(self, frame: int) -> NDArray[np.uint8]:
        """Draw one frame: rgb, depth, ids and normals in memory; return the ids [H, W]."""
        for index, node in enumerate(self._nodes):
            self._scene.set_pose(node, world_from_ball(index, frame))
        colours = {node: (index + 1, 0, 0) for index, node in enumerate(self._nodes)}
        self._offscreen.render(self._scene, flags=self._flags.FLAT)
        ids, _ = self._offscreen.render(self._scene, flags=self._flags.SEG, seg_node_map=colours)
        self._offscreen._renderer._program_cache = self._normal_programs
        self._offscreen.render(self._scene, flags=self._flags.SEG, seg_node_map=colours)
        self._offscreen._renderer._program_cache = self._programs
        return np.asarray(ids[..., 0])


class NormalPrograms(pyrender.shader_program.ShaderProgramCache):  # type: ignore[misc]
    """A program cache in which every fragment shader writes the normal: pyrender has no pass of it."""

    def get_program(
        self, vertex_shader: str, fragment_shader: str, geometry_shader: str | None = None, defines: object = None
    ) -> object:
        """Return the one program, whatever is asked for."""
        if "normal" not in self._program_cache:
            fragment = Path(tempfile.mkdtemp()) / "normal.frag"
            fragment.write_text(_NORMAL_FRAGMENT)
            vertex = Path(pyrender.__file__).parent / "shaders" / "flat.vert"
            program = pyrender.shader_program.ShaderProgram(str(vertex), str(fragment), defines=defines)
            self._program_cache["normal"] = program
        return self._program_cache["normal"]


def _sample_once() -> None:
    """Draw one sample a pixel, as we do; by itself pyrender draws four."""
    several = pyrender.renderer.glRenderbufferStorageMultisample
    pyrender.renderer.glRenderbufferStorageMultisample = lambda target, _, *rest: several(target, 0, *rest)


def _mesh(mesh: Mesh) -> object:
    parts = split(mesh)
    material = pyrender.MetallicRoughnessMaterial(baseColorTexture=Image.fromarray(mesh.texture))
    primitive = pyrender.Primitive(
        positions=parts.vertices, normals=parts.normals, texcoord_0=parts.uv, indices=parts.faces, material=material
    )
    return pyrender.Mesh([primitive])
