"""Export: a shot as files that other programs read: its inputs to a video model, or its passes."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pipelines.node import Ledger, Node
from pipelines.shot import ShotNodes
from r2s2r.artifacts.facts import FACTS
from r2s2r.artifacts.passes import Passes
from r2s2r.artifacts.progress import unheard
from r2s2r.artifacts.reference import Reference
from r2s2r.artifacts.store import remove
from r2s2r.errors import InputError, R2S2RError, StoreError
from r2s2r.media.h264 import H264Writer
from r2s2r.media.images import write_mask, write_rgb
from r2s2r.media.sample import CAPTION, CONTROL, FPS, PICTURE, write_caption
from r2s2r.stages.diffuse.axes import normals

# The control is lossy in the release's own samples too; this keeps normals to about a grey level.
_CRF = 4
_MASKS = "mask"

UNFINISHED = ".export-"
"""How the name begins of what a killed export leaves; the next one removes it."""


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
    passes = Passes.load(_built(shot, "render", ledger, until="reference"))
    picture = Reference.load(_built(shot, "reference", ledger, until="reference")).picture()
    with _unfinished(folder) as unfinished:
        write_rgb(unfinished / PICTURE, picture)
        _write_normals(passes, shot, unfinished / CONTROL)
        write_caption(unfinished / CAPTION, _prompt(shot.nodes))
        for name in (PICTURE, CONTROL, CAPTION):
            (unfinished / name).replace(folder / name)
    return tuple(_findings(passes))


def export_passes(shot: ShotNodes, ledger: Ledger, folder: Path) -> tuple[str, ...]:
    """Write a shot's passes, and ``mask/<entity>/%06d.png`` besides; return what a person should know of them.

    The files are those of ``Passes``, with its ``facts.json``; a mask is white where its entity is seen. They take the
    place of passes that were exported there before; whoever finds ``facts.json`` finds all that it speaks of.

    Raises:
        R2S2RError: The passes are not built, damaged, or cannot be written.
    """
    passes = Passes.load(_built(shot, "render", ledger, until="render"))
    with _unfinished(folder) as unfinished:
        for name in passes.facts.folders:
            _copy(passes, name, unfinished)
        _write_masks(passes, unfinished / _MASKS)
        shutil.copyfile(passes.folder / FACTS, unfinished / FACTS)
        for name in (FACTS, *_folders_there(folder), *passes.facts.folders, _MASKS):
            remove(folder / name)
        for name in (*passes.facts.folders, _MASKS, FACTS):
            (unfinished / name).replace(folder / name)
    return passes.facts.findings


@contextmanager
def _unfinished(folder: Path) -> Iterator[Path]:
    """Make a folder, and yield one in it for what is not finished. Raises StoreError where it cannot be written."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for left in folder.glob(f"{UNFINISHED}*"):
            remove(left)
        with tempfile.TemporaryDirectory(dir=folder, prefix=UNFINISHED) as unfinished:
            yield Path(unfinished)
    except OSError as error:
        raise StoreError(f"{folder}: cannot be written ({error.strerror}); make room or name another folder") from error


def _copy(passes: Passes, name: str, folder: Path) -> None:
    (folder / name).mkdir()
    for frame in range(passes.facts.frames):
        path = passes.path(name, frame)
        if not path.is_file():
            raise StoreError(f"{path}: is gone; `r2s2r verify` removes what is damaged")
        shutil.copyfile(path, folder / name / path.name)


def _folders_there(folder: Path) -> tuple[str, ...]:
    """Return the folders of passes that were exported before."""
    try:
        return Passes.load(folder).facts.folders
    except StoreError:
        return ()


def _write_masks(passes: Passes, folder: Path) -> None:
    folder.mkdir()
    for name in passes.facts.ids:
        (folder / name).mkdir()
    for frame in range(passes.facts.frames):
        ids = passes.ids(frame)
        for name, number in passes.facts.ids.items():
            write_mask(folder / name / f"{frame:06d}.png", ids == number)


def _built(shot: ShotNodes, name: str, ledger: Ledger, *, until: str) -> Path:
    action = ledger.action(shot[name])
    if action is None:
        scene = shot.scene
        raise R2S2RError(
            f"{name} is not built; `r2s2r run {scene.path} --shot {shot.shot.name} --profile {scene.profile} "
            f"--until {until}`"
        )
    return ledger.store.object(action.result)


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
