"""The transformer of Wan2.2-Animate as Real2SAM2Real runs it: without the face branch, with soft injection.

Built of diffusers' own blocks. The released model was trained and is run with the face branch's result dropped, so that
branch (0.88 of 17.27 billion parameters) is never made here; a folder that has it loads all the same.
"""

import math
from typing import Any

import torch
from diffusers.configuration_utils import ConfigMixin, register_to_config
from diffusers.loaders.peft import PeftAdapterMixin
from diffusers.models.attention import AttentionMixin
from diffusers.models.cache_utils import CacheMixin
from diffusers.models.modeling_outputs import Transformer2DModelOutput
from diffusers.models.modeling_utils import ModelMixin
from diffusers.models.normalization import FP32LayerNorm
from diffusers.models.transformers.transformer_wan_animate import (
    WanRotaryPosEmbed,
    WanTimeTextImageEmbedding,
    WanTransformerBlock,
)
from torch import Tensor, nn

from r2s2r.models.animate.injection import soft_injection
from r2s2r.models.size import TEXT_TOKENS

FACE_BRANCH = r"^(face_adapter|face_encoder|motion_encoder)\."
"""Names of the tensors, in either naming, that only the face branch reads."""

IGNORED = (FACE_BRANCH, "norm_added_q")
"""Names of tensors that a folder may have and that are not loaded; diffusers once saved the last, nothing reads it."""


