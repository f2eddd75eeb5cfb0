"""Whether weights are those of their model: names and shapes in the files' headers against a model without memory.

No weight is read: diffusers' and transformers' models are built on torch's meta device.
"""

import inspect
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from diffusers.models.autoencoders.autoencoder_kl_wan import AutoencoderKLWan
from diffusers.models.transformers.transformer_wan_vace import WanVACETransformer3DModel
from transformers import CLIPVisionModel, UMT5EncoderModel
from transformers.utils import logging

from r2s2r.errors import InputError
from r2s2r.models.animate.adapter import ALPHA_PER_RANK, LORA_FILE, POSE_FILE, places
from r2s2r.models.animate.convert import is_original, transformer_config, transformer_names
from r2s2r.models.animate.lora import Lora, check_all_placed
from r2s2r.models.animate.transformer import IGNORED, AnimateTransformer
from r2s2r.models.components import check_class, load_tokenizer, part, read_config
from r2s2r.models.size import ANIMATE_14B
from r2s2r.models.weights import TensorInfo, file_in, headers, read_header, some
from r2s2r.spec.animate import AnimateSpec
from r2s2r.spec.vace import VaceSpec

_ANIMATE_CLASSES = {"WanAnimateTransformer3DModel", "AnimateTransformer"}


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
    model, placed = _animate_transformer(folder)
    _compare(folder, placed, model)
    return _summary(placed)


def _vace(folder: Path) -> str:
    return _of_diffusers(folder, WanVACETransformer3DModel)


def _adapter(folder: Path, base: Path | None) -> str:
    """Check LoRA and pose patch embedding against the base model, or the published one where there is none."""
    if base is None:
        transformer = _without_memory(folder, AnimateTransformer, dict(ANIMATE_14B))
    else:
        transformer, _ = _animate_transformer(part(base, "transformer"))
    file, expected = file_in(folder, LORA_FILE), places(transformer)
    written = {name for name in read_header(file) if not name.endswith(".alpha")}
    check_all_placed(file, left=written - expected.keys(), missing=expected.keys() - written)
    lora = Lora.read(file, expected, transformer, share=ALPHA_PER_RANK)
    pose = file_in(folder, POSE_FILE)
    _compare(pose, read_header(pose), transformer.pose_patch_embedding)
    return f"{len(expected)} tensors of rank {lora.rank}, alpha {lora.alpha:g}, and the pose patch embedding"


def _animate_transformer(folder: Path) -> tuple[AnimateTransformer, dict[str, TensorInfo]]:
    """Return the model of a transformer's folder, in either naming, and its tensors without the face branch's."""
    found = headers(folder)
    original = is_original(found)
    written = transformer_names(found) if original else {name: name for name in found}
    placed = {
        place: found[name] for name, place in written.items() if not any(re.search(key, place) for key in IGNORED)
    }
    if original:
        config = transformer_config(placed, heads=1)  # how many there are shows in no shape
    else:
        config = read_config(folder)
        check_class(folder, config, _ANIMATE_CLASSES)
    return _without_memory(folder, AnimateTransformer, config), placed


def _of_diffusers(folder: Path, kind: Any) -> str:  # noqa: ANN401 - diffusers' classes share no typed one
    config, found = read_config(folder), headers(folder)
    check_class(folder, config, {kind.__name__})
    ignored = kind._keys_to_ignore_on_load_unexpected or ()
    placed = {name: info for name, info in found.items() if not any(re.search(key, name) for key in ignored)}
    _compare(folder, placed, _without_memory(folder, kind, config))
    return _summary(placed)


def _of_transformers(folder: Path, kind: Any) -> str:  # noqa: ANN401 - transformers' loader is not typed
    """Let transformers itself compare, since it renames what older versions saved."""
    found = headers(folder)
    try:
        with _silent_transformers():
            _, info = kind.from_pretrained(
                folder,
                local_files_only=True,
                use_safetensors=True,
                output_loading_info=True,
                ignore_mismatched_sizes=True,  # they are told with the rest
                device_map="meta",
            )
    except (OSError, ValueError, RuntimeError, TypeError, KeyError, AttributeError) as error:
        raise InputError(f"{folder}: is no {kind.__name__} ({error})") from error
    for what in ("missing", "unexpected", "mismatched"):
        names = sorted(map(str, info[f"{what}_keys"]))
        if names:
            raise InputError(f"{folder}: does not fit {kind.__name__}; tensors {what}: {some(names)}")
    return _summary(found)


@contextmanager
def _silent_transformers() -> Iterator[None]:
    """Hold back transformers' bar and report; what they say is said by us."""
    bars, verbosity = logging.is_progress_bar_enabled(), logging.get_verbosity()
    logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    logging.set_verbosity_error()  # type: ignore[no-untyped-call]
    try:
        yield
    finally:
        logging.set_verbosity(verbosity)
        if bars:
            logging.enable_progress_bar()  # type: ignore[no-untyped-call]


def _without_memory(folder: Path, kind: Any, config: dict[str, Any]) -> Any:  # noqa: ANN401 - whatever kind makes
    """Return a model of diffusers on the meta device; what its constructor does not know of the config is left out."""
    known = inspect.signature(kind.__init__).parameters
    try:
        with torch.device("meta"):
            return kind(**{key: value for key, value in config.items() if key in known})
    except (TypeError, ValueError, ZeroDivisionError, RuntimeError, AssertionError) as error:
        raise InputError(f"{folder / 'config.json'}: describes no {kind.__name__} ({error})") from error


def _compare(where: Path, found: Mapping[str, TensorInfo], model: torch.nn.Module) -> None:
    expected = {name: tuple(tensor.shape) for name, tensor in model.state_dict().items()}
    check_all_placed(where, left=found.keys() - expected.keys(), missing=expected.keys() - found.keys())
    for name, shape in expected.items():
        if found[name].shape != shape:
            raise InputError(f"{where}: {name} has shape {found[name].shape}, expected {shape} for its config.json")


def _summary(found: Mapping[str, TensorInfo]) -> str:
    size = sum(info.size_bytes for info in found.values())
    types = "/".join(sorted({info.dtype for info in found.values()}))
    return f"{len(found)} tensors, {size / 1e9:.1f} GB in {types}"
