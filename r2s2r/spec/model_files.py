"""The files and weights a shot's video model reads: where they were written decides what they are relative to."""

import os

from r2s2r.errors import InputError
from r2s2r.spec.diffuse import DiffuseSpec
from r2s2r.spec.merge import Merged
from r2s2r.spec.paths import find_file
from r2s2r.spec.reading.document import Document
from r2s2r.spec.reading.findings import Problem
from r2s2r.spec.reading.nodes import Loc
from r2s2r.spec.scene_files import SceneFiles
from r2s2r.spec.weights import is_path

_WRITTEN_AT: dict[str, Loc] = {
    "weights": ("weights",),
    "adapter": ("adapter",),
    "distillation": ("distillation", "weights"),
}


def model_files(files: SceneFiles, merged: Merged, diffuse: DiffuseSpec) -> dict[str, str]:
    """Return role -> absolute folder, or name on the hub, of the chosen model's weights, and its ``reference`` file.

    Weights need not be there: planning a shot for another machine is fine. What leads out of the folders that scenes
    may read is a finding, and so is a picture that is not there.
    """
    if diffuse.model is None:
        return {}
    found = {}
    for role, inner in _WRITTEN_AT.items():
        written = _value(diffuse.model, inner)
        if isinstance(written, str):
            found[role] = weights_at(files, merged, ("diffuse", diffuse.backend, *inner), written)
    if diffuse.model.reference not in ("source", "composite"):
        found["reference"] = _picture(files, merged, ("diffuse", diffuse.backend, "reference"), diffuse.model.reference)
    return found


def _value(spec: object, loc: Loc) -> object:
    for name in loc:
        spec = getattr(spec, str(name), None)
    return spec


def weights_at(files: SceneFiles, merged: Merged, loc: Loc, written: str) -> str:
    """Return the absolute folder of weights named at ``loc``, or their name on the hub; findings as ``model_files``."""
    folder = _document(files, merged, loc).path.parent
    if not is_path(written):
        if (folder / written).is_dir():
            message = f"{written} is a folder here, but without ./ before it a name on the hub: write ./{written}"
            merged.report(files.findings, Problem(loc, message))
        return written
    path = (folder / written).resolve()
    if not any(path.is_relative_to(root) for root in files.roots):
        message = f"{written} leaves the scene's folder: add {path.parent} to media_roots in r2s2r.yaml"
        merged.report(files.findings, Problem(loc, message))
    elif path.is_file():
        merged.report(files.findings, Problem(loc, f"{written} is a file; name the folder that the weights are in"))
    return str(path)


def _picture(files: SceneFiles, merged: Merged, loc: Loc, written: str) -> str:
    folder = _document(files, merged, loc).path.parent
    try:
        return str(find_file(written, folder=folder, roots=files.roots))
    except InputError as error:
        merged.report(files.findings, Problem(loc, f"{error}; or `source`, or `composite`"))
        return os.fspath(folder / written)


def _document(files: SceneFiles, merged: Merged, loc: Loc) -> Document:
    return merged.document(loc) or files.scene
