"""Writes a tiny video model with random weights, so that the whole path of `tiny.yaml` runs anywhere, in seconds.

The folders have the form of the published ones: a stock diffusers pipeline, face branch and all, and the adapter in the
naming it was released in. What such a model draws is noise.
"""

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import torch
from diffusers import (
    AutoencoderKLWan,
    UniPCMultistepScheduler,
    WanAnimateTransformer3DModel,
    WanVACETransformer3DModel,
)
from numpy.typing import NDArray
from safetensors.torch import save_file
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors, trainers
from transformers import (
    CLIPImageProcessorPil,
    CLIPVisionConfig,
    CLIPVisionModel,
    PreTrainedTokenizerFast,
    UMT5Config,
    UMT5EncoderModel,
    logging,
)

from r2s2r.media.video import LosslessWriter

HEADS, HEAD_DIM, FFN_DIM, TEXT_DIM, IMAGE_DIM, LATENT_CHANNELS = 2, 12, 40, 16, 16, 16
LORA_RANK = 4
CLIP_HEIGHT, CLIP_WIDTH, CLIP_FRAMES, CLIP_FPS = 128, 192, 6, Fraction(25)
_DIM = HEADS * HEAD_DIM
_VOCABULARY = 512
_SEEN_TEXT = (
    "A red box and a blue ball stand on the floor before a wall. The camera moves slowly to the left and round them, "
    "while the box stays where it is. The ball turns, moves forward and back; nothing else in the scene changes. "
    "The light is soft and even, the background stays still, the video is sharp and bad detailed is what it is not."
)


def write_tiny_model(folder: Path, *, seed: int = 0, layers: int = 2) -> None:
    """Write ``folder/base``, a ``WanAnimatePipeline``, and ``folder/adapter``, LoRA and pose patch embedding.

    Args:
        folder: Where to; made when it is not there.
        seed: Of the random weights; equal seeds give equal files.
        layers: Transformer blocks.
    """
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)  # the libraries draw initial weights from the global generator, here a fork of it
        _save(_animate_transformer(layers), folder / "base" / "transformer")
        _write_text_and_vae(folder / "base")
        vision = CLIPVisionConfig(
            hidden_size=IMAGE_DIM,
            intermediate_size=4 * IMAGE_DIM,
            projection_dim=IMAGE_DIM,
            num_hidden_layers=2,
            num_attention_heads=HEADS,
            image_size=224,
            patch_size=14,
            hidden_act="gelu",
        )
        _save(CLIPVisionModel(vision), folder / "base" / "image_encoder")
        _save(CLIPImageProcessorPil(), folder / "base" / "image_processor")
        image = {
            "image_encoder": ["transformers", "CLIPVisionModel"],
            "image_processor": ["transformers", "CLIPImageProcessor"],
        }
        _write_index(folder / "base", "WanAnimatePipeline", "WanAnimateTransformer3DModel", image)
        _write_adapter(folder / "adapter", layers)


