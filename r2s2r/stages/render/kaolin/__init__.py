"""Rasterising on an NVIDIA GPU with Kaolin, which nothing outside this package imports."""

from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING

from r2s2r.errors import MissingError
from r2s2r.stages.render.kaolin.environment import WAY_OUT, advice, missing_kaolin

if TYPE_CHECKING:
    from r2s2r.spec.render import KaolinRenderSpec
    from r2s2r.stages.render.rasteriser import Backend


def kaolin_backend(spec: "KaolinRenderSpec") -> "Backend":
    """Return the backend, on the first GPU of CUDA_VISIBLE_DEVICES.

    Raises MissingError where Kaolin, its torch or a GPU is missing, with the lines that install them.
    """
    missing = missing_kaolin(spec)
    if missing:
        lines = ("Kaolin cannot draw here; this machine lacks:", *(f"- {one}" for one in missing), WAY_OUT)
        raise MissingError("\n  ".join(lines))
    import torch

    try:
        rasterize = import_module("kaolin.render.mesh").rasterize
    except (ImportError, OSError) as error:  # OSError: its library was built for another torch or CUDA
        raise MissingError(f"Kaolin is installed but cannot be loaded ({error}); {advice()}; {WAY_OUT}") from error
    from r2s2r.stages.render.kaolin.face_finder import FaceFinder
    from r2s2r.stages.render.kaolin.kaolin_rasteriser import KaolinRasteriser
    from r2s2r.stages.render.rasteriser import Backend

    finder = FaceFinder(rasterize, spec.rasteriser)
    make = partial(KaolinRasteriser, finder=finder, device=torch.device("cuda"), batch_frames=spec.batch_frames)
    return Backend(make, on_threads=False)
