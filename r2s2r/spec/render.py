"""Settings of the render stage."""

from typing import Annotated, Literal, TypeAlias

from pydantic import Field

from r2s2r.spec.base import Length, Spec

RenderBackend: TypeAlias = Literal["cpu", "torch", "kaolin"]
ExtraPass: TypeAlias = Literal["motion", "uv"]


class TorchRenderSpec(Spec):
    """The reference renderer: plain torch operations, on any device, slow.

    Attributes:
        device: ``cuda`` is the first GPU of CUDA_VISIBLE_DEVICES.

    Example:
        {device: cuda}
    """

    device: Literal["cpu", "cuda"] = "cpu"


class KaolinRenderSpec(Spec):
    """Kaolin's rasteriser, on an NVIDIA GPU.

    Attributes:
        rasteriser: ``cuda`` is Kaolin's own; ``nvdiffrast`` is faster on large meshes, must be installed besides, and
            its licence allows research only.
        batch_frames: Frames that are drawn at once; halved where they do not fit into memory. Changes no pixel.

    Example:
        {batch_frames: 4}
    """

    rasteriser: Literal["cuda", "nvdiffrast"] = "cuda"
    batch_frames: Annotated[int, Field(ge=1, le=256)] = 8


class RenderSpec(Spec):
    """How the passes are drawn.

    Attributes:
        backend: ``auto`` is decided by the profile.
        supersampling: Samples along each side of a pixel: 2 smooths normals and colours over 2x2 of them, and adds the
            coverage. Ids are those of the pixels' middles, always.
        shading: ``smooth`` normals are the mesh's own, ``flat`` ones those of its faces.
        extra_passes: What is written besides normal, id, depth and rgb.
        multilayer: Also write one EXR file a frame that holds all passes, with Cryptomatte.
        near_m: Nothing nearer than this to the camera's plane is drawn.
        torch: Settings of that backend.
        kaolin: Settings of that backend.

    Example:
        {supersampling: 2, extra_passes: [motion]}
    """

    backend: Literal["auto", RenderBackend] = "auto"
    supersampling: Literal[1, 2, 4] = 1
    shading: Literal["smooth", "flat"] = "smooth"
    extra_passes: tuple[ExtraPass, ...] = ()
    multilayer: bool = False
    near_m: Length = 0.01
    torch: TorchRenderSpec = TorchRenderSpec()
    kaolin: KaolinRenderSpec = KaolinRenderSpec()
