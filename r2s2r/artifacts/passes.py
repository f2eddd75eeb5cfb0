"""Passes: what the renderer draws, frame by frame, on disk."""

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from r2s2r.artifacts.damage import said_if_damaged
from r2s2r.artifacts.facts import Facts, read_facts
from r2s2r.geometry.flow import Flow
from r2s2r.media.exr import read_depth_exr, read_exr
from r2s2r.media.images import read_grey, read_grey16, read_rgb

Picture = TypeVar("Picture")

_IN_EXR = frozenset({"depth", "motion", "uv", "multilayer"})


class PassesFacts(Facts):
    """Facts of the passes.

    Attributes:
        frames: Number of frames.
        fps: Rate as a fraction, e.g. ``16/1``.
        height: Rows.
        width: Columns.
        ids: Entity name -> its value in the id pass; 0 is the background.
        normal: The normal pass's convention, in words.
        depth: The depth pass's convention, in words.
        motion: The motion pass's convention, in words; empty where there is none.
        uv: The uv pass's, likewise.
        extra_passes: What there is besides normal, id, depth and rgb: ``motion``, ``uv``, ``coverage``.
        multilayer: Whether there is a file with all passes for each frame.
    """

    frames: int
    fps: str
    height: int
    width: int
    ids: dict[str, int]
    normal: str
    depth: str
    motion: str = ""
    uv: str = ""
    extra_passes: tuple[str, ...] = ()
    multilayer: bool = False

    @property
    def folders(self) -> tuple[str, ...]:
        """The folders that hold the passes."""
        return ("normal", "id", "depth", "rgb", *self.extra_passes, *(("multilayer",) if self.multilayer else ()))


@dataclass(frozen=True)
class Passes:
    """A folder with ``normal/``, ``id/``, ``rgb/`` (PNG) and ``depth/`` (EXR), one ``%06d`` file a frame from 0.

    As asked for also ``motion/``, ``uv/``, ``multilayer/`` (EXR) and ``coverage/`` (PNG).

    Normals: camera space, x right -> R, y up -> G, towards the viewer -> B, ``round(255 * (n / 2 + 1 / 2))``,
    background black. Ids: 16-bit, never filtered. Depth: metres along the camera's z axis, float32, background 0. RGB:
    sRGB texture colours, unlit, background black. Coverage: ``round(255 * c)``.

    Motion and uv are float32 and, in the files only, **count upwards**, as Nuke and Blender do. ``forward.u`` and
    ``forward.v`` are pixels to the right and up, from here to where the point is in the next frame; ``backward`` leads
    to where it was in the frame before. ``forward.a`` and ``backward.a`` are 1 where the point is seen then, else 0: to
    such programs, the alpha of a flow. ``UV.U`` and ``UV.V`` count from the texture's bottom left, ``UV.A`` is 1 on
    entities. These alphas are float16, in which run lengths pack them to nothing.

    Reading raises StoreError for a file that is damaged or gone.
    """

    folder: Path
    facts: PassesFacts

    @classmethod
    def load(cls, folder: Path) -> "Passes":
        """Open a passes folder."""
        return cls(folder, read_facts(folder, PassesFacts))

    @property
    def fps(self) -> Fraction:
        """Frame rate."""
        return Fraction(self.facts.fps)

    def path(self, name: str, frame: int) -> Path:
        """Return the file of one pass (a name of ``PassesFacts.folders``) and frame."""
        return self.folder / name / f"{frame:06d}.{'exr' if name in _IN_EXR else 'png'}"

    def normal(self, frame: int) -> NDArray[np.uint8]:
        """Return the encoded normals [H, W, 3] uint8."""
        return self._read(read_rgb, "normal", frame)

    def ids(self, frame: int) -> NDArray[np.uint16]:
        """Return the entity ids [H, W] uint16."""
        return self._read(read_grey16, "id", frame)

    def mask(self, name: str, frame: int) -> NDArray[np.bool_]:
        """Return where an entity is seen, [H, W] bool."""
        mask: NDArray[np.bool_] = self.ids(frame) == self.facts.ids[name]
        return mask

    def rgb(self, frame: int) -> NDArray[np.uint8]:
        """Return the entities' colours [H, W, 3] uint8."""
        return self._read(read_rgb, "rgb", frame)

    def depth_m(self, frame: int) -> NDArray[np.float32]:
        """Return the entities' depth [H, W] float32, 0 where there is none."""
        return self._read(read_depth_exr, "depth", frame)

    def motion(self, frame: int) -> tuple[Flow, Flow]:
        """Return the flow to the next frame and to the frame before (unseen everywhere, where there is none)."""
        channels = self._read(read_exr, "motion", frame)
        return _flow("forward", channels), _flow("backward", channels)

    def uv(self, frame: int) -> NDArray[np.float32]:
        """Return texture coordinates [H, W, 2] float32, u right, v down; 0 on the background."""
        channels = self._read(read_exr, "uv", frame)
        down = np.where(channels["UV.A"] > 0, 1 - channels["UV.V"], np.float32(0))
        return np.stack([channels["UV.U"], down], axis=-1)

    def coverage(self, frame: int) -> NDArray[np.float32]:
        """Return the share of each pixel that shows an entity, [H, W] float32, to 1 in 510."""
        return self._read(read_grey, "coverage", frame).astype(np.float32) / np.float32(255)

    def _read(self, read: Callable[[Path], Picture], name: str, frame: int) -> Picture:
        path = self.path(name, frame)
        with said_if_damaged(path):
            return read(path)


def motion_channels(forward: Flow, backward: Flow) -> dict[str, NDArray[Any]]:
    """Return both flows as the channels of a file."""
    channels: dict[str, NDArray[Any]] = {}
    for name, flow in (("forward", forward), ("backward", backward)):
        channels[f"{name}.u"] = flow.move_px[..., 0]
        channels[f"{name}.v"] = 0 - flow.move_px[..., 1]  # and not -y, of which 0 would become -0
        channels[f"{name}.a"] = flow.seen.astype(np.float16)
    return channels


def uv_channels(uv: NDArray[np.float32], inside: NDArray[np.bool_]) -> dict[str, NDArray[Any]]:
    """Return texture coordinates [H, W, 2] of what is ``inside`` [H, W] an entity, as the channels of a file."""
    up = np.where(inside, 1 - uv[..., 1], np.float32(0))
    return {"UV.U": uv[..., 0], "UV.V": up, "UV.A": inside.astype(np.float16)}


def _flow(name: str, channels: dict[str, NDArray[Any]]) -> Flow:
    move_px = np.stack([channels[f"{name}.u"], 0 - channels[f"{name}.v"]], axis=-1)
    return Flow(move_px, channels[f"{name}.a"] > 0)
