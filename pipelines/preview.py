"""Preview: a shot as its author wants to see it at once: small, composited from the clip, whatever will make it."""

from dataclasses import replace

from pipelines.shot import ShotNodes, shot_nodes
from r2s2r.spec.diffuse import DiffuseSpec
from r2s2r.spec.encode import EncodeSpec
from r2s2r.spec.output import OutputSpec
from r2s2r.spec.render import RenderSpec
from r2s2r.spec.resolved import Scene, Shot

PREVIEW = "preview"
"""Its results lie in a folder of this name, beside those of the profiles."""

_SHORT_SIDE_PX = 480


def preview_nodes(scene: Scene, shot: Shot) -> ShotNodes:
    """Lay out the preview of a shot: lifted as its profile says, drawn on the CPU, composited at 480 pixels.

    Where a run does the same, both share its results.
    """
    output = _small(shot.edit.output)
    seen = replace(
        shot,
        edit=shot.edit.model_copy(update={"output": output}),
        output=output,
        render=RenderSpec(backend="cpu", shading=shot.render.shading, near_m=shot.render.near_m),
        diffuse=DiffuseSpec(backend="compositor", compositor=shot.diffuse.compositor),
        encode=EncodeSpec(),
        variants=(),
    )
    return shot_nodes(replace(scene, profile=PREVIEW), seen)


def _small(output: OutputSpec) -> OutputSpec:
    """Return the size with a short side of at most 480 pixels, both sides even."""
    scale = min(1.0, _SHORT_SIDE_PX / min(output.width, output.height))
    width, height = (2 * round(side * scale / 2) for side in (output.width, output.height))
    return output.model_copy(update={"width": width, "height": height})
