"""From what is written about the source to its files, and where the depth of its reference frame comes from."""

from pathlib import Path

from r2s2r.spec.base import Spec
from r2s2r.spec.depth import DepthSpec
from r2s2r.spec.merge import Merged
from r2s2r.spec.model_files import weights_at
from r2s2r.spec.profile import ProfileSpec, with_backend
from r2s2r.spec.reading.findings import Problem
from r2s2r.spec.reading.parse import parse_data
from r2s2r.spec.scene_files import SceneFiles

_SETTINGS = frozenset({"depth"})


class _Settings(Spec):
    depth: DepthSpec = DepthSpec()


def source_files(files: SceneFiles) -> dict[str, Path]:
    """Return role -> path of the clip and the solved camera; what is wrong with them are findings."""
    named = {"clip": ("source", "clip"), "camera": ("source", "camera", "file")}
    found = {role: files.find_file(files.scene, loc) for role, loc in named.items()}
    return {role: path for role, path in found.items() if path is not None}


def resolve_depth(files: SceneFiles, profile: ProfileSpec) -> tuple[DepthSpec, dict[str, Path], dict[str, str]]:
    """Return the merged settings without ``auto``, the given depth's file, and the model's weights, each by role."""
    merged = Merged(files.defaults(_SETTINGS), _SETTINGS)
    parsed = parse_data(merged.data(), _Settings, lambda _: None)  # what is wrong was said where it is written
    spec = with_backend((parsed or _Settings()).depth, profile.depth)
    if spec.backend == "file":
        return spec, _given(files, merged, spec), {}
    if spec.model is None:
        return spec, {}, {}
    loc = ("depth", spec.backend, "weights")
    return spec, {}, {"depth": weights_at(files, merged, loc, spec.model.weights)}


def _given(files: SceneFiles, merged: Merged, spec: DepthSpec) -> dict[str, Path]:
    loc = ("depth", "file", "path")
    if spec.file.path is None:
        merged.report(files.findings, Problem(("depth",), "backend: file needs a file: {path: ...}"))
        return {}
    found = files.find_file(merged.document(loc) or files.scene, loc)
    return {} if found is None else {"depth": found}
