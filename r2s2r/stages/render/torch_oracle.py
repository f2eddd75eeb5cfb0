"""The reference backend: its machine is looked at before torch is imported."""

from importlib.util import find_spec
from typing import TYPE_CHECKING

from r2s2r.errors import MissingError
from r2s2r.models.machine import INSTALL
from r2s2r.spec.render import TorchRenderSpec
from r2s2r.stages.render.rasteriser import Backend, Raster

if TYPE_CHECKING:
    from r2s2r.stages.render.scene_mesh import SceneMesh
    from r2s2r.stages.render.torch_rasteriser import TorchRasteriser

INSTEAD = "set `render: {backend: cpu}`, which is faster and gives the same picture"


def torch_backend(spec: TorchRenderSpec) -> Backend:
    """Return the backend that rasterises with torch; raises MissingError without torch or the device."""
    if find_spec("torch") is None:
        raise MissingError(f"render: backend: torch needs the package torch: {INSTALL}; or {INSTEAD}")
    import torch

    from r2s2r.stages.render.torch_rasteriser import TorchRasteriser

    if spec.device == "cuda" and not torch.cuda.is_available():
        raise MissingError(
            f"render: torch: device: cuda, but torch {torch.__version__} finds no GPU here: run where one is, set "
            f"device: cpu, or {INSTEAD}"
        )
    device = torch.device(spec.device)

    def new_rasteriser(mesh: "SceneMesh", raster: Raster) -> "TorchRasteriser":
        return TorchRasteriser(mesh, raster, device)

    return Backend(new_rasteriser, on_threads=False)
