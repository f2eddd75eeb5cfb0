"""The render node: what of its settings is in its key, and what only says how this machine draws it."""

from collections.abc import Mapping
from typing import Any

from pipelines.parameters import read
from r2s2r.artifacts.fingerprint import canonical_json
from r2s2r.spec.render import RenderSpec


def render_parameters(spec: RenderSpec) -> dict[str, Any]:
    """Return the settings that change pixels: frames that are drawn at once do not."""
    parameters = read(spec)
    if "kaolin" in parameters:
        del parameters["kaolin"]["batch_frames"]
    return parameters


def render_tools(spec: RenderSpec) -> dict[str, Any]:
    """Return what draws: its sub-table -> settings that are not in the key. Nothing where the CPU does."""
    match spec.backend:
        case "kaolin":
            return {"kaolin": {"batch_frames": spec.kaolin.batch_frames}}
        case "torch" if spec.torch.device == "cuda":
            return {"torch": {}}
        case _:
            return {}


def render_spec(parameters: Mapping[str, Any], tools: Mapping[str, Any]) -> RenderSpec:
    """Return the settings again."""
    tables = {name: {**parameters.get(name, {}), **own} for name, own in tools.items()}
    return RenderSpec.model_validate_json(canonical_json({**parameters, **tables}))
