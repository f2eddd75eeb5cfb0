"""What a stage reads of its settings: the part of a node's key that comes from the scene."""

from collections.abc import Mapping
from typing import Any, get_args

from r2s2r.spec.base import Spec
from r2s2r.spec.diffuse import DiffuseSpec
from r2s2r.spec.resolved import Scene

_BY_CONTENT = frozenset({"weights", "adapter", "reference", "soften_px"})  # the last is in the control's pixels


def read(spec: Spec) -> dict[str, Any]:
    """Return all settings but the sub-tables of backends that are not the chosen one."""
    backend = type(spec).model_fields.get("backend")
    others = set() if backend is None else set(get_args(backend.annotation)) - {getattr(spec, "backend")}  # noqa: B009
    return spec.model_dump(mode="json", by_alias=True, exclude=others)


def without_weights(spec: Spec) -> dict[str, Any]:
    """Return what ``read`` does, without the names of weights: these go by their contents."""
    return {name: _unnamed(value) for name, value in read(spec).items()}


def _unnamed(value: Any) -> Any:  # noqa: ANN401 - any JSON value
    if not isinstance(value, dict):
        return value
    return {name: inner for name, inner in value.items() if name != "weights" and not name.endswith("_weights")}


def pinned(scene: Scene, weights: Mapping[str, str]) -> dict[str, str]:
    """Return role -> SHA-256 of those weights that the project pins."""
    return {role: scene.pins[written] for role, written in weights.items() if written in scene.pins}


def read_model(spec: DiffuseSpec) -> dict[str, Any]:
    """Return the same for a video model, whose weights and pictures go by their contents, not by their names."""
    settings = read(spec)
    own = {name: value for name, value in settings[spec.backend].items() if name not in _BY_CONTENT}
    if own.get("distillation"):
        own["distillation"] = {**own["distillation"], "weights": "."}
    return {**settings, spec.backend: own}
