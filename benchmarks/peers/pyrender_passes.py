"""The passes by pyrender (OpenGL through EGL): three renders a frame, since it draws one target at a time."""

import os
import tempfile
from pathlib import Path

import numpy as np
from PIL import Image

from benchmarks.peers.turning import FAR_M, FOCAL_PX, HEIGHT, NEAR_M, WIDTH, world_from_ball
from r2s2r.geometry.mesh import Mesh

_NORMAL_FRAGMENT = """#version 330 core
in vec3 frag_normal;
out vec4 frag_color;
void main() { frag_color = vec4(normalize(frag_normal) * 0.5 + 0.5, 1.0); }
"""


class PyrenderPasses:
    """Draws frames of the turning balls."""

    def __init__(self, meshes: dict[str, Mesh]) -> None:
        os.environ.setdefault("PYOPENGL_PLATFORM", "egl")
        import pyrender

        self._flags = pyrender.RenderFlags
        self._scene = pyrender.Scene()
        self._nodes = [self._scene.add(_pyrender_mesh(pyrender, mesh)) for mesh in meshes.values()]
        camera = pyrender.IntrinsicsCamera(FOCAL_PX, FOCAL_PX, WIDTH / 2, HEIGHT / 2, znear=NEAR_M, zfar=FAR_M)
        self._scene.add(camera)
        self._renderer = pyrender.OffscreenRenderer(WIDTH, HEIGHT)
        self._programs = self._renderer._renderer._program_cache  # noqa: SLF001 - it has no public door to shaders
        self._normal_programs = _normal_programs(pyrender)

    def frame(self, frame: int) -> np.ndarray:
        """Draw one frame: rgb, depth, ids and normals in memory; return the ids [H, W]."""
        for index, node in enumerate(self._nodes):
            self._scene.set_pose(node, world_from_ball(index, frame))
        ids = {node: (index + 1, 0, 0) for index, node in enumerate(self._nodes)}
        self._renderer.render(self._scene, flags=self._flags.FLAT)
        colours, _ = self._renderer.render(self._scene, flags=self._flags.SEG, seg_node_map=ids)
        self._renderer._renderer._program_cache = self._normal_programs  # noqa: SLF001
        self._renderer.render(self._scene, flags=self._flags.SEG, seg_node_map=ids)
        self._renderer._renderer._program_cache = self._programs  # noqa: SLF001
        return colours[..., 0]


def _pyrender_mesh(pyrender, mesh: Mesh):  # noqa: ANN001, ANN202 - a library without types, imported where it is used
    count = len(mesh.vertices)
    uv, normals = np.zeros((count, 2), np.float32), np.zeros((count, 3), np.float32)
    uv[mesh.faces], normals[mesh.faces] = mesh.corner_uv, mesh.corner_normals
    material = pyrender.MetallicRoughnessMaterial(baseColorTexture=Image.fromarray(mesh.texture))
    primitive = pyrender.Primitive(
        positions=mesh.vertices, normals=normals, texcoord_0=uv * [1, -1] + [0, 1], indices=mesh.faces, material=material
    )
    return pyrender.Mesh([primitive])


def _normal_programs(pyrender):  # noqa: ANN001, ANN202
    """Return a program cache in which every fragment shader writes the normal."""
    from pyrender.shader_program import ShaderProgram, ShaderProgramCache

    fragment = Path(tempfile.mkdtemp()) / "normal.frag"
    fragment.write_text(_NORMAL_FRAGMENT)
    vertex = Path(pyrender.__file__).parent / "shaders" / "flat.vert"

    class NormalPrograms(ShaderProgramCache):  # type: ignore[misc]
        def get_program(self, vertex_shader, fragment_shader, geometry_shader=None, defines=None):  # noqa: ANN001, ANN202
            if "normal" not in self._program_cache:
                self._program_cache["normal"] = ShaderProgram(str(vertex), str(fragment), defines=defines)
            return self._program_cache["normal"]

    return NormalPrograms()
