"""Rerun: do finished work again and compare, to find a stage whose results are not what its key promises."""

import shutil
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from r2s2r.artifacts.action import Action
from r2s2r.artifacts.manifest import describe, read_manifest
from r2s2r.artifacts.progress import unheard
from r2s2r.artifacts.store import Store
from r2s2r.errors import R2S2RError


@dataclass(frozen=True)
class Rerun:
    """One finished action, done again.

    Attributes:
        action: What the store holds.
        problem: Why it could not be compared, or that it differs; empty when the bytes are equal.
    """

    action: Action
    problem: str


def rerun(store: Store) -> Iterator[Rerun]:
    """Do every action of the store again, in a folder that is thrown away, and compare the bytes that come out."""
    for path in sorted((store.root / "actions").glob("*.json")):
        action = store.action(path.stem)
        if action is not None:
            yield Rerun(action, _missing(store, action) or _difference(store, action))


def _missing(store: Store, action: Action) -> str:
    """Say which input is no longer there as it was; empty when all are."""
    request = action.request
    gone = [name for name, digest in request.inputs.items() if not store.has(digest)]
    for role, file in request.files.items():
        if not Path(file).exists() or store.files.digest(Path(file)) != request.file_digests[role]:
            gone.append(file)
    return f"cannot be compared: {', '.join(gone)} is not there any more" if gone else ""


def _difference(store: Store, action: Action) -> str:
    from pipelines.inputs import Workplace
    from pipelines.perform import perform  # the stages are heavy

    folder = store.workspace(f"rerun-{uuid.uuid4().hex}")
    (folder / "out").mkdir()
    try:
        perform(action.request, store, Workplace(folder / "out", folder / "checkpoints", unheard))
        again = describe(folder / "out")
    except R2S2RError as error:  # no GPU here, say: the others are still to be compared
        return f"cannot be compared: {error}"
    finally:
        shutil.rmtree(folder)
    if again.digest == action.result:
        return ""
    before = read_manifest(store.object(action.result)).files
    names = [name for name in sorted(before.keys() | again.files.keys()) if before.get(name) != again.files.get(name)]
    return f"gives other bytes now: {', '.join(names[:5])}{', ...' if len(names) > 5 else ''}"
