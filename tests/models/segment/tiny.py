"""Tiny segmentation models with random weights, in the form transformers saves them; what they see is chance."""

import json
from typing import Any

import torch
from transformers import (
    CLIPTokenizer,
    Sam2VideoConfig,
    Sam2VideoModel,
    Sam3VideoConfig,
    Sam3VideoModel,
)
from transformers.models.clip.configuration_clip import CLIPTextConfig
from transformers.models.sam2.configuration_sam2 import Sam2VisionConfig
from transformers.models.sam3.configuration_sam3 import (
    Sam3Config,
    Sam3DETRDecoderConfig,
    Sam3DETREncoderConfig,
    Sam3GeometryEncoderConfig,
    Sam3MaskDecoderConfig,
    Sam3VisionConfig,
)

from r2s2r.models.quiet import quiet_libraries

SIDE = 64
# A memory is 64 wide in transformers, whatever its configuration says, and narrower than what it is a memory of.
_DIM, _MEMORY_DIM = 128, 64
_MEMORY: dict[str, Any] = {
    "memory_attention_hidden_size": _DIM,
    "memory_attention_num_layers": 1,
    "memory_attention_feed_forward_hidden_size": 32,
    "memory_encoder_hidden_size": _DIM,
    "memory_encoder_output_channels": _MEMORY_DIM,
    "mask_downsampler_embed_dim": _DIM,
    "memory_fuser_num_layers": 1,
    "memory_fuser_embed_dim": _DIM,
    "memory_fuser_intermediate_dim": 32,
    # Short, so that a short clip shows that older frames are out of reach.
    "num_maskmem": 3,
    "max_object_pointers_in_encoder": 4,
}
_DECODER: dict[str, Any] = {
    "hidden_size": _DIM,
    "mlp_dim": 32,
    "num_attention_heads": 2,
    "iou_head_hidden_dim": _DIM,
}


def write_sam2(folder, *, seed=0, in_view=1.8):
    """A SAM 2 that mostly sees something; equal seeds give equal files."""
    backbone = {
        "hidden_size": 8,
        "image_size": [SIDE, SIDE],
        "blocks_per_stage": [1, 1, 2, 1],
        "embed_dim_per_stage": [8, 16, 32, 64],
        "num_attention_heads_per_stage": [1, 1, 1, 1],
        "window_size_per_stage": [4, 4, 4, 4],
        "global_attention_blocks": [3],
        "model_type": "sam2_hiera_det_model",
    }
    vision = Sam2VisionConfig(
        backbone_config=backbone,
        backbone_channel_list=[64, 32, 16, 8],
        backbone_feature_sizes=[[16, 16], [8, 8], [4, 4]],
        fpn_hidden_size=_DIM,
    )
    config = Sam2VideoConfig(
        vision_config=vision,
        prompt_encoder_config={"hidden_size": _DIM, "image_size": SIDE},
        mask_decoder_config=_DECODER,
        image_size=SIDE,
        memory_attention_rope_feat_sizes=[4, 4],
        **_MEMORY,
    )
    _save(lambda: Sam2VideoModel(config), folder, seed, in_view=in_view)


def write_sam3(folder, *, seed=0, in_view=0.6):
    """A SAM 3, with a tokenizer of letters."""
    vision: dict[str, Any] = {
        "backbone_config": {
            "model_type": "sam3_vit_model",
            "hidden_size": _DIM,
            "intermediate_size": 32,
            "num_hidden_layers": 2,
            "num_attention_heads": 2,
            "image_size": SIDE,
            "patch_size": 16,
            "window_size": 2,
            "global_attn_indexes": [1],
            "pretrain_image_size": SIDE,
        },
        "fpn_hidden_size": _DIM,
        "backbone_feature_sizes": [[16, 16], [8, 8], [4, 4]],
    }
    small: dict[str, Any] = {"hidden_size": _DIM, "num_layers": 1, "num_attention_heads": 2, "intermediate_size": 32}
    detector = Sam3Config(
        vision_config=Sam3VisionConfig(**vision),
        text_config=CLIPTextConfig(
            vocab_size=64,
            bos_token_id=52,
            eos_token_id=53,
            hidden_size=_DIM,
            intermediate_size=32,
            projection_dim=16,
            num_hidden_layers=1,
            num_attention_heads=2,
            max_position_embeddings=16,
        ),
        geometry_encoder_config=Sam3GeometryEncoderConfig(**small),
        detr_encoder_config=Sam3DETREncoderConfig(**small),
        detr_decoder_config=Sam3DETRDecoderConfig(**small, num_queries=6),
        mask_decoder_config=Sam3MaskDecoderConfig(hidden_size=_DIM, num_attention_heads=2),
    )
    tracker = {
        "model_type": "sam3_tracker_video",
        "vision_config": {**vision, "model_type": "sam3_vision_model"},
        "prompt_encoder_config": {"hidden_size": _DIM, "image_size": SIDE, "patch_size": 16},
        "mask_decoder_config": _DECODER,
        "image_size": SIDE,
        **_MEMORY,
    }
    config = Sam3VideoConfig(detector_config=detector, tracker_config=tracker, low_res_mask_size=16, det_nms_thresh=0.6)
    _save(lambda: Sam3VideoModel(config), folder, seed, in_view=in_view)
    _write_tokenizer(folder)


def _save(make, folder, seed, *, in_view):
    """Draw weights wide enough that pictures matter, and shift the score so that the thing is mostly in view."""
    quiet_libraries()
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        model = make()
        for parameter in model.parameters():
            if parameter.ndim > 1:
                torch.nn.init.normal_(parameter, std=1.4 / parameter[0].numel() ** 0.5)
        tracker = getattr(model, "tracker_model", model)
        tracker.mask_decoder.pred_obj_score_head.proj_out.bias.data += in_view
        if tracker is not model:
            model.detector_model.detr_decoder.presence_head.layer3.bias.data += 7
    model.save_pretrained(folder)


def _write_tokenizer(folder):
    letters = [chr(code) for code in range(ord("a"), ord("z") + 1)]
    words = [*letters, *(f"{letter}</w>" for letter in letters), "<|startoftext|>", "<|endoftext|>"]
    (folder / "vocab.json").write_text(json.dumps({word: index for index, word in enumerate(words)}))
    (folder / "merges.txt").write_text("#version: 0.2\n")
    CLIPTokenizer(str(folder / "vocab.json"), str(folder / "merges.txt")).save_pretrained(folder)
