"""Where a model's weights lie while it works. Results are equal wherever that is, so it is not in the key.

Imports torch only when it places something: ``plan`` asks here too.
"""

import gc
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias, assert_never

from r2s2r.errors import MissingError
from r2s2r.models.machine import Gpu, host_free_bytes
from r2s2r.spec.video_model import VideoModelSpec

if TYPE_CHECKING:
    import torch
    from diffusers.pipelines.pipeline_utils import DiffusionPipeline

Placement: TypeAlias = Literal["resident", "components", "streamed"]

_FROM_FASTEST: tuple[Placement, ...] = ("resident", "components", "streamed")

# The CUDA context, library workspaces and what the allocator cannot use between its blocks.
_USABLE = 0.92


@dataclass(frozen=True)
class MemoryNeeds:
    """Bytes on the GPU that a shot needs, apart from where its weights lie.

    Attributes:
        transformer: Its weights.
        block: The largest of its blocks.
        text_encoder: Its weights.
        text_layer: The largest of its layers.
        image_encoder: Its weights; 0 without one.
        vae: Its weights.
        denoise: Activations of one forward pass of the transformer.
        decode: Activations of the VAE.
    """

    transformer: int
    block: int
    text_encoder: int
    text_layer: int
    image_encoder: int
    vae: int
    denoise: int
    decode: int

    def peak(self, placement: Placement) -> int:
        """Return the largest sum of what lies on the GPU at one time."""
        match placement:
            case "resident":
                weights = self.transformer + self.text_encoder + self.image_encoder + self.vae
                return weights + max(self.denoise, self.decode)
            case "components":
                return max(self.text_encoder, self._after_encoders(self.transformer))
            case "streamed":
                # While one block computes, the next one is on its way.
                return max(self.text_layer, self._after_encoders(2 * self.block))
            case _:
                assert_never(placement)

    def _after_encoders(self, transformer: int) -> int:
        return max(self.image_encoder, self.vae + transformer + self.denoise, self.vae + self.decode)


def choose(needs: MemoryNeeds, gpu: Gpu | None) -> Placement:
    """Return the fastest placement that fits into the GPU; without a GPU everything stays where it is."""
    if gpu is None or needs.peak("resident") <= _USABLE * gpu.memory_bytes:
        return "resident"
    return "components" if needs.peak("components") <= _USABLE * gpu.memory_bytes else "streamed"


def from_fastest(placement: Placement) -> tuple[Placement, ...]:
    """Return a placement and the slower ones after it, which need less memory."""
    return _FROM_FASTEST[_FROM_FASTEST.index(placement) :]


def fits(needs: MemoryNeeds, gpu: Gpu | None) -> bool:
    """Whether the placement chosen fits into the GPU; True without one."""
    return gpu is None or needs.peak(choose(needs, gpu)) <= _USABLE * gpu.memory_bytes


def device_for(spec: VideoModelSpec) -> "torch.device":
    """Return the device a model computes on. Raises MissingError when the spec wants a GPU and torch sees none."""
    import torch

    if spec.device == "cpu":
        return torch.device("cpu")
    if not torch.cuda.is_available():
        raise MissingError(
            "device: auto needs a GPU that torch can use, and there is none (`r2s2r doctor` says more); run where one"
            " is, or set backend: compositor; device: cpu takes hours a frame with anything but a tiny model"
        )
    # With its number: hooks compare it with the tensors' device, and "cuda" is not "cuda:0".
    return torch.device("cuda", torch.cuda.current_device())


def place(pipeline: "DiffusionPipeline", placement: Placement, *, device: "torch.device") -> None:
    """Put the pipeline's components where they belong; each may be called at once, with inputs on ``device``.

    Call it once, last, after ``levers.apply``.
    """
    match placement:
        case "resident":
            pipeline.to(device)
        case "components":
            _one_at_a_time(pipeline, ("text_encoder", "image_encoder", "transformer", "vae"), device)
        case "streamed":
            _stream(pipeline, device)
            _one_at_a_time(pipeline, ("image_encoder", "vae"), device)
        case _:
            assert_never(placement)


def unload(pipeline: "DiffusionPipeline", *names: str) -> None:
    """Drop components that have done their work, wherever they lie, so that their memory is free for the rest.

    A name without a component is passed over.
    """
    import torch

    dropped = [getattr(pipeline, name, None) for name in names]
    for component in pipeline.components.values():
        # Where components take turns on the GPU, each one's hook holds the one before it, to move it away.
        hook = getattr(component, "_hf_hook", None)
        before = getattr(hook, "prev_module_hook", None)
        if hook is not None and before is not None and any(before.model is one for one in dropped):
            hook.prev_module_hook = None
    for name in names:
        setattr(pipeline, name, None)
    dropped.clear()
    gc.collect()
    if torch.cuda.is_initialized():  # type: ignore[no-untyped-call]
        torch.cuda.empty_cache()


def _one_at_a_time(pipeline: "DiffusionPipeline", names: tuple[str, ...], device: "torch.device") -> None:
    """Move a component to the device when it is called, and then the one before it, in the order of use, away."""
    from accelerate import cpu_offload_with_hook  # type: ignore[import-untyped]

    before = None
    for name in names:
        component = getattr(pipeline, name, None)
        if component is not None:
            _, before = cpu_offload_with_hook(component, device, prev_module_hook=before)


def _stream(pipeline: "DiffusionPipeline", device: "torch.device") -> None:
    """Bring the transformer's blocks to the device one by one, and the text encoder's layers."""
    import torch
    from diffusers.hooks.group_offloading import apply_group_offloading

    transformer, home = pipeline.transformer, torch.device("cpu")
    size = sum(tensor.numel() * tensor.element_size() for tensor in transformer.parameters())
    asynchronous = device.type == "cuda"
    transformer.enable_group_offload(
        onload_device=device,
        offload_device=home,
        offload_type="block_level",
        num_blocks_per_group=1,
        use_stream=asynchronous,
        # Pinning copies all blocks at once, rounded up; a smaller machine pins each block when its turn comes.
        low_cpu_mem_usage=asynchronous and host_free_bytes() < 2 * size,
    )
    # One pass a prompt: not worth pinned memory.
    apply_group_offloading(pipeline.text_encoder, onload_device=device, offload_device=home, offload_type="leaf_level")
