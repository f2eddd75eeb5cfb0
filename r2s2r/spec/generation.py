"""The size pictures are generated at, which a video model chooses; delivery scales from there."""

import math

from r2s2r.spec.diffuse import DiffuseSpec
from r2s2r.spec.output import OutputSpec

_MULTIPLE = 32
MODEL_MULTIPLE = 16  # eight pixels to a latent, two latents to a token


def release_size(*, area_side_px: int, width: int, height: int) -> tuple[int, int]:
    """Return (width, height) by the release's rule: an area at an aspect, each side rounded to a multiple of 32.

    An area of 960 x 960 at 16:9 gives 1280 x 704, since 720 is no such multiple.
    """
    across = math.sqrt(area_side_px**2 * width / height)
    down = across * height / width
    return _rounded(across), _rounded(down)


def generation_output(diffuse: DiffuseSpec, output: OutputSpec) -> OutputSpec:
    """Return the output with the size that is generated: the model's own, or what is delivered."""
    if diffuse.model is None or diffuse.model.size == "output":
        return output
    width, height = release_size(area_side_px=diffuse.model.area_side_px, width=output.width, height=output.height)
    return output.model_copy(update={"width": width, "height": height})


def _rounded(side: float) -> int:
    return max(2 * _MULTIPLE, round(side / _MULTIPLE) * _MULTIPLE)
