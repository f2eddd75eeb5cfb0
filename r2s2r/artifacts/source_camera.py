"""SourceCamera: the camera the clip was filmed with, at each of the footage's frames."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from r2s2r.artifacts.damage import arrays_of
from r2s2r.artifacts.facts import Facts, read_facts, write_facts
from r2s2r.geometry.camera import Camera
from r2s2r.geometry.transforms import Array

TRACK = "camera.npz"


class SourceCameraFacts(Facts):
    """Facts of a source camera.

    Attributes:
        height: Rows of the footage's frames.
        width: Columns of the footage's frames.
        reference: Index of the reference frame among the footage's stored frames.
        is_static: Whether it stays where it is; then all its poses are equal.
        registered: Share of the frames whose pose was found; the others are interpolated. 1 for one that is given.
        interpolated: Stored frames whose pose was not found.
    """

    height: int
    width: int
    reference: int
    is_static: bool
    registered: float = 1.0
    interpolated: tuple[int, ...] = ()


@dataclass(frozen=True, eq=False)
class SourceCamera:
    """A folder with ``camera.npz`` and ``facts.json``.

    Attributes:
        facts: Sizes, and how it was found.
        intrinsics: [3, 3] float64, K in pixels of the footage; the same for all frames.
        world_from_camera: [N, 4, 4] float64, one for each stored frame, OpenCV camera axes. At the reference frame it
            stands above the world's origin and looks along -Z, but for its pitch.
        times_s: [N] float64, presentation times of the stored frames, from the reference frame's.
    """

    facts: SourceCameraFacts
    intrinsics: Array
    world_from_camera: Array
    times_s: Array

    @classmethod
    def static(cls, camera: Camera, times_s: Array, *, reference: int) -> "SourceCamera":
        """Return a camera that stays where it is, for footage whose frames are at ``times_s`` [N]."""
        facts = SourceCameraFacts(height=camera.height, width=camera.width, reference=reference, is_static=True)
        poses = np.tile(camera.world_from_camera, (len(times_s), 1, 1))
        return cls(facts, camera.intrinsics, poses, times_s - times_s[reference])

    @classmethod
    def load(cls, folder: Path) -> "SourceCamera":
        """Open a source camera's folder."""
        with arrays_of(folder / TRACK) as arrays:
            return cls(
                facts=read_facts(folder, SourceCameraFacts),
                intrinsics=arrays["intrinsics"],
                world_from_camera=arrays["world_from_camera"],
                times_s=arrays["times_s"],
            )

    def write(self, folder: Path) -> None:
        """Write it into an empty folder (equal cameras give equal bytes)."""
        np.savez(
            folder / TRACK,
            allow_pickle=False,
            intrinsics=self.intrinsics,
            world_from_camera=self.world_from_camera,
            times_s=self.times_s,
        )
        write_facts(folder, self.facts)

    @property
    def reference(self) -> Camera:
        """The camera at the reference frame."""
        return self.camera(self.facts.reference)

    def camera(self, index: int) -> Camera:
        """Return the camera at a stored frame."""
        return Camera(self.world_from_camera[index], self.intrinsics, self.facts.height, self.facts.width)
