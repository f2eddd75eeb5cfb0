"""How much memory a video model needs, from its transformer's config and the size of the picture. Imports no torch."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from r2s2r.models.placement import MemoryNeeds
from r2s2r.models.size import ANIMATE_14B, VACE_1_3B, VACE_14B, Transformer, decode_bytes
from r2s2r.spec.animate import AnimateSpec
from r2s2r.spec.vace import VaceSpec
from r2s2r.spec.video_model import Fallback

# Parameters of what goes with the published transformers: umT5-xxl's encoder, its embedding, CLIP ViT-H/14, Wan's VAE.
_TEXT_ENCODER, _TEXT_EMBEDDING, _IMAGE_ENCODER, _VAE = 5_680_910_336, 256_384 * 4096, 632_076_800, 126_892_531
_TEXT_DIM, _IMAGE_DIM = 4096, 1280
# Of the adapter: LoRA of rank 64 on the attention and feed-forward projections.
_ADAPTER_SHARE = 0.0155


@dataclass(frozen=True)
class Workload:
    """One segment to be computed: which model, at which size.

    Attributes:
        spec: The model's settings.
        transformer: Its transformer.
        height: Rows of the generated picture, in pixels.
        width: Columns of it.
    """

    spec: AnimateSpec | VaceSpec
    transformer: Transformer
    height: int
    width: int

    @classmethod
    def of(
        cls, spec: AnimateSpec | VaceSpec, config: Mapping[str, Any] | None, *, height: int, width: int
    ) -> "Workload":
        """Take the config of a transformer; None for that of the published model of the spec's kind and name."""
        return cls(spec, Transformer.from_config(config or _published(spec)), height, width)

    @property
    def tokens(self) -> int:
        """Length of the sequence of one segment."""
        return self.transformer.tokens(height=self.height, width=self.width, frames=self.spec.segment_frames)

    @property
    def forward_flops(self) -> float:
        """Floating-point operations of one forward pass."""
        return self.transformer.forward_flops(self.tokens)

    @property
    def weight_bytes(self) -> int:
        """Bytes of all weights as they are loaded, before any goes to 8 bit."""
        as_loaded = self.spec.model_copy(update={"precision": "bf16"}) if self.spec.precision == "fp8" else self.spec
        loaded = replace(self, spec=as_loaded).needs()
        return loaded.transformer + loaded.text_encoder + loaded.image_encoder + loaded.vae

    def needs(self, fallbacks: tuple[Fallback, ...] = ()) -> MemoryNeeds:
        """Return the bytes on the GPU, with the fallbacks taken."""
        spec, model = self.spec, self.transformer
        wide = 4 if spec.precision == "fp32" else 2
        narrow = 1 if spec.precision == "fp8" or "fp8" in fallbacks else wide
        blocks = (model.layers + model.control_layers) * model.block_parameters
        adapter = _ADAPTER_SHARE * model.parameters if isinstance(spec, AnimateSpec) else 0
        text, image = (model.text / _TEXT_DIM) ** 2, (model.image / _IMAGE_DIM) ** 2
        decode = decode_bytes(
            height=self.height,
            width=self.width,
            frames=spec.segment_frames,
            tiled=spec.vae_tiling or "tiling" in fallbacks,
        )
        return MemoryNeeds(
            transformer=int(narrow * blocks + wide * (model.parameters - blocks + adapter)),
            block=narrow * model.block_parameters,
            text_encoder=int(wide * _TEXT_ENCODER * text),
            text_layer=int(wide * _TEXT_EMBEDDING * model.text / _TEXT_DIM),
            image_encoder=int(4 * _IMAGE_ENCODER * image),  # always in float32
            # VACE's encodes in float32, as upstream's does.
            vae=(4 if spec.decode == "fp32" or isinstance(spec, VaceSpec) else wide) * _VAE,
            denoise=model.activation_bytes(self.tokens) * wide // 2,
            decode=decode * (2 if "fp32" in (spec.precision, spec.decode) else 1),
        )


def _published(spec: AnimateSpec | VaceSpec) -> Mapping[str, Any]:
    if isinstance(spec, AnimateSpec):
        return ANIMATE_14B
    return VACE_14B if "14b" in spec.weights.lower() else VACE_1_3B