def write_tiny_vace(folder: Path, *, seed: int = 0, layers: int = 2) -> None:
    """Write a ``WanVACEPipeline`` into ``folder``; arguments as for ``write_tiny_model``."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        transformer = WanVACETransformer3DModel(  # type: ignore[no-untyped-call]
            num_attention_heads=HEADS,
            attention_head_dim=HEAD_DIM,
            ffn_dim=FFN_DIM,
            text_dim=TEXT_DIM,
            freq_dim=32,
            num_layers=layers,
            vace_layers=[0],
        )
        _save(transformer, folder / "transformer")
        _write_text_and_vae(folder)
        _write_index(folder, "WanVACEPipeline", "WanVACETransformer3DModel", {})


def write_clip(path: Path) -> None:
    """Write a clip of a red box and a blue ball on a floor, before a textured wall; nothing moves."""
    path.parent.mkdir(parents=True, exist_ok=True)
    picture = _still_life()
    with LosslessWriter(path, height=CLIP_HEIGHT, width=CLIP_WIDTH, fps=CLIP_FPS) as writer:
        for _ in range(CLIP_FRAMES):
            writer.write(picture)


def _animate_transformer(layers: int) -> WanAnimateTransformer3DModel:
    return WanAnimateTransformer3DModel(  # type: ignore[no-untyped-call]
        num_attention_heads=HEADS,
        attention_head_dim=HEAD_DIM,
        in_channels=2 * LATENT_CHANNELS + 4,
        latent_channels=LATENT_CHANNELS,
        text_dim=TEXT_DIM,
        freq_dim=32,
        ffn_dim=FFN_DIM,
        num_layers=layers,
        image_dim=IMAGE_DIM,
        added_kv_proj_dim=_DIM,
        motion_encoder_channel_sizes={"4": 8, "8": 8, "16": 8},
        motion_encoder_size=16,
        motion_style_dim=8,
        motion_dim=4,
        motion_encoder_dim=8,
        face_encoder_hidden_dim=8,
        face_encoder_num_heads=2,
        inject_face_latents_blocks=1,
    )


def _write_text_and_vae(folder: Path) -> None:
    """Write what both pipelines have: text encoder, tokenizer, VAE, and the scheduler they were published with."""
    text = UMT5Config(
        vocab_size=_VOCABULARY, d_model=TEXT_DIM, d_kv=TEXT_DIM // HEADS, d_ff=32, num_layers=2, num_heads=HEADS
    )
    _save(UMT5EncoderModel(text), folder / "text_encoder")
    _save(_tokenizer(), folder / "tokenizer")
    _save(AutoencoderKLWan(base_dim=8, z_dim=LATENT_CHANNELS), folder / "vae")  # type: ignore[no-untyped-call]
    scheduler = UniPCMultistepScheduler(  # type: ignore[no-untyped-call]
        prediction_type="flow_prediction", use_flow_sigmas=True, flow_shift=5.0
    )
    _save(scheduler, folder / "scheduler")


def _save(part: Any, folder: Path) -> None:  # noqa: ANN401 - their libraries hide the method from type checkers
    part.save_pretrained(folder)


def _tokenizer() -> PreTrainedTokenizerFast:
    """Pieces of words, learnt from one paragraph; ends and pads as T5 does."""
    tokenizer = Tokenizer(models.BPE(unk_token="<unk>"))  # noqa: S106 - a word piece, no password
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel()
    tokenizer.decoder = decoders.ByteLevel()
    special = ["<pad>", "</s>", "<unk>"]
    trainer = trainers.BpeTrainer(
        vocab_size=_VOCABULARY,
        special_tokens=special,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator([_SEEN_TEXT], trainer)
    tokenizer.post_processor = processors.TemplateProcessing(single="$A </s>", special_tokens=[("</s>", 1)])
    pad, end, unknown = special
    return PreTrainedTokenizerFast(  # type: ignore[no-untyped-call]
        tokenizer_object=tokenizer, pad_token=pad, eos_token=end, unk_token=unknown, model_max_length=512
    )


def _write_index(folder: Path, pipeline: str, transformer: str, more: dict[str, list[str]]) -> None:
    components = {
        "scheduler": ["diffusers", "UniPCMultistepScheduler"],
        "text_encoder": ["transformers", "UMT5EncoderModel"],
        "tokenizer": ["transformers", "PreTrainedTokenizerFast"],
        "transformer": ["diffusers", transformer],
        "vae": ["diffusers", "AutoencoderKLWan"],
        **more,
    }
    index = {"_class_name": pipeline, "_diffusers_version": "0.42.1", **components}
    (folder / "model_index.json").write_text(json.dumps(index, indent=2) + "\n", encoding="utf-8")


def _write_adapter(folder: Path, layers: int) -> None:
    """Write both released files; LoRA goes on q, k, v of both attentions and on both layers of the feed-forward."""
    folder.mkdir(parents=True, exist_ok=True)
    attentions = {f"{attention}.{part}": (_DIM, _DIM) for attention in ("self_attn", "cross_attn") for part in "qkv"}
    modules = {**attentions, "ffn.0": (FFN_DIM, _DIM), "ffn.2": (_DIM, FFN_DIM)}
    lora = {}
    for block in range(layers):
        for name, (outputs, inputs) in modules.items():
            lora[f"blocks.{block}.{name}.lora_A.weight"] = torch.randn(LORA_RANK, inputs) / inputs**0.5
            lora[f"blocks.{block}.{name}.lora_B.weight"] = torch.randn(outputs, LORA_RANK) / LORA_RANK**0.5
    pose = torch.nn.Conv3d(LATENT_CHANNELS, _DIM, kernel_size=(1, 2, 2), stride=(1, 2, 2)).state_dict()
    for name, tensors in (("lora_diffusion_pytorch_model", lora), ("pose_patch_embedding", pose)):
        whole = {key: tensor.to(torch.bfloat16) for key, tensor in tensors.items()}
        save_file(whole, folder / f"{name}.safetensors", metadata={"format": "pt"})


def _still_life() -> NDArray[np.uint8]:
    rows, columns = np.mgrid[0:CLIP_HEIGHT, 0:CLIP_WIDTH].astype(float)
    grain = np.random.default_rng(0).normal(0, 6, (CLIP_HEIGHT, CLIP_WIDTH))
    wall = 120 + 18 * np.sin(columns / 7) * np.cos(rows / 5) + grain
    floor = 84 + 0.3 * (rows - 96) + grain
    picture = np.where(rows < 92, wall, floor)[..., None] * (1.0, 0.97, 0.9)
    picture[44:104, 34:70] = (206, 62, 44)
    picture[44:104, 60:70] = (160, 44, 34)
    ball = np.hypot(columns - 140, rows - 78)
    shade = (1.15 - np.hypot(columns - 132, rows - 70) / 60)[..., None]
    picture = np.where((ball < 26)[..., None], shade * (70, 110, 214), picture)
    return np.asarray(np.clip(np.rint(picture), 0, 255), np.uint8)


if __name__ == "__main__":
    logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    media = Path(__file__).resolve().parent / "media" / "tiny"
    write_tiny_model(media)
    write_clip(media / "clip.mkv")
