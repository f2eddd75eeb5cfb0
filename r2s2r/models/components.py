"""Parts of a video model's pipeline, loaded from local folders only, from safetensors only, and wholly."""

import inspect
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import torch
from diffusers import AutoencoderKLWan
from huggingface_hub.errors import StrictDataclassError
from transformers import (
    AutoTokenizer,
    CLIPVisionModel,
    PreTrainedTokenizerBase,
    PreTrainedTokenizerFast,
    UMT5EncoderModel,
)

from r2s2r.errors import InputError
from r2s2r.models.fallback import is_out_of_memory
from r2s2r.models.weights import headers, some

UNLOADABLE = (
    OSError,
    ValueError,
    RuntimeError,
    TypeError,
    LookupError,
    AttributeError,
    NameError,
    ArithmeticError,
    AssertionError,
    ImportError,
    StrictDataclassError,
)
"""What diffusers and transformers raise over files that are not what they expect."""


def part(model: Path, name: str) -> Path:
    """Return the folder of a part of a model.

    Raises:
        InputError: If the model's folder has no such part.
    """
    if (model / name).is_dir():
        return model / name
    raise InputError(f"{model}: has no folder {name}; it must be a whole model in the form diffusers saves it")


def read_config(folder: Path) -> dict[str, Any]:
    """Return a part's configuration.

    Raises:
        InputError: If there is none, or it is no JSON object.
    """
    file = folder / "config.json"
    try:
        config = json.loads(file.read_bytes())
    except OSError as error:
        raise InputError(f"{folder}: lacks config.json") from error
    except (ValueError, RecursionError) as error:
        raise InputError(f"{file}: is no JSON ({error})") from error
    if not isinstance(config, dict):
        raise InputError(f"{file}: is no JSON object")
    return config


def load_tokenizer(model: Path) -> PreTrainedTokenizerBase:
    """Load what cuts a prompt into tokens.

    Raises:
        InputError: If it cannot be loaded.
    """
    folder = part(model, "tokenizer")
    # As it was published: AutoTokenizer's T5 class would build it anew from the vocabulary, without its normaliser.
    is_whole = (folder / "tokenizer.json").is_file()
    load: Callable[..., PreTrainedTokenizerBase] = (
        PreTrainedTokenizerFast if is_whole else AutoTokenizer
    ).from_pretrained
    try:
        # Not asked for a yes: without this, a tokenizer that brings code of its own waits for one at the terminal.
        return load(folder, local_files_only=True, trust_remote_code=False)
    except UNLOADABLE as error:
        raise InputError(f"{folder}: cannot be loaded as a tokenizer ({error})") from error


def load_text_encoder(model: Path, *, dtype: torch.dtype) -> UMT5EncoderModel:
    """Load the text encoder.

    Raises:
        InputError: If its weights are not complete, or those of another model.
    """
    encoder: UMT5EncoderModel = load_whole(UMT5EncoderModel, part(model, "text_encoder"), dtype=dtype)
    return encoder


def load_image_encoder(model: Path, *, dtype: torch.dtype) -> CLIPVisionModel:
    """Load the image encoder.

    Raises:
        InputError: If its weights are not complete, or those of another model.
    """
    encoder: CLIPVisionModel = load_whole(CLIPVisionModel, part(model, "image_encoder"), dtype=dtype)
    return encoder


def load_vae(model: Path, *, dtype: torch.dtype) -> AutoencoderKLWan:
    """Load the VAE.

    Raises:
        InputError: If its weights are not complete, or those of another model.
    """
    folder = part(model, "vae")
    check_class(folder, read_config(folder), {AutoencoderKLWan.__name__})
    vae: AutoencoderKLWan = load_whole(AutoencoderKLWan, folder, torch_dtype=dtype)
    return vae


def check_class(folder: Path, config: dict[str, Any], known: set[str]) -> None:
    """Refuse the weights of a model of another class.

    Raises:
        InputError: Says what they are for.
    """
    found = config.get("_class_name") or config.get("architectures")
    if not isinstance(found, str) or found not in known:
        raise InputError(f"{folder}: has the weights of {found}, but {' or '.join(sorted(known))} is needed")


def refuse_adapter(folder: Path) -> None:
    """Refuse what lets transformers load weights from another place than this folder.

    Raises:
        InputError: Names the file.
    """
    if (folder / "adapter_config.json").exists():
        raise InputError(f"{folder}: has an adapter_config.json, which leads to other weights; remove it")


def model_without_weights(kind: Any, folder: Path, config: Mapping[str, Any]) -> Any:  # noqa: ANN401 - what kind makes
    """Return a model of diffusers on torch's meta device; what it does not know of its config is left out.

    Raises:
        InputError: If the config describes no such model.
    """
    known = inspect.signature(kind.__init__).parameters
    try:
        with torch.device("meta"):
            return kind(**{key: value for key, value in config.items() if key in known})
    except UNLOADABLE as error:
        raise InputError(f"{folder / 'config.json'}: describes no {kind.__name__} ({error})") from error


def load_whole(model: Any, folder: Path, **options: Any) -> Any:  # noqa: ANN401 - diffusers and transformers share no type
    """Load a model of diffusers or transformers, and see to it that all weights found their places.

    Args:
        model: Its class.
        folder: Of its weights.
        options: Of the class's ``from_pretrained``.

    Raises:
        InputError: If the weights are damaged, incomplete, or those of another model.
    """
    headers(folder)  # refuses what is truncated or a pickle, and says so, before a library stumbles over it
    config = read_config(folder)
    refuse_adapter(folder)
    try:
        loaded, info = model.from_pretrained(
            folder, local_files_only=True, use_safetensors=True, output_loading_info=True, **options
        )
    except UNLOADABLE as error:
        if is_out_of_memory(error):
            raise
        raise InputError(f"{folder}: cannot be loaded as {model.__name__} ({error})") from error
    for what in ("missing_keys", "unexpected_keys", "mismatched_keys"):
        wrong = sorted(map(str, info[what]))
        if wrong:
            kind = config.get("_class_name") or config.get("architectures")
            said = f"{what.replace('_', ' ')}: {some(wrong)}"
            raise InputError(f"{folder}: its weights ({kind}) do not fit {model.__name__}; {said}")
    return loaded
