"""Release: a shot as a sample folder of the published Real2SAM2Real."""

from pathlib import Path

from pipelines.export.unfinished import built, unfinished_in
from pipelines.node import Ledger, Node
from pipelines.shot import ShotNodes
from r2s2r.artifacts.passes import Passes
from r2s2r.artifacts.progress import unheard
from r2s2r.artifacts.reference import Reference
from r2s2r.errors import InputError
from r2s2r.media.h264 import H264Writer
from r2s2r.media.images import write_rgb
from r2s2r.media.sample import CAPTION, CONTROL, FPS, PICTURE, write_caption
from r2s2r.stages.diffuse.axes import normals

# The control is lossy in the release's own samples too; this keeps normals to about a grey level.
_CRF = 4


def export_release(shot: ShotNodes, ledger: Ledger, folder: Path) -> tuple[str, ...]:
    """Write a shot as a sample in the release's form; return what a person should know of it.

    The normals are those of the render, at the size the model generates, in the axes it was trained with and as soft.

    Raises:
        InputError: No video model makes the shot, so that it has no reference picture.
        R2S2RError: What is exported is not built, damaged, or cannot be written.
    """
    if shot.shot.diffuse.model is None:
        raise InputError(
            f"{shot.shot.name}: the compositor needs no reference picture, so there is none to export; choose "
            "`--profile final`, or `diffuse: {backend: animate}` in the scene"
        )
    passes = Passes.load(built(shot, "render", ledger, until="reference"))
    picture = Reference.load(built(shot, "reference", ledger, until="reference")).picture()
    with unfinished_in(folder) as unfinished:
        write_rgb(unfinished / PICTURE, picture)
        _write_normals(passes, shot, unfinished / CONTROL)
        write_caption(unfinished / CAPTION, _prompt(shot.nodes))
        for name in (PICTURE, CONTROL, CAPTION):
            (unfinished / name).replace(folder / name)
    return tuple(_findings(passes))


def _write_normals(passes: Passes, shot: ShotNodes, path: Path) -> None:
    """Write the control video: in BT.601, because the release reads it by OpenCV 4, which knows nothing else."""
    facts, model = passes.facts, shot.shot.diffuse.animate
    size = {"height": facts.height, "width": facts.width}
    with H264Writer(path, **size, fps=passes.fps, crf=_CRF, matrix="bt601") as writer:
        for frame in normals(passes, model.normal_convention, unheard, soften_px=model.soften_px):
            writer.write(frame)


def _prompt(nodes: tuple[Node, ...]) -> str:
    return next(str(node.parameters["prompt"]) for node in nodes if node.stage == "diffuse")


def _findings(passes: Passes) -> list[str]:
    if passes.fps == FPS:
        return []
    return [f"the control has {float(passes.fps):g} frames a second, and the release takes each for one of {FPS}"]
