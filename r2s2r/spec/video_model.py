"""Settings that every video model shares. What changes pixels is here, and so in the key; where memory lies is not."""

from typing import Annotated, Literal, TypeAlias

from pydantic import AfterValidator, Field

from r2s2r.spec.base import FileName, Spec
from r2s2r.spec.weights import WeightsName

Guidance: TypeAlias = Annotated[float, Field(ge=0, le=30)]
Steps: TypeAlias = Annotated[int, Field(ge=1, le=1000)]
Strength: TypeAlias = Annotated[float, Field(ge=0, le=4)]
Precision: TypeAlias = Literal["bf16", "fp8", "fp32"]
Fallback: TypeAlias = Literal["fp8", "tiling"]
Area: TypeAlias = Annotated[int, Field(ge=64, le=2048)]
SoftenPx: TypeAlias = Annotated[float, Field(ge=0, le=20)]

TRAINED_FPS = 16
"""Frames a second that the published models were trained at; at another rate, things move at another speed."""


def _whole_latents(frames: int) -> int:
    if frames % 4 != 1:
        near = frames - (frames - 1) % 4
        raise ValueError(f"must be 4 n + 1, since the VAE takes frames by four; nearest: {near} or {near + 4}")
    return frames


WholeLatents = AfterValidator(_whole_latents)
"""Marks numbers of frames that the VAE makes whole latent frames of: 4 n + 1."""


class VideoModelSpec(Spec):
    """A diffusion model for video.

    Attributes:
        reference: The picture the look is taken from: ``source`` (the reference frame), ``composite`` (the compositor's
            frame 0 of this shot: with what it inserts, without what it removes, from its first camera), or a file.
        negative_prompt: What the result must not look like.
        size: ``area`` generates near ``area_side_px`` squared pixels at the output's aspect, in multiples of 32;
            ``output`` at the output's size, whose sides then have to be multiples of 16.
        device: ``auto`` needs a GPU; ``cpu`` takes hours a frame with anything but a tiny model.
        precision: ``fp8`` keeps the transformer's weights in 8 bit and computes in bf16; ``fp32`` is for tests.
        decode: Precision of the VAE when it decodes; ``fp32`` costs memory and may help smooth gradients.
        vae_tiling: Encode and decode in overlapping tiles: less memory, slightly other pixels.
        step_cache: Reuse results of earlier steps where they change little: faster, other pixels.
        attention: Kernel of the attention; all but ``native`` need their package.
        allow_fallback: What may be switched on, in this order, when memory does not suffice; each changes pixels.
        colour_match: Give each segment the reference picture's colour distribution, after it was made.
    """

    reference: FileName = "source"
    negative_prompt: Annotated[str, Field(max_length=10_000)] = "bad detailed"
    size: Literal["area", "output"] = "area"
    device: Literal["auto", "cpu"] = "auto"
    precision: Precision = "bf16"
    decode: Literal["bf16", "fp32"] = "bf16"
    vae_tiling: bool = False
    step_cache: Literal["none", "taylorseer", "first_block"] = "none"
    attention: Literal["native", "flash", "flash3", "sage"] = "native"
    allow_fallback: tuple[Fallback, ...] = ()
    colour_match: Literal["none", "reference"] = "none"


class InjectionKey(Spec):
    """Strength of the injection from a point of the denoising on; between keys it is linear.

    Attributes:
        at: Share of the steps done, 0 to 1.
        strength: Factor on ``injection_scale``.

    Example:
        {at: 0.5, strength: 0.6}
    """

    at: Annotated[float, Field(ge=0, le=1)]
    strength: Strength


class DistillationSpec(Spec):
    """A LoRA that lets the model get by with a few steps and without guidance.

    Attributes:
        weights: A folder with one safetensors file, or a name on the hub.
        scale: Its strength.

    Example:
        {weights: ./models/lightx2v, scale: 0.9}
    """

    weights: WeightsName
    scale: Strength = 1.0
