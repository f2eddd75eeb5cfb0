"""Passes: what the renderer draws, frame by frame, on disk."""

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from r2s2r.artifacts.facts import Facts, read_facts
from r2s2r.media.images import read_depth_exr, read_grey16, read_rgb


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
    """

    frames: int
    fps: str
    height: int
    width: int
    ids: dict[str, int]
    normal: str
    depth: str


@dataclass(frozen=True)
class Passes:
    """A folder with ``normal/``, ``id/``, ``rgb/`` (PNG) and ``depth/`` (EXR), one ``%06d`` file a frame from 0.

    Normals: camera space, x right -> R, y up -> G, towards the viewer -> B, ``round(255 * (n / 2 + 1 / 2))``,
    background black. Ids: 16-bit, never filtered. Depth: metres along the camera's z axis, float32, background 0. RGB:
    sRGB texture colours, unlit, background black.
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
        """Return the file of one pass (``normal``, ``id``, ``rgb``, ``depth``) and frame."""
        return self.folder / name / f"{frame:06d}.{'exr' if name == 'depth' else 'png'}"

    def normal(self, frame: int) -> NDArray[np.uint8]:
        """Return the encoded normals [H, W, 3] uint8."""
        return read_rgb(self.path("normal", frame))

    def ids(self, frame: int) -> NDArray[np.uint16]:
        """Return the entity ids [H, W] uint16."""
        return read_grey16(self.path("id", frame))

    def rgb(self, frame: int) -> NDArray[np.uint8]:
        """Return the entities' colours [H, W, 3] uint8."""
        return read_rgb(self.path("rgb", frame))

    def depth_m(self, frame: int) -> NDArray[np.float32]:
        """Return the entities' depth [H, W] float32, 0 where there is none."""
        return read_depth_exr(self.path("depth", frame))
