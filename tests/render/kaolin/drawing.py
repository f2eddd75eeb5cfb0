"""How the tests of this folder draw."""

import numpy as np
import torch

from r2s2r.stages.render.cpu.cpu_rasteriser import CpuRasteriser
from r2s2r.stages.render.kaolin.face_finder import FaceFinder
from r2s2r.stages.render.kaolin.kaolin_rasteriser import KaolinRasteriser
from r2s2r.stages.render.rasteriser import Raster
from r2s2r.stages.render.still import Still
from tests.render.kaolin.stand_in import rasterize

CPU = torch.device("cpu")


def on_kaolin(mesh, raster, rasterize=rasterize, batch_frames=8):
    return KaolinRasteriser(
        mesh, raster, finder=FaceFinder(rasterize, "cuda"), device=CPU, batch_frames=batch_frames
    )  # fmt: skip


def drawn_by(rasteriser, mesh, views):
    stills = [Still(frame, mesh, view) for frame, view in enumerate(views)]
    seen = [rasteriser.new_visibility() for _ in stills]
    for first in range(0, len(stills), rasteriser.batch_frames):
        batch = slice(first, first + rasteriser.batch_frames)
        rasteriser.draw(stills[batch], seen[batch])
    return seen


def both(mesh, *views, side=1):
    """[B, H, W] and [B, H S, W S] by Kaolin's stand-in, and by the CPU's rasteriser."""
    raster = Raster(views[0].height, views[0].width, side)
    for rasteriser in (on_kaolin(mesh, raster), CpuRasteriser(mesh, raster)):
        seen = drawn_by(rasteriser, mesh, views)
        yield np.array([one.face_idx for one in seen]), np.array([one.samples for one in seen])
