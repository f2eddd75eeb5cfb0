"""Whether weights are those of their model: names and shapes in the files' headers against a model without memory.

No weight is read: diffusers' and transformers' models are built on torch's meta device.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from diffusers.models.autoencoders.autoencoder_kl_wan import AutoencoderKLWan
from diffusers.models.transformers.transformer_wan_vace import WanVACETransformer3DModel
from transformers import CLIPVisionModel, UMT5EncoderModel

from r2s2r.errors import InputError
from r2s2r.models.animate.adapter import check_adapter
from r2s2r.models.animate.base import StoredTransformer
from r2s2r.models.animate.transformer import AnimateTransformer
from r2s2r.models.components import check_class, load_tokenizer, load_whole, model_without_weights, part, read_config
from r2s2r.models.quiet import quiet_libraries
from r2s2r.models.size import ANIMATE_14B
from r2s2r.models.weights import TensorInfo, check_fit, headers
from r2s2r.spec.animate import AnimateSpec
from r2s2r.spec.vace import VaceSpec


@dataclass(frozen=True)
class Part:
    """One part of a model's weights.

    Attributes:
        name: ``transformer``, ``vae``, ``adapter``, ...
        said: What it is, where it is right.
        error: What is wrong with it; None where nothing is.
    """

    name: str
    said: str
    error: InputError | None = None


def examine(files: Mapping[str, Path], spec: AnimateSpec | VaceSpec) -> Iterator[Part]:
    """Yield a verdict on each part of a model's weights, where they are: ``files`` is role -> folder."""
    quiet_libraries()
    for name, check in _checks(files, spec).items():
        try:
            yield Part(name, check())
        except InputError as error:
            yield Part(name, "", error)


def _checks(files: Mapping[str, Path], spec: AnimateSpec | VaceSpec) -> dict[str, Callable[[], str]]:
    checks: dict[str, Callable[[], str]] = {}
    base, animate = files.get("weights"), isinstance(spec, AnimateSpec)
    if base is not None:
        checks["transformer"] = lambda: (_animate if animate else _vace)(part(base, "transformer"))
        checks["text_encoder"] = lambda: _of_transformers(part(base, "text_encoder"), UMT5EncoderModel)
        if animate:
            checks["image_encoder"] = lambda: _of_transformers(part(base, "image_encoder"), CLIPVisionModel)
        checks["vae"] = lambda: _of_diffusers(part(base, "vae"), AutoencoderKLWan)
        checks["tokenizer"] = lambda: f"{len(load_tokenizer(base))} pieces"
    if "adapter" in files:
        checks["adapter"] = lambda: _adapter(files["adapter"], base)
    if "distillation" in files:
        checks["distillation"] = lambda: _summary(headers(files["distillation"]))
    return checks


def _animate(folder: Path) -> str:
    stored = StoredTransformer.read(folder)
    stored.check()
    return _summary(stored.tensors)


def _vace(folder: Path) -> str:
    return _of_diffusers(folder, WanVACETransformer3DModel)


def _adapter(folder: Path, base: Path | None) -> str:
    """Check LoRA and pose patch embedding against the base model, or the published one where there is none."""
    if base is None:
        transformer = model_without_weights(AnimateTransformer, folder, ANIMATE_14B)
    else:
        transformer = StoredTransformer.read(part(base, "transformer")).model
    lora = check_adapter(transformer, folder)
    return f"{len(lora.places)} tensors of rank {lora.rank}, alpha {lora.alpha:g}, and the pose patch embedding"


def _of_diffusers(folder: Path, kind: Any) -> str:  # noqa: ANN401 - diffusers' classes share no typed one
    config, found = read_config(folder), headers(folder)
    check_class(folder, config, {kind.__name__})
    ignored = kind._keys_to_ignore_on_load_unexpected or ()
    placed = {name: info for name, info in found.items() if not any(re.search(key, name) for key in ignored)}
    model = model_without_weights(kind, folder, config)
    check_fit(folder, placed, {name: tuple(tensor.shape) for name, tensor in model.state_dict().items()})
    return _summary(placed)


def _of_transformers(folder: Path, kind: Any) -> str:  # noqa: ANN401 - transformers' loader is not typed
    """Let transformers itself compare, since it renames what older versions saved."""
    load_whole(kind, folder, device_map="meta", ignore_mismatched_sizes=True)  # the sizes are told with the rest
    return _summary(headers(folder))


def _summary(found: Mapping[str, TensorInfo]) -> str:
    size = sum(info.size_bytes for info in found.values())
    types = "/".join(sorted({info.dtype for info in found.values()}))
    return f"{len(found)} tensors, {size / 1e9:.1f} GB in {types}"
