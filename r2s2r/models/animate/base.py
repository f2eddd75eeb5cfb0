"""The base model's transformer, loaded strictly, in either naming."""

import inspect
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from diffusers.models.transformers.transformer_wan_animate import WanRotaryPosEmbed
from safetensors import safe_open

from r2s2r.errors import InputError
from r2s2r.models.animate.convert import is_original, transformer_config, transformer_names
from r2s2r.models.animate.lora import check_all_placed
from r2s2r.models.animate.transformer import IGNORED, AnimateTransformer
from r2s2r.models.components import check_class, read_config
from r2s2r.models.weights import files, headers, read_header

_CLASSES = {"WanAnimateTransformer3DModel", "AnimateTransformer"}
_ORIGINAL_CLASSES = {"WanAnimateModel", "Wan2_2Transformer3DModel_Animate"}


def load_transformer(folder: Path, *, dtype: torch.dtype) -> AnimateTransformer:
    """Load a transformer; each tensor is read into its place, so that there is never a second copy of the weights.

    Args:
        folder: Weights of ``WanAnimateTransformer3DModel``, or in the original naming, in one file or in shards. The
            face branch may be there; it is not read.
        dtype: Precision; the parts that diffusers keeps in float32 stay so.

    Raises:
        InputError: If the weights are damaged, incomplete, or those of another model; says which file.
    """
    found = headers(folder)
    original = is_original(found)
    written = transformer_names(found) if original else {name: name for name in found}
    places = {name: place for name, place in written.items() if not any(re.search(key, place) for key in IGNORED)}
    if original:
        shapes = {place: found[name] for name, place in places.items()}
        config = transformer_config(shapes, heads=_original_heads(folder))
    else:
        config = _config(folder)
    transformer = _without_weights(folder, config)
    _check(folder, {name: found[name].shape for name in places}, places, transformer)
    _fill(transformer, folder, places, dtype)
    return transformer.eval()


def _config(folder: Path) -> dict[str, Any]:
    """Return what a config of diffusers says of our transformer; what it says of the face branch is left out."""
    config = read_config(folder)
    check_class(folder, config, _CLASSES)
    known = inspect.signature(AnimateTransformer.__init__).parameters
    return {key: value for key, value in config.items() if key in known}


def _original_heads(folder: Path) -> int | None:
    """Return the number of heads that a config in the original form states, if there is one."""
    if not (folder / "config.json").exists():
        return None
    config = read_config(folder)
    if "_class_name" in config:
        check_class(folder, config, _ORIGINAL_CLASSES | _CLASSES)
    heads = config.get("num_heads", config.get("num_attention_heads"))
    return heads if isinstance(heads, int) else None


def _without_weights(folder: Path, config: dict[str, Any]) -> AnimateTransformer:
    """Return the transformer with nothing in its parameters yet, not even random numbers."""
    try:
        with torch.device("meta"):
            transformer: AnimateTransformer = AnimateTransformer(**config)
    except (TypeError, ValueError, ZeroDivisionError, RuntimeError) as error:
        raise InputError(f"{folder / 'config.json'}: describes no transformer ({error})") from error
    # Its tables are computed, not loaded.
    full = transformer.config
    transformer.rope = WanRotaryPosEmbed(full["attention_head_dim"], full["patch_size"], full["rope_max_seq_len"])
    return transformer


def _check(
    folder: Path, shapes: Mapping[str, tuple[int, ...]], places: Mapping[str, str], transformer: AnimateTransformer
) -> None:
    expected = {name: tuple(parameter.shape) for name, parameter in transformer.named_parameters()}
    left = {name for name, place in places.items() if place not in expected}
    check_all_placed(folder, left=left, missing=expected.keys() - set(places.values()))
    for name, place in places.items():
        if shapes[name] != expected[place]:
            file = next(file for file in files(folder) if name in read_header(file))
            raise InputError(f"{file}: {name} has shape {shapes[name]}, expected {expected[place]} for this model")


def _fill(transformer: AnimateTransformer, folder: Path, places: Mapping[str, str], dtype: torch.dtype) -> None:
    kept = set(transformer._keep_in_fp32_modules)
    for file in files(folder):
        with safe_open(file, framework="pt") as stored:
            weights = {places[name]: stored.get_tensor(name) for name in stored.keys() & places.keys()}
        for place, value in weights.items():
            # Values that are not converted stay in the mapped file; a copy of the few kept ones lets go of the others.
            keep = not kept.isdisjoint(place.split("."))
            weights[place] = value.to(torch.float32, copy=True) if keep else value.to(dtype)
        transformer.load_state_dict(weights, strict=False, assign=True)
