"""Low-rank weights put onto a transformer, strictly: each tensor of the file finds its place, or nothing is loaded."""

import json
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from safetensors import safe_open
from torch import Tensor, nn

from r2s2r.errors import InputError
from r2s2r.models.animate.transformer import AnimateTransformer
from r2s2r.models.weights import read_header

_ALPHA_KEYS = ("lora_alpha", "alpha", "ss_network_alpha")
_PEFT = "lora_adapter_metadata"
"""Where diffusers keeps peft's configuration in a file."""


@dataclass(frozen=True)
class Lora:
    """A file of low-rank weights that fits a transformer.

    Attributes:
        file: Where they are.
        places: Name in the file -> name in the transformer, as peft has it: ``blocks.0.attn1.to_q.lora_A.weight``.
        rank: Of all of them.
        alpha: They are scaled by alpha / rank.
    """

    file: Path
    places: Mapping[str, str]
    rank: int
    alpha: float

    @classmethod
    def read(cls, file: Path, places: Mapping[str, str], transformer: AnimateTransformer, *, share: float) -> "Lora":
        """Check a file against a transformer, by its header and its alphas.

        Args:
            file: The weights.
            places: As in ``Lora``; all of them are in the file.
            transformer: What they are for.
            share: Alpha / rank, if the file says nothing of alpha.

        Raises:
            InputError: If a shape does not fit, ranks are mixed, or alphas contradict each other.
        """
        rank = _rank(file, places, transformer)
        alpha = _alpha(file)
        return cls(file, places, rank, share * rank if alpha is None else alpha)

    def install(self, transformer: AnimateTransformer, *, name: str) -> None:
        """Load the weights into the transformer, in its precision, as the peft adapter ``name``."""
        with safe_open(self.file, framework="pt") as stored:
            weights: dict[str, Tensor] = {
                place: stored.get_tensor(written).to(transformer.dtype) for written, place in self.places.items()
            }
        modules = sorted({module_of(place) for place in self.places.values()})
        metadata = {"r": self.rank, "lora_alpha": self.alpha, "target_modules": modules}
        with warnings.catch_warnings():
            # Two adapters on one model are what is wanted.
            warnings.filterwarnings("ignore", "Already found a `peft_config`")
            # Without `low_cpu_mem_usage` random weights are drawn first, from the global generator.
            transformer.load_lora_adapter(
                weights, prefix=None, adapter_name=name, metadata=metadata, low_cpu_mem_usage=True
            )
        loaded = [key for key, _ in transformer.named_parameters() if f".{name}.weight" in key]
        assert len(loaded) == len(self.places), "every place was checked to be there"


def module_of(place: str) -> str:
    """Return the module that a tensor of a LoRA belongs to."""
    return place.rsplit(".lora_", 1)[0]


def base_layer(transformer: AnimateTransformer, module: str) -> nn.Module | None:
    """Return a module of the transformer without the adapters that wrap it; None if there is no such module."""
    try:
        found = transformer.get_submodule(module)
    except AttributeError:
        return None
    unwrapped = getattr(found, "base_layer", found)
    return unwrapped if isinstance(unwrapped, nn.Module) else None


def _rank(file: Path, places: Mapping[str, str], transformer: AnimateTransformer) -> int:
    """Return the rank of the first tensor, which that of all others has to be."""
    header = read_header(file)
    shapes = {written: header[written].shape for written in places}
    first = next(written for written, place in places.items() if ".lora_A." in place)
    rank = next(iter(shapes[first]), 0)
    for written, place in places.items():
        layer = base_layer(transformer, module_of(place))
        weight = getattr(layer, "weight", None)
        if not isinstance(weight, Tensor) or weight.ndim < 2:
            raise InputError(f"{file}: {written} is for a layer that this model does not have")
        expected = (rank, *weight.shape[1:])
        if ".lora_B." in place:
            expected = (weight.shape[0], rank, *(1 for _ in weight.shape[2:]))
        if shapes[written] != expected:
            raise InputError(
                f"{file}: {written} has shape {shapes[written]}, expected {expected} "
                f"(for this model, and rank {rank} as {first})"
            )
    if not rank:
        raise InputError(f"{file}: {first} has rank 0")
    return rank


def _alpha(file: Path) -> float | None:
    """Return the alpha that a file states in its tensors or its metadata; None if it says nothing."""
    with safe_open(file, framework="pt") as stored:
        names = [name for name in stored.keys() if name.endswith(".alpha")]  # noqa: SIM118  # it is no mapping
        stated = [float(value) for name in names for value in stored.get_tensor(name).flatten()]
        stated += _alphas_of(stored.metadata() or {})
    if any(alpha != stated[0] or not 0 < alpha < float("inf") for alpha in stated):
        raise InputError(f"{file}: its alphas {sorted(set(stated))[:3]} must be one positive number")
    return stated[0] if stated else None


def _alphas_of(metadata: Mapping[str, str]) -> list[float]:
    try:
        peft = json.loads(metadata.get(_PEFT, "{}"))
        found = [metadata[key] for key in _ALPHA_KEYS if key in metadata]
        found += [value for key, value in peft.items() if key.split(".")[-1] == "lora_alpha"]
        return [float(value) for value in found]
    except (ValueError, TypeError, AttributeError):
        return [float("nan")]  # unreadable is contradictory, not absent