class AnimateTransformer(  # type: ignore[misc]  # diffusers' mixins disagree about config_name's type
    ModelMixin, ConfigMixin, PeftAdapterMixin, CacheMixin, AttentionMixin
):
    """Denoises one segment, steered by the control.

    The names of the parameters are those of ``WanAnimateTransformer3DModel``, so that its folders load.

    Args:
        patch_size: Latent pixels of a token: time, height, width.
        num_attention_heads: Heads; the model's width is heads times ``attention_head_dim``.
        attention_head_dim: Width of a head.
        in_channels: Noise, mask and condition together: 2 latents and 4.
        latent_channels: Of the VAE.
        out_channels: Of the prediction.
        text_dim: Width of the text encoder.
        freq_dim: Width of the timestep's frequencies.
        ffn_dim: Inner width of the feed-forward.
        num_layers: Blocks.
        cross_attn_norm: Whether the cross-attention's input is normalised with weights.
        qk_norm: How queries and keys are normalised; the blocks know one way.
        eps: Of the normalisations.
        image_dim: Width of the image encoder.
        added_kv_proj_dim: Width of the image's features in the cross-attention; None for the model's width.
        rope_max_seq_len: Longest side in tokens.
        pos_embed_seq_len: Tokens of a learned position embedding of the image's features; None for none.
    """

    _supports_gradient_checkpointing = True
    # diffusers reads these as lists and has typed them as None.
    _skip_layerwise_casting_patterns: Any = ("patch_embedding", "condition_embedder", "norm")
    _no_split_modules: Any = ("WanTransformerBlock",)
    _keep_in_fp32_modules: Any = ("time_embedder", "scale_shift_table", "norm1", "norm2", "norm3", "rope")
    _keys_to_ignore_on_load_unexpected: Any = IGNORED
    _repeated_blocks: Any = ("WanTransformerBlock",)

    @register_to_config
    def __init__(  # noqa: PLR0913  # a config of diffusers is the list of these arguments
        self,
        patch_size: tuple[int, int, int] = (1, 2, 2),
        num_attention_heads: int = 40,
        attention_head_dim: int = 128,
        in_channels: int = 36,
        latent_channels: int = 16,
        out_channels: int = 16,
        text_dim: int = 4096,
        freq_dim: int = 256,
        ffn_dim: int = 13824,
        num_layers: int = 40,
        cross_attn_norm: bool = True,
        qk_norm: str = "rms_norm_across_heads",
        eps: float = 1e-6,
        image_dim: int = 1280,
        added_kv_proj_dim: int | None = None,
        rope_max_seq_len: int = 1024,
        pos_embed_seq_len: int | None = None,
    ) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._patch = patch_size
        width = num_attention_heads * attention_head_dim
        self.rope = WanRotaryPosEmbed(attention_head_dim, patch_size, rope_max_seq_len)
        self.patch_embedding = nn.Conv3d(in_channels, width, kernel_size=patch_size, stride=patch_size)
        self.pose_patch_embedding = nn.Conv3d(latent_channels, width, kernel_size=patch_size, stride=patch_size)
        self.condition_embedder = WanTimeTextImageEmbedding(
            dim=width,
            time_freq_dim=freq_dim,
            time_proj_dim=width * 6,
            text_embed_dim=text_dim,
            image_embed_dim=image_dim,
            pos_embed_seq_len=pos_embed_seq_len,
        )
        self.blocks = nn.ModuleList(
            WanTransformerBlock(
                dim=width,
                ffn_dim=ffn_dim,
                num_heads=num_attention_heads,
                qk_norm=qk_norm,
                cross_attn_norm=cross_attn_norm,
                eps=eps,
                added_kv_proj_dim=added_kv_proj_dim or width,
            )
            for _ in range(num_layers)
        )
        self.norm_out = FP32LayerNorm(width, eps, elementwise_affine=False)
        self.proj_out = nn.Linear(width, out_channels * math.prod(patch_size))
        self.scale_shift_table = nn.Parameter(torch.randn(1, 2, width) / width**0.5)
        self.gradient_checkpointing = False

    def forward(
        self,
        hidden_states: Tensor,
        timestep: Tensor,
        encoder_hidden_states: Tensor,
        encoder_hidden_states_image: Tensor,
        pose_hidden_states: Tensor,
        injection_strength: float = 1.0,
        return_dict: bool = True,
    ) -> Transformer2DModelOutput | tuple[Tensor]:
        """Predict the flow; the parameters are called as in diffusers, whose pipeline calls this.

        Args:
            hidden_states: Noisy latents, mask and condition [B, 2 C + 4, 1 + T, H, W]; slot 0 is the reference picture.
            timestep: Of the noise schedule [B], 0 to 1000.
            encoder_hidden_states: The prompt's features [B, 512, text_dim], padded with zeros.
            encoder_hidden_states_image: The reference picture's features [B, tokens, image_dim].
            pose_hidden_states: Latents of the control video [B, C, T, H, W].
            injection_strength: Factor on the control.
            return_dict: Whether to wrap the result.

        Returns:
            The flow [B, out_channels, 1 + T, H, W].

        Raises:
            ValueError: If the control or the prompt's features do not fit.
        """
        _check(hidden_states, pose_hidden_states, encoder_hidden_states)
        rotary = self.rope(hidden_states)
        hidden = soft_injection(
            self.patch_embedding(hidden_states),
            self.pose_patch_embedding(pose_hidden_states),
            strength=injection_strength,
        )
        grid = hidden.shape[2:]
        # A strided tensor would make the compiled blocks compile a second time.
        tokens = hidden.flatten(2).transpose(1, 2).contiguous()
        time, modulation, text, picture = self.condition_embedder(
            timestep, encoder_hidden_states, encoder_hidden_states_image, timestep_seq_len=None
        )
        context, modulation = torch.cat([picture, text], dim=1), modulation.unflatten(1, (6, -1))
        for block in self.blocks:
            if torch.is_grad_enabled() and self.gradient_checkpointing:
                # Typed as None until diffusers' `enable_gradient_checkpointing` sets it.
                tokens = self._gradient_checkpointing_func(  # type: ignore[misc]
                    block, tokens, context, modulation, rotary
                )
            else:
                tokens = block(tokens, context, modulation, rotary)
        flow = self._latents(self._out(tokens, time), grid)
        return Transformer2DModelOutput(sample=flow) if return_dict else (flow,)

    def _out(self, tokens: Tensor, time: Tensor) -> Tensor:
        """Return the predicted patch of each token [B, N, patch * out_channels]."""
        table = self.scale_shift_table.to(time.device)
        shift, scale = (table + time.unsqueeze(1)).to(tokens.device).chunk(2, dim=1)
        normalised = self.norm_out(tokens.float()) * (1 + scale) + shift
        patches: Tensor = self.proj_out(normalised.type_as(tokens))
        return patches

    def _latents(self, patches: Tensor, grid: torch.Size) -> Tensor:
        """Lay patches [B, N, patch * channels] out on their grid (T, H, W), as latents [B, channels, T, H, W]."""
        parts = patches.reshape(len(patches), *grid, *self._patch, -1)
        return parts.permute(0, 7, 1, 4, 2, 5, 3, 6).flatten(6, 7).flatten(4, 5).flatten(2, 3)


def _check(latents: Tensor, control: Tensor, text: Tensor) -> None:
    if control.shape[2] + 1 != latents.shape[2]:
        raise ValueError(f"the control has {control.shape[2]} latent frames; must be {latents.shape[2] - 1}")
    # diffusers' attention tells text from picture by this number.
    if text.shape[1] != TEXT_TOKENS:
        raise ValueError(f"the prompt's features have {text.shape[1]} rows; must be padded to {TEXT_TOKENS}")
