"""Passes: what the renderer drew of a shot, frame by frame, and a mask of each entity."""

import shutil
from pathlib import Path

from pipelines.export.unfinished import built, unfinished_in
from pipelines.node import Ledger
from pipelines.shot import ShotNodes
from r2s2r.artifacts.facts import FACTS
from r2s2r.artifacts.passes import Passes
from r2s2r.artifacts.store import remove
from r2s2r.errors import InputError, StoreError
from r2s2r.media.images import write_mask

_MASKS = "mask"


def export_passes(shot: ShotNodes, ledger: Ledger, folder: Path) -> tuple[str, ...]:
    """Write a shot's passes, and ``mask/<entity>/%06d.png`` besides; return what a person should know of them.

    The files are those of ``Passes``, with its ``facts.json``; a mask is white where its entity is seen. They take the
    place of passes that were exported there before; whoever finds ``facts.json`` finds all that it speaks of.

    Raises:
        InputError: There are folders of those names that no export wrote.
        R2S2RError: The passes are not built, damaged, or cannot be written.
    """
    passes = Passes.load(built(shot, "render", ledger, until="render"))
    before = _folders_there(folder)
    _check_others((*passes.facts.folders, _MASKS), before, folder)
    with unfinished_in(folder) as unfinished:
        for name in passes.facts.folders:
            _copy(passes, name, unfinished)
        _write_masks(passes, unfinished / _MASKS)
        shutil.copyfile(passes.folder / FACTS, unfinished / FACTS)
        for name in (FACTS, *before):
            remove(folder / name)
        for name in (*passes.facts.folders, _MASKS, FACTS):
            (unfinished / name).replace(folder / name)
    return passes.facts.findings


def _copy(passes: Passes, name: str, folder: Path) -> None:
    (folder / name).mkdir()
    for frame in range(passes.facts.frames):
        path = passes.path(name, frame)
        if not path.is_file():
            raise StoreError(f"{path}: is gone; `r2s2r verify` removes what is damaged")
        shutil.copyfile(path, folder / name / path.name)


def _folders_there(folder: Path) -> tuple[str, ...]:
    """Return the folders of passes and masks that were exported before."""
    try:
        return (*Passes.load(folder).facts.folders, _MASKS)
    except StoreError:
        return ()


def _check_others(wanted: tuple[str, ...], before: tuple[str, ...], folder: Path) -> None:
    """Raise InputError for what stands where passes are to be written, and was not exported."""
    for name in wanted:
        if name not in before and ((folder / name).exists() or (folder / name).is_symlink()):
            raise InputError(f"{folder / name}: is there, and no export wrote it; move it away, or name another folder")


def _write_masks(passes: Passes, folder: Path) -> None:
    folder.mkdir()
    for name in passes.facts.ids:
        (folder / name).mkdir()
    for frame in range(passes.facts.frames):
        ids = passes.ids(frame)
        for name, number in passes.facts.ids.items():
            write_mask(folder / name / f"{frame:06d}.png", ids == number)
