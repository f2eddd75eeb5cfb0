"""The reference backend: its machine is looked at before torch is imported."""

from functools import partial
from importlib.util import find_spec
from typing import TYPE_CHECKING

from r2s2r.errors import MissingError
from r2s2r.models.machine import INSTALL, missing_gpu

if TYPE_CHECKING:
    from r2s2r.spec.render import TorchRenderSpec
    from r2s2r.stages.render.rasteriser import Backend

INSTEAD = "set `render: {backend: cpu}`, which is faster and gives the same picture"
"""What can be done without it."""


def torch_backend(spec: "TorchRenderSpec") -> "Backend":
    """Return the backend that rasterises with torch; raises MissingError without torch or the device."""
    missing = missing_torch(spec)
    if missing:
        raise MissingError("\n  ".join(("torch cannot draw here; this machine lacks:", *(f"- {it}" for it in missing))))
    import torch

    from r2s2r.stages.render.rasteriser import Backend
    from r2s2r.stages.render.torch_rasteriser import TorchRasteriser

    if spec.device == "cuda" and not torch.cuda.is_available():
        raise MissingError(
            f"render: torch: device: cuda, but torch {torch.__version__} cannot use this machine's GPU: install one "
            f"built for it, set device: cpu, or {INSTEAD}"
        )
    return Backend(partial(TorchRasteriser, device=torch.device(spec.device)), on_threads=False)


def missing_torch(spec: "TorchRenderSpec") -> list[str]:
    """Say what this machine lacks for drawing with torch; nothing is loaded."""
    found = [] if find_spec("torch") else [f"package torch: {INSTALL}; or {INSTEAD}"]
    gpu = missing_gpu(f"set its device: cpu, or {INSTEAD}") if spec.device == "cuda" else None
    return [*found, gpu] if gpu else found
