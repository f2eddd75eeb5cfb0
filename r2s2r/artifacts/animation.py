"""Animation: where the camera and every entity are, frame by frame. All that `render` needs besides the meshes."""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from r2s2r.artifacts.damage import arrays_of, said_if_damaged
from r2s2r.artifacts.facts import Facts, read_facts, write_facts
from r2s2r.geometry.camera import Camera
from r2s2r.geometry.framing import Fit, Framing
from r2s2r.geometry.transforms import Array

CURVES = "animation.npz"
VERTICES = "vertices"


class AnimationFacts(Facts):
    """Facts of an animation.

    Attributes:
        frames: Number of frames T.
        fps: Generation rate as a fraction, e.g. ``16/1``.
        entities: Names in sorted order; an entity's id in the id pass is its position here plus 1.
        source_height: Rows of the source picture.
        source_width: Columns of the source picture.
        height: Rows of the generated picture.
        width: Columns of the generated picture.
        fit: How the source lies in it.
        deforming: Those of the entities whose mesh changes its shape.
    """

    frames: int
    fps: str
    entities: tuple[str, ...]
    source_height: int
    source_width: int
    height: int
    width: int
    fit: Fit
    deforming: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Animation:
    """A folder with ``animation.npz``, ``facts.json``, and the same as USD (``shot.usda`` and its layers).

    For each entity whose mesh changes its shape there is ``vertices/<name>.npy`` besides. ``plan.png`` shows it from
    above.

    Attributes:
        facts: Sizes, rate, names.
        world_from_camera: [T, 4, 4] float64, OpenCV camera axes.
        intrinsics: [T, 3, 3] float64, K of the generated picture in pixels.
        world_from_entity: name -> [T, 4, 4] float64 (may scale).
        visible: name -> [T] bool.
        folder: Where it lies; None of one that is not written yet.
    """

    facts: AnimationFacts
    world_from_camera: Array
    intrinsics: Array
    world_from_entity: dict[str, Array]
    visible: dict[str, NDArray[np.bool_]]
    folder: Path | None = None

    @classmethod
    def load(cls, folder: Path) -> "Animation":
        """Open an animation folder. Raises StoreError when it is damaged."""
        facts = read_facts(folder, AnimationFacts)
        with arrays_of(folder / CURVES) as arrays:
            return cls(
                facts=facts,
                world_from_camera=arrays["world_from_camera"],
                intrinsics=arrays["intrinsics"],
                world_from_entity={name: arrays[f"world_from_entity/{name}"] for name in facts.entities},
                visible={name: arrays[f"visible/{name}"] for name in facts.entities},
                folder=folder,
            )

    def write(self, folder: Path) -> None:
        """Write all but the vertices (equal animations give equal bytes)."""
        per_entity = {f"world_from_entity/{name}": self.world_from_entity[name] for name in self.facts.entities}
        visible = {f"visible/{name}": self.visible[name] for name in self.facts.entities}
        arrays = {"world_from_camera": self.world_from_camera, "intrinsics": self.intrinsics, **per_entity, **visible}
        np.savez(folder / CURVES, allow_pickle=False, **arrays)
        write_facts(folder, self.facts)

    def write_vertices(self, folder: Path, name: str, shapes: Iterable[NDArray[np.float32]]) -> None:
        """Write the shape [V, 3] of an entity's mesh in each frame, one at a time in memory."""
        (folder / VERTICES).mkdir(exist_ok=True)
        written: NDArray[np.float32] | None = None
        for frame, shape in enumerate(shapes):
            if written is None:
                written = _new_array(folder / VERTICES / f"{name}.npy", (self.facts.frames, *shape.shape))
            written[frame] = shape

    def vertices(self, name: str) -> NDArray[np.float32] | None:
        """Return an entity's vertices [T, V, 3] in its own frame, not in memory; None of a mesh that keeps its shape.

        What is read of the array stays in memory as long as the array itself: ask for a new one for each frame.
        """
        if name not in self.facts.deforming:
            return None
        assert self.folder is not None, "an animation that is not written has no vertices"
        path = self.folder / VERTICES / f"{name}.npy"
        with said_if_damaged(path):
            return np.load(path, mmap_mode="r", allow_pickle=False)  # type: ignore[no-any-return]

    def shape(self, name: str, frame: int) -> NDArray[np.float32] | None:
        """Return an entity's vertices [V, 3] at a frame, in its own frame; None of a mesh that keeps its shape."""
        vertices = self.vertices(name)
        return None if vertices is None else np.array(vertices[frame])

    @property
    def fps(self) -> Fraction:
        """Generation rate."""
        return Fraction(self.facts.fps)

    @property
    def framing(self) -> Framing:
        """How the source's picture lies in the generated one."""
        facts = self.facts
        return Framing(facts.source_height, facts.source_width, facts.height, facts.width, facts.fit)

    def camera(self, frame: int) -> Camera:
        """Return the camera of one frame, for the generated picture."""
        return Camera(self.world_from_camera[frame], self.intrinsics[frame], self.facts.height, self.facts.width)


def _new_array(path: Path, shape: tuple[int, ...]) -> NDArray[np.float32]:
    return np.lib.format.open_memmap(path, "w+", np.float32, shape)
