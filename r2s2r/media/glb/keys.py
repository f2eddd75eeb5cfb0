"""The keys of a GLB file's one animation: a value at each frame, of whatever moves (specification, section 3.11)."""

from fractions import Fraction
from typing import Literal

import numpy as np
import pygltflib
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

from r2s2r.geometry.transforms import Array
from r2s2r.media.animations.recorded import turn_and_scale
from r2s2r.media.glb.arrays import Blob

_POINTER = "KHR_animation_pointer"


class Keys:
    """Adds channels to an animation; what stays is written where it stays, without keys.

    Attributes:
        blob: Where the values go.
        animation: What has been added so far.
    """

    def __init__(self, blob: Blob, frames: int, fps: Fraction) -> None:
        self.blob, self.animation = blob, pygltflib.Animation(name="shot", channels=[], samplers=[])
        self._times_s = (np.arange(frames) / float(fps)).astype(np.float32)
        self._input: int | None = None

    def animate(self, number: int, node: pygltflib.Node, matrices: Array, name: str) -> None:
        """Place a node by [T, 4, 4]. Raises MediaError, naming the frame, for what is sheared or mirrored."""
        turns, scales = turn_and_scale(matrices[:, :3, :3], name)
        moves = {"translation": matrices[:, :3, 3], "rotation": _quaternions(turns), "scale": scales}
        for path, values in moves.items():
            rows = values.astype(np.float32)
            setattr(node, path, rows[0].tolist())
            if not (rows == rows[0]).all():
                self._channel(rows, pygltflib.AnimationChannelTarget(node=number, path=path))

    def hide(self, number: int, node: pygltflib.Node, visible: NDArray[np.bool_]) -> None:
        """Hide a node by a scale of 0 in those frames in which it is not ``visible`` [T]."""
        scales = np.repeat(visible[:, None], 3, axis=1).astype(np.float32)
        node.scale = scales[0].tolist()
        if visible.any():
            self._channel(scales, pygltflib.AnimationChannelTarget(node=number, path="scale"), "STEP")

    def bend(self, number: int, shapes: int) -> None:
        """Show one shape a frame: the mesh itself, then each of its morph targets."""
        weights = np.eye(shapes, dtype=np.float32)[:, 1:]
        if shapes > 1:
            self._channel(weights.reshape(-1), pygltflib.AnimationChannelTarget(node=number, path="weights"))

    def point(self, document: pygltflib.GLTF2, pointer: str, values: Array) -> None:
        """Animate whatever stands at a place of the JSON by numbers [T]."""
        if _POINTER not in document.extensionsUsed:
            document.extensionsUsed.append(_POINTER)
        target = pygltflib.AnimationChannelTarget(path="pointer", extensions={_POINTER: {"pointer": pointer}})
        self._channel(values.astype(np.float32), target)

    def _channel(
        self,
        values: NDArray[np.float32],
        target: pygltflib.AnimationChannelTarget,
        interpolation: Literal["LINEAR", "STEP"] = "LINEAR",
    ) -> None:
        if self._input is None:
            self._input = self.blob.add(self._times_s, bounds=True)
        sampler = pygltflib.AnimationSampler(
            input=self._input, interpolation=interpolation, output=self.blob.add(values)
        )
        self.animation.samplers.append(sampler)
        number = len(self.animation.samplers) - 1
        self.animation.channels.append(pygltflib.AnimationChannel(sampler=number, target=target))


def _quaternions(turns: Array) -> Array:
    """Return turns [T, 3, 3] as quaternions [T, 4], xyzw, each on the near side of the one before."""
    found = Rotation.from_matrix(turns).as_quat()
    flips = np.where((found[1:] * found[:-1]).sum(axis=1) < 0, -1.0, 1.0)
    found[1:] *= np.cumprod(flips)[:, None]
    quaternions: Array = found
    return quaternions
