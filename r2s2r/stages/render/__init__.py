"""Render: the animation becomes instance-masked passes."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, assert_never

from r2s2r.spec.render import RenderSpec
from r2s2r.stages.render.turntable.inputs import TurntableInputs

if TYPE_CHECKING:
    from r2s2r.artifacts.animation import Animation
    from r2s2r.artifacts.entity import Entity
    from r2s2r.artifacts.progress import Progress
    from r2s2r.stages.render.rasteriser import Backend

__all__ = ["TURNTABLE_VERSION", "VERSION", "TurntableInputs", "make_passes", "make_turntable"]

VERSION: int = 2
TURNTABLE_VERSION: int = 2


def make_passes(
    spec: RenderSpec, animation: "Animation", entities: "Mapping[str, Entity]", out: Path, progress: "Progress"
) -> None:
    """Draw every frame of an animation into ``out``, an empty folder, as ``artifacts.passes.Passes`` describes it.

    Equal inputs give equal bytes, whatever the number of cores. Raises StageError for a mesh or a transform that cannot
    be drawn, naming the entity and the frame.
    """
    from r2s2r.stages.render.passes import write_passes

    write_passes(spec, choose_backend(spec), animation, entities, out, progress)


def make_turntable(inputs: TurntableInputs, out: Path, progress: "Progress") -> None:
    """Show an entity from all sides: a ``Turntable`` in the empty folder ``out``."""
    from r2s2r.stages.render.turntable.turntable import write_turntable

    write_turntable(inputs, out, progress)


def choose_backend(spec: RenderSpec) -> "Backend":
    """Return the backend that the settings name; raises MissingError, saying how to get it, where it cannot run."""
    from r2s2r.stages.render.rasteriser import Backend

    match spec.backend:
        case "cpu":
            from r2s2r.stages.render.cpu.cpu_rasteriser import CpuRasteriser

            return Backend(CpuRasteriser, on_threads=True)
        case "torch":
            from r2s2r.stages.render.torch_backend import torch_backend

            return torch_backend(spec.torch)
        case "kaolin":
            from r2s2r.stages.render.kaolin import kaolin_backend

            return kaolin_backend(spec.kaolin)
        case "auto":
            raise AssertionError("`auto` is decided before a stage runs")
        case _:
            assert_never(spec.backend)
