"""What this machine lacks for drawing, found before anything is drawn and without torch."""

from typing import assert_never

from r2s2r.spec.render import RenderSpec
from r2s2r.stages.render.kaolin.environment import WAY_OUT, missing_kaolin
from r2s2r.stages.render.torch_backend import missing_torch

__all__ = ["WAY_OUT", "missing_to_draw"]


def missing_to_draw(spec: RenderSpec) -> list[str]:
    """Say what this machine lacks for the chosen backend; nothing where it can draw."""
    match spec.backend:
        case "cpu":
            return []
        case "torch":
            return missing_torch(spec.torch)
        case "kaolin":
            return missing_kaolin(spec.kaolin)
        case "auto":
            raise AssertionError("`auto` is decided before a stage runs")
        case _:
            assert_never(spec.backend)
