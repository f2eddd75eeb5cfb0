"""The passes by VTK (OpenGL through EGL): three renders a frame, and the depth buffer of the first."""

import numpy as np

from benchmarks.peers.turning import FAR_M, FOCAL_PX, HEIGHT, NEAR_M, WIDTH, world_from_ball
from r2s2r.geometry.mesh import Mesh

_NORMAL = "//VTK::Light::Impl\n  gl_FragData[0] = vec4(normalVCVSOutput * 0.5 + 0.5, 1.0);\n"


class VtkPasses:
    """Draws frames of the turning balls."""

    def __init__(self, meshes: dict[str, Mesh]) -> None:
        import vtk

        self._vtk = vtk
        self._window = vtk.vtkRenderWindow()
        self._window.SetOffScreenRendering(1)
        self._window.SetMultiSamples(0)
        self._window.SetSize(WIDTH, HEIGHT)
        self._renderer = vtk.vtkRenderer()
        self._window.AddRenderer(self._renderer)
        camera = self._renderer.GetActiveCamera()
        camera.SetPosition(0, 0, 0)
        camera.SetFocalPoint(0, 0, -1)
        camera.SetViewAngle(2 * np.degrees(np.arctan(HEIGHT / 2 / FOCAL_PX)))
        camera.SetClippingRange(NEAR_M, FAR_M)
        self._sets = _actors(vtk, meshes)
        for actors in self._sets.values():
            for actor in actors:
                self._renderer.AddActor(actor)

    def frame(self, frame: int) -> np.ndarray:
        """Draw one frame: rgb, depth, ids and normals in memory; return the ids [H, W]."""
        from vtkmodules.util.numpy_support import vtk_to_numpy

        pictures = {}
        for name in self._sets:
            self._show(name, frame)
            self._window.Render()
            pixels = self._vtk.vtkUnsignedCharArray()
            self._window.GetPixelData(0, 0, WIDTH - 1, HEIGHT - 1, 0, pixels)
            pictures[name] = vtk_to_numpy(pixels).reshape(HEIGHT, WIDTH, 3)[::-1]
        raw = self._vtk.vtkFloatArray()
        self._window.GetZbufferData(0, 0, WIDTH - 1, HEIGHT - 1, raw)
        depth = vtk_to_numpy(raw).reshape(HEIGHT, WIDTH)[::-1]
        pictures["depth_m"] = np.where(depth < 1, NEAR_M * FAR_M / (FAR_M - depth * (FAR_M - NEAR_M)), 0)
        return np.round(pictures["ids"][..., 0] / 40).astype(int)

    def _show(self, shown: str, frame: int) -> None:
        for name, actors in self._sets.items():
            for index, actor in enumerate(actors):
                actor.SetVisibility(name == shown)
                matrix = self._vtk.vtkMatrix4x4()
                matrix.DeepCopy(world_from_ball(index, frame).ravel().tolist())
                actor.SetUserMatrix(matrix)


def _actors(vtk, meshes: dict[str, Mesh]):  # noqa: ANN001, ANN202 - a library without types, imported where it is used
    """Return three actors for each mesh, one for each kind of picture; they share its vertex buffers' source."""
    sets: dict[str, list] = {"rgb": [], "ids": [], "normal": []}
    for index, mesh in enumerate(meshes.values()):
        mapper = vtk.vtkPolyDataMapper()
        mapper.SetInputData(_poly_data(vtk, mesh))
        for name, actors in sets.items():
            actor = vtk.vtkActor()
            actor.SetMapper(mapper if name == "rgb" else _same(vtk, mapper))
            actor.GetProperty().LightingOff()
            if name == "rgb":
                actor.SetTexture(_texture(vtk, mesh.texture))
            elif name == "ids":
                actor.GetProperty().SetColor((index + 1) * 40 / 255, 0, 0)
            else:
                actor.GetProperty().LightingOn()
                actor.GetShaderProperty().AddFragmentShaderReplacement("//VTK::Light::Impl", True, _NORMAL, False)
            actors.append(actor)
    return sets


def _same(vtk, mapper):  # noqa: ANN001, ANN202
    other = vtk.vtkPolyDataMapper()
    other.SetInputData(mapper.GetInput())
    return other


def _poly_data(vtk, mesh: Mesh):  # noqa: ANN001, ANN202
    from vtkmodules.util.numpy_support import numpy_to_vtk, numpy_to_vtkIdTypeArray

    count = len(mesh.vertices)
    uv, normals = np.zeros((count, 2), np.float32), np.zeros((count, 3), np.float32)
    uv[mesh.faces], normals[mesh.faces] = mesh.corner_uv * [1, -1] + [0, 1], mesh.corner_normals
    points, cells, poly = vtk.vtkPoints(), vtk.vtkCellArray(), vtk.vtkPolyData()
    points.SetData(numpy_to_vtk(mesh.vertices, deep=True))
    sized = np.concatenate([np.full((len(mesh.faces), 1), 3), mesh.faces], axis=1).astype(np.int64)
    cells.SetCells(len(mesh.faces), numpy_to_vtkIdTypeArray(sized.ravel(), deep=True))
    poly.SetPoints(points)
    poly.SetPolys(cells)
    poly.GetPointData().SetNormals(numpy_to_vtk(normals, deep=True))
    poly.GetPointData().SetTCoords(numpy_to_vtk(uv, deep=True))
    return poly


def _texture(vtk, picture: np.ndarray):  # noqa: ANN001, ANN202
    from vtkmodules.util.numpy_support import numpy_to_vtk

    image = vtk.vtkImageData()
    image.SetDimensions(picture.shape[1], picture.shape[0], 1)
    image.GetPointData().SetScalars(numpy_to_vtk(picture[::-1].reshape(-1, 3), deep=True))
    texture = vtk.vtkTexture()
    texture.SetInputData(image)
    texture.InterpolateOn()
    texture.MipmapOn()
    return texture
