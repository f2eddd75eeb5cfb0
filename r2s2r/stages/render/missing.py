"""What this machine lacks for drawing, found before anything is drawn and without torch."""

from importlib.util import find_spec
from typing import assert_never

from r2s2r.models.machine import INSTALL, missing_gpu
from r2s2r.spec.render import RenderSpec
from r2s2r.stages.render.kaolin.environment import INSTEAD, WAY_OUT, missing_kaolin

__all__ = ["WAY_OUT", "missing_to_draw"]


def missing_to_draw(spec: RenderSpec) -> list[str]:
    """Say what this machine lacks for the chosen backend; nothing where it can draw."""
    match spec.backend:
        case "cpu":
            return []
        case "torch":
            found = None if find_spec("torch") else f"package torch: {INSTALL}"
            return [one for one in (found, missing_gpu(INSTEAD) if spec.torch.device == "cuda" else None) if one]
        case "kaolin":
            return missing_kaolin(spec.kaolin)
        case "auto":
            raise AssertionError("`auto` is decided before a stage runs")
        case _:
            assert_never(spec.backend)
