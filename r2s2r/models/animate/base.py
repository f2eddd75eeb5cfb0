"""The base model's transformer, loaded strictly, in either naming."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import torch
from diffusers.models.transformers.transformer_wan_animate import WanRotaryPosEmbed
from safetensors import safe_open

from r2s2r.errors import InputError
from r2s2r.models.animate.convert import is_original, transformer_config, transformer_names
from r2s2r.models.animate.transformer import IGNORED, AnimateTransformer
from r2s2r.models.components import check_class, model_without_weights, read_config
from r2s2r.models.weights import TensorInfo, check_all_placed, files, headers, read_header

_CLASSES = {"WanAnimateTransformer3DModel", "AnimateTransformer"}
_ORIGINAL_CLASSES = {"WanAnimateModel", "Wan2_2Transformer3DModel_Animate"}


@dataclass(frozen=True, eq=False)
class StoredTransformer:
    """A transformer's folder, of which no weight is read yet.

    Attributes:
        folder: Where it is.
        model: On torch's meta device, of the sizes its config says; or its tensors, where they have the original names.
        tensors: Name in the model -> what the headers say of it, without the face branch's.
        places: Name in the files -> name in the model.
    """

    folder: Path
    model: AnimateTransformer
    tensors: Mapping[str, TensorInfo]
    places: Mapping[str, str]

    @classmethod
    def read(cls, folder: Path) -> "StoredTransformer":
        """Read headers and config.

        Args:
            folder: Weights of ``WanAnimateTransformer3DModel``, or in the original naming, in one file or in shards.

        Raises:
            InputError: If the files are damaged, or those of another model; says which.
        """
        found = headers(folder)
        original = is_original(found)
        written = transformer_names(found) if original else {name: name for name in found}
        places = {name: place for name, place in written.items() if not any(re.search(key, place) for key in IGNORED)}
        tensors = {place: found[name] for name, place in places.items()}
        if original:
            config = transformer_config(tensors, heads=_original_heads(folder))
        else:
            config = read_config(folder)
            check_class(folder, config, _CLASSES)
        return cls(folder, model_without_weights(AnimateTransformer, folder, config), tensors, places)

    def check(self) -> None:
        """Raise InputError unless every tensor has a place of its shape in the model, and every place a tensor."""
        expected = {name: tuple(parameter.shape) for name, parameter in self.model.named_parameters()}
        left = {name for name, place in self.places.items() if place not in expected}
        check_all_placed(self.folder, left=left, missing=expected.keys() - self.tensors.keys())
        for name, place in self.places.items():
            shape = self.tensors[place].shape
            if shape != expected[place]:
                file = next(file for file in files(self.folder) if name in read_header(file))
                raise InputError(f"{file}: {name} has shape {shape}, expected {expected[place]} for this model")


def load_transformer(folder: Path, *, dtype: torch.dtype) -> AnimateTransformer:
    """Load a transformer; each tensor is read into its place, so that there is never a second copy of the weights.

    Args:
        folder: As for ``StoredTransformer.read``. The face branch may be there; it is not read.
        dtype: Precision; the parts that diffusers keeps in float32 stay so.

    Raises:
        InputError: If the weights are damaged, incomplete, or those of another model; says which file.
    """
    stored = StoredTransformer.read(folder)
    stored.check()
    transformer, config = stored.model, stored.model.config
    # Its tables are computed, not loaded.
    transformer.rope = WanRotaryPosEmbed(config["attention_head_dim"], config["patch_size"], config["rope_max_seq_len"])
    _fill(transformer, folder, stored.places, dtype)
    return transformer.eval()


def _original_heads(folder: Path) -> int | None:
    """Return the number of heads that a config in the original form states, if there is one."""
    if not (folder / "config.json").exists():
        return None
    config = read_config(folder)
    if "_class_name" in config:
        check_class(folder, config, _ORIGINAL_CLASSES | _CLASSES)
    heads = config.get("num_heads", config.get("num_attention_heads"))
    return heads if isinstance(heads, int) else None


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
