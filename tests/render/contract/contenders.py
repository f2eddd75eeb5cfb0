"""The backends that the contract is held against, and what this machine lacks for them."""

from dataclasses import dataclass
from importlib.util import find_spec
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from r2s2r.spec.render import KaolinRenderSpec, RenderSpec, TorchRenderSpec
from r2s2r.stages.render import choose_backend
from r2s2r.stages.render.layers import FOUR_PASSES, Layers, Wanted
from r2s2r.stages.render.rasteriser import Backend, Raster, Visibility
from r2s2r.stages.render.renderer import Renderer
from r2s2r.stages.render.scene_mesh import SceneMesh
from r2s2r.stages.render.still import Still
from r2s2r.stages.render.view import View


@dataclass(frozen=True)
class Contender:
    """A backend under test.

    Attributes:
        name: As the tests show it.
        spec: Its settings.
        packages: What must be installed.
        gpu: It needs one.
        in_doubles: It computes in double precision, and so decides as ``Rasteriser.draw`` says where a sample lies
            exactly on an edge. Others may give it to either face, but must not leave a hole.
    """

    name: str
    spec: RenderSpec
    packages: tuple[str, ...] = ()
    gpu: bool = False
    in_doubles: bool = False

    def lacks(self) -> str:
        """Say why it cannot run here; empty if it can."""
        absent = [package for package in self.packages if find_spec(package) is None]
        if absent:
            return f"{self.name} needs {' and '.join(absent)}"
        if self.gpu:
            import torch

            return "" if torch.cuda.is_available() else f"{self.name} needs a GPU"
        return ""

    def backend(self) -> Backend:
        return choose_backend(self.spec)

    def visibility(self, mesh: SceneMesh, view: View, supersampling: int = 1) -> Visibility:
        rasteriser = self.backend().new_rasteriser(mesh, Raster(view.height, view.width, supersampling))
        seen = rasteriser.new_visibility()
        rasteriser.draw([Still(0, mesh, view)], [seen])
        return seen

    def faces(self, mesh: SceneMesh, view: View) -> NDArray[np.int32]:
        """The nearest face at each pixel's centre."""
        return self.visibility(mesh, view).face_idx

    def drawn(self, mesh: SceneMesh, view: View, wanted: Wanted = FOUR_PASSES, supersampling: int = 1) -> Layers:
        raster = Raster(view.height, view.width, supersampling)
        return Renderer(mesh, self.backend().new_rasteriser(mesh, raster), raster, wanted).render(view)


def _kaolin(rasteriser: Literal["cuda", "nvdiffrast"], *more: str, in_doubles: bool) -> Contender:
    spec = RenderSpec(backend="kaolin", kaolin=KaolinRenderSpec(rasteriser=rasteriser, batch_frames=3))
    return Contender(f"kaolin-{rasteriser}", spec, ("torch", "kaolin", *more), gpu=True, in_doubles=in_doubles)


ORACLE = Contender("torch", RenderSpec(backend="torch"), ("torch",), in_doubles=True)

CONTENDERS = (
    Contender("cpu", RenderSpec(backend="cpu"), in_doubles=True),
    ORACLE,
    Contender(
        "torch-cuda",
        RenderSpec(backend="torch", torch=TorchRenderSpec(device="cuda")),
        ("torch",),
        gpu=True,
        in_doubles=True,
    ),
    _kaolin("cuda", in_doubles=True),
    _kaolin("nvdiffrast", "nvdiffrast", in_doubles=False),
)
