"""Multilayer: all passes of a frame as the channels of one EXR file, by the names that compositing programs know.

Blender takes what follows a name's last dot for the channel and the rest for the pass; of single letters, R, G, B and A
are *Combined* and Z is *Depth* (``imb_exr_split_channel_name`` in its ``openexr_api.cpp``). Nuke calls them rgba and
depth.Z, and reads motion from u and v of its own layers *forward* and *backward*, in pixels
(learn.foundry.com/nuke: VectorGenerator, VectorBlur). Blender's own *Vector* is (backward.u, backward.v, -forward.u,
-forward.v) (``primitive_motion_vector`` in Cycles).
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from r2s2r.artifacts.passes import motion_channels, uv_channels
from r2s2r.stages.render.layers import Layers


def channels_of(layers: Layers) -> dict[str, NDArray[Any]]:
    """Return the channels of a frame, name -> [H, W], float32 or float16; of motion and uv what there is.

    ``R``, ``G``, ``B`` and ``A`` (Blender's Combined, Nuke's rgba): linear light, premultiplied by the coverage ``A``.
    ``Z`` (Depth, depth.Z), ``N.X`` to ``N.Z`` (x right, y up, z towards the viewer) and ``id.X`` are never filtered
    over the silhouette: they tell of the entity at the pixel's centre.
    """
    # Half floats hold 11 bits, more than the 8 of a texture; the others are floats, since they are measures.
    colours = np.moveaxis(layers.premultiplied, -1, 0).astype(np.float16)
    channels: dict[str, NDArray[Any]] = dict(zip("RGB", colours, strict=True))
    channels["A"] = layers.coverage.astype(np.float16)
    channels["Z"] = layers.depth_m
    channels |= {f"N.{axis}": layers.normal[..., index] for index, axis in enumerate("XYZ")}
    channels["id.X"] = layers.ids.astype(np.float32)
    if layers.forward.move_px.size:
        channels |= motion_channels(layers.forward, layers.backward)
    if layers.uv.size:
        channels |= uv_channels(layers.uv, layers.ids > 0)
    return channels
