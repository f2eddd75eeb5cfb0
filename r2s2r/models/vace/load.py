"""The pipeline of Wan2.1-VACE from a local folder, as diffusers saves it."""

from pathlib import Path
from typing import Any

import torch
from diffusers.models.transformers.transformer_wan_vace import WanVACETransformer3DModel

from r2s2r.errors import InputError
from r2s2r.models.components import (
    check_class,
    load_text_encoder,
    load_tokenizer,
    load_vae,
    load_whole,
    part,
    read_config,
)
from r2s2r.models.vace.pipeline import VacePipeline, flow_scheduler
from r2s2r.spec.vace import VaceSpec

_BLOCK_PX = 8  # a mask is handed over whole: a channel for each pixel of a latent's block


def load(folder: Path, spec: VaceSpec) -> VacePipeline:
    """Load every part into the host's memory; nothing is downloaded, and no pickle is opened.

    Args:
        folder: Of the whole model, 1.3B or 14B.
        spec: Precision and schedule. With ``fp8`` the weights come in bf16, to be cast by the levers.

    Raises:
        InputError: If weights are missing, damaged, left over, or those of another model; says which file.
    """
    _check_parts(folder)
    dtype = torch.float32 if spec.precision == "fp32" else torch.bfloat16
    # diffusers has typed some of the parts as other classes than it takes.
    parts: dict[str, Any] = {
        "tokenizer": load_tokenizer(folder),
        "text_encoder": load_text_encoder(folder, dtype=dtype),
        "vae": load_vae(folder, dtype=torch.float32),
        "transformer": load_whole(WanVACETransformer3DModel, part(folder, "transformer"), torch_dtype=dtype),
        "scheduler": flow_scheduler(spec.shift),
    }
    pipeline = VacePipeline(**parts)
    # It encodes in float32, as upstream's does: what is kept, from segment to segment too, has to come back as it was.
    for decoding in (pipeline.vae.post_quant_conv, pipeline.vae.decoder):
        decoding.to(torch.float32 if spec.decode == "fp32" else dtype)
    pipeline.set_progress_bar_config(disable=True)  # type: ignore[no-untyped-call]
    return pipeline


def _check_parts(model: Path) -> None:
    """Refuse, by their configurations, parts that would load each by itself but make no model together."""
    if (model / "transformer_2").is_dir():
        raise InputError(f"{model}: has two transformers (Wan2.2); only the models with one (Wan2.1-VACE) are known")
    folder = part(model, "transformer")
    transformer, vae = read_config(folder), read_config(part(model, "vae"))
    check_class(folder, transformer, {WanVACETransformer3DModel.__name__})
    latent, guide = vae.get("z_dim", 16), transformer.get("vace_in_channels", 96)
    if transformer.get("in_channels", 16) != latent or guide != 2 * latent + _BLOCK_PX**2:
        raise InputError(
            f"{model}: transformer and vae are of different models: the one takes {transformer.get('in_channels', 16)} "
            f"latent channels and {guide} of the guide, the other makes {latent} and {2 * latent + _BLOCK_PX**2}"
        )
