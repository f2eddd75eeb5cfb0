"""The passes by VTK (OpenGL through EGL): three renders a frame, and the depth buffer of the last."""

import importlib
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.peers.turning import FAR_M, FOCAL_PX, HEIGHT, NEAR_M, WIDTH, split, world_from_ball
from r2s2r.geometry.mesh import Mesh

vtk: Any = importlib.import_module("vtk")  # by name: its types do not cover how it is used
support: Any = importlib.import_module("vtkmodules.util.numpy_support")

_NORMAL = "//VTK::Light::Impl\n  gl_FragData[0] = vec4(normalVCVSOutput * 0.5 + 0.5, 1.0);\n"
_ID_STEP = 40


class VtkPasses:
    """Draws frames of the turning balls."""

    def __init__(self, meshes: dict[str, Mesh]) -> None:
        vtk.vtkObject.GlobalWarningDisplayOff()
        self._window = vtk.vtkRenderWindow()
        self._window.SetOffScreenRendering(1)
        self._window.SetMultiSamples(0)
        self._window.SetSize(WIDTH, HEIGHT)
        renderer = vtk.vtkRenderer()
        self._window.AddRenderer(renderer)
        camera = renderer.GetActiveCamera()
        camera.SetPosition(0, 0, 0)
        camera.SetFocalPoint(0, 0, -1)
        camera.SetViewAngle(2 * np.degrees(np.arctan(HEIGHT / 2 / FOCAL_PX)))
        camera.SetClippingRange(NEAR_M, FAR_M)
        self._sets = _actors(meshes)
        for actors in self._sets.values():
            for actor in actors:
                renderer.AddActor(actor)

    def frame(self, frame: int) -> NDArray[np.uint8]:
        """Draw one frame: rgb, ids, normals and depth in memory; return the ids [H, W]."""
        corner = (WIDTH - 1, HEIGHT - 1)
        pictures = {}
        for name in self._sets:
            self._show(name, frame)
            self._window.Render()
            pixels = vtk.vtkUnsignedCharArray()
            self._window.GetPixelData(0, 0, *corner, 0, pixels, 0)
            pictures[name] = support.vtk_to_numpy(pixels).reshape(HEIGHT, WIDTH, 3)[::-1]
        buffer = vtk.vtkFloatArray()
        self._window.GetZbufferData(0, 0, *corner, buffer)
        depth = support.vtk_to_numpy(buffer).reshape(HEIGHT, WIDTH)[::-1]
        pictures["depth_m"] = np.where(depth < 1, NEAR_M * FAR_M / (FAR_M - depth * (FAR_M - NEAR_M)), 0)
        return np.asarray(pictures["ids"][..., 0] // _ID_STEP)

    def _show(self, shown: str, frame: int) -> None:
        for name, actors in self._sets.items():
            for index, actor in enumerate(actors):
                actor.SetVisibility(name == shown)
                matrix = vtk.vtkMatrix4x4()
                matrix.DeepCopy(world_from_ball(index, frame).ravel().tolist())
                actor.SetUserMatrix(matrix)


def _actors(meshes: dict[str, Mesh]) -> dict[str, list[Any]]:
    """Return three actors for each mesh, one for each kind of picture."""
    sets: dict[str, list[Any]] = {"rgb": [], "ids": [], "normal": []}
    for index, mesh in enumerate(meshes.values()):
        surface = _surface(mesh)
        for name, actors in sets.items():
            mapper, actor = vtk.vtkPolyDataMapper(), vtk.vtkActor()
            mapper.SetInputData(surface)
            actor.SetMapper(mapper)
            actor.GetProperty().SetLighting(name == "normal")
            actor.GetProperty().BackfaceCullingOn()  # as pyrender does; the balls are closed
            if name == "rgb":
                actor.SetTexture(_texture(mesh.texture))
            elif name == "ids":
                actor.GetProperty().SetColor((index + 1) * _ID_STEP / 255, 0, 0)
            else:
                actor.GetShaderProperty().AddFragmentShaderReplacement("//VTK::Light::Impl", True, _NORMAL, False)
            actors.append(actor)
    return sets


def _surface(mesh: Mesh) -> object:
    parts = split(mesh)
    points, cells, surface = vtk.vtkPoints(), vtk.vtkCellArray(), vtk.vtkPolyData()
    points.SetData(support.numpy_to_vtk(parts.vertices, deep=True))
    sized = np.concatenate([np.full((len(parts.faces), 1), 3), parts.faces], axis=1).astype(np.int64)
    cells.SetCells(len(parts.faces), support.numpy_to_vtkIdTypeArray(sized.ravel(), deep=True))
    surface.SetPoints(points)
    surface.SetPolys(cells)
    surface.GetPointData().SetNormals(support.numpy_to_vtk(parts.normals, deep=True))
    surface.GetPointData().SetTCoords(support.numpy_to_vtk(parts.uv, deep=True))
    return surface


def _texture(picture: NDArray[np.uint8]) -> object:
    image, texture = vtk.vtkImageData(), vtk.vtkTexture()
    image.SetDimensions(picture.shape[1], picture.shape[0], 1)
    image.GetPointData().SetScalars(support.numpy_to_vtk(picture[::-1].reshape(-1, 3), deep=True))
    texture.SetInputData(image)
    texture.InterpolateOn()
    texture.MipmapOn()
    return texture
