"""A LoRA that was distilled so that a few steps without guidance suffice, in any of the usual namings."""

import re
from collections.abc import Mapping
from pathlib import Path

import torch
from safetensors import safe_open
from torch import Tensor

from r2s2r.errors import InputError
from r2s2r.models.animate.convert import is_original, transformer_names
from r2s2r.models.animate.lora import Lora, base_layer
from r2s2r.models.animate.transformer import AnimateTransformer
from r2s2r.models.weights import check_all_placed, files, read_header

DISTILLATION = "distillation"
"""Its name in peft."""

_PREFIX = re.compile(r"^(base_model\.model\.|model\.diffusion_model\.|diffusion_model\.|transformer\.)")
_ENDINGS = {
    ".lora_A.weight": ".lora_A.weight",
    ".lora_down.weight": ".lora_A.weight",
    ".lora_B.weight": ".lora_B.weight",
    ".lora_up.weight": ".lora_B.weight",
    ".diff": ".weight",
    ".diff_b": ".bias",
}


def load_distillation(transformer: AnimateTransformer, folder: Path, *, scale: float) -> None:
    """Add a distillation LoRA; whole differences of weights and biases (``diff``, ``diff_b``) are added for good.

    Args:
        transformer: With or without other adapters.
        folder: With one safetensors file. Without alpha, alpha is the rank, as in the published ones.
        scale: Strength.

    Raises:
        InputError: If a tensor is left over, has no partner, or does not fit the model.
    """
    (file,) = files(folder)
    written = [name for name in read_header(file) if not name.endswith(".alpha")]
    found = _places(written)
    pairs = {name: place for name, place in found.items() if ".lora_" in place}
    sides = set(pairs.values())
    partners = {_partner(place) for place in sides}
    check_all_placed(file, left=set(written) - found.keys(), missing=partners - sides)
    if not pairs:
        raise InputError(f"{file}: has no low-rank weights")
    lora = Lora.read(file, pairs, transformer, share=1.0)
    differences = _differences(file, {name: found[name] for name in found.keys() - pairs.keys()}, transformer)
    for parameter, difference in differences:
        with torch.no_grad():
            parameter.add_(difference.to(parameter), alpha=scale)
    Lora(file, pairs, lora.rank, lora.alpha * scale).install(transformer, name=DISTILLATION)


def _places(written: list[str]) -> dict[str, str]:
    """Return, for each tensor of a known form, its name in the transformer or in peft."""
    endings = {name: next((end for end in _ENDINGS if name.endswith(end)), None) for name in written}
    layers = {name: _PREFIX.sub("", name.removesuffix(end)) for name, end in endings.items() if end}
    if is_original(f"{layer}." for layer in layers.values()):
        # Layers are renamed by the name of a tensor in them.
        renamed = transformer_names(f"{layer}.weight" for layer in layers.values())
        layers = {name: renamed[f"{layer}.weight"].removesuffix(".weight") for name, layer in layers.items()}
    return {name: layer + _ENDINGS[str(endings[name])] for name, layer in layers.items()}


def _partner(place: str) -> str:
    return place.replace("lora_A", "lora_B") if "lora_A" in place else place.replace("lora_B", "lora_A")


def _differences(
    file: Path, places: Mapping[str, str], transformer: AnimateTransformer
) -> list[tuple[torch.nn.Parameter, Tensor]]:
    found = []
    with safe_open(file, framework="pt") as stored:
        for written, place in places.items():
            module, _, leaf = place.rpartition(".")
            parameter = getattr(base_layer(transformer, module), leaf, None)
            if not isinstance(parameter, torch.nn.Parameter):
                raise InputError(f"{file}: {written} is for a layer that this model does not have")
            difference = stored.get_tensor(written)
            if difference.shape != parameter.shape:
                shapes = f"{tuple(difference.shape)}, expected {tuple(parameter.shape)} for this model"
                raise InputError(f"{file}: {written} has shape {shapes}")
            found.append((parameter, difference))
    return found
