"""Writing: the passes of a frame as files."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from r2s2r.artifacts.passes import Passes, PassesFacts, motion_channels, uv_channels
from r2s2r.media.exr import write_depth_exr, write_exr
from r2s2r.media.images import RUN_LENGTHS, write_grey, write_grey16, write_rgb
from r2s2r.stages.render.cryptomatte import Cryptomatte
from r2s2r.stages.render.layers import Layers
from r2s2r.stages.render.multilayer import channels_of
from r2s2r.stages.render.rasteriser import Visibility


class PassesWriter:
    """Writes the frames of passes, several side by side."""

    def __init__(self, out: Path, facts: PassesFacts, mattes: Cryptomatte) -> None:
        """Make the folders in ``out``, which is empty."""
        self._passes = Passes(out, facts)
        self._mattes = mattes
        for name in facts.folders:
            (out / name).mkdir()

    def write(self, frame: int, layers: Layers, seen: Visibility) -> NDArray[np.bool_]:
        """Write a frame's files; return which entities [E] cover a pixel of it."""
        passes = self._passes
        write_rgb(passes.path("normal", frame), layers.encoded_normal(), RUN_LENGTHS)
        write_grey16(passes.path("id", frame), layers.ids, RUN_LENGTHS)
        write_rgb(passes.path("rgb", frame), layers.rgb, RUN_LENGTHS)
        write_depth_exr(passes.path("depth", frame), layers.depth_m)
        for name in passes.facts.extra_passes:
            self._write_extra(name, frame, layers)
        if passes.facts.multilayer:
            channels = channels_of(layers) | self._mattes.channels(seen.samples)
            write_exr(passes.path("multilayer", frame), channels, self._mattes.words)
        found: NDArray[np.bool_] = np.bincount(layers.ids.ravel(), minlength=len(passes.facts.ids) + 1)[1:] > 0
        return found

    def _write_extra(self, name: str, frame: int, layers: Layers) -> None:
        path = self._passes.path(name, frame)
        match name:
            case "motion":
                write_exr(path, motion_channels(layers.forward, layers.backward))
            case "uv":
                write_exr(path, uv_channels(layers.uv, layers.ids > 0))
            case "coverage":
                write_grey(path, np.rint(layers.coverage * 255).astype(np.uint8), RUN_LENGTHS)
            case _:
                raise AssertionError(f"{name} is no pass")
