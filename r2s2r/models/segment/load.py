"""Loads a segmentation model from a local folder: the right one, wholly, from safetensors only."""

from pathlib import Path
from typing import Any

import torch

from r2s2r.errors import InputError
from r2s2r.models.components import UNLOADABLE, load_whole, read_config


def load_model(kind: Any, folder: Path, *, device: torch.device, dtype: torch.dtype) -> Any:  # noqa: ANN401 - what kind makes
    """Return a model of transformers, ready to compute.

    Args:
        kind: Its class.
        folder: Of its weights.
        device: Where it shall lie.
        dtype: What it shall compute in.

    Raises:
        InputError: If the weights are damaged, incomplete, or those of another model.
    """
    found, wanted = read_config(folder).get("model_type"), kind.config_class.model_type
    if found != wanted:
        # Before it is built: with the configuration of another, it would get its published size.
        raise InputError(f"{folder}: has the weights of a {found}, but a {wanted} is needed")
    return load_whole(kind, folder, dtype=dtype).to(device).eval().requires_grad_(False)


def load_tokenizer(folder: Path, *, vocabulary: int) -> Any:  # noqa: ANN401 - its class follows from the folder
    """Return what cuts a text into tokens.

    Args:
        folder: Of the model; its tokenizer's files lie beside the weights.
        vocabulary: Number of tokens that the model knows.

    Raises:
        InputError: If it is not there, cannot be loaded, or is another model's.
    """
    from transformers import AutoTokenizer

    # Without them, transformers makes one that knows no word and says nothing.
    if not any((folder / name).is_file() for name in ("tokenizer.json", "vocab.json")):
        raise InputError(
            f"{folder}: has no tokenizer (tokenizer.json, or vocab.json and merges.txt); download it again"
        )
    try:
        tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True, trust_remote_code=False)
    except UNLOADABLE as error:
        raise InputError(f"{folder}: cannot be loaded as a tokenizer ({error})") from error
    if len(tokenizer) > vocabulary:
        raise InputError(f"{folder}: its tokenizer knows {len(tokenizer)} tokens, but the model beside it {vocabulary}")
    return tokenizer
