"""Motion: how an entity moves by itself, in the clip or in its file."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from r2s2r.artifacts.damage import arrays_of, said_if_damaged
from r2s2r.artifacts.facts import Facts, read_facts, write_facts
from r2s2r.geometry.transforms import Array

TRACK = "motion.npz"
VERTICES = "vertices.npy"


class MotionFacts(Facts):
    """Facts of a motion.

    Attributes:
        moments: Number N of moments it is known at.
        deforms: Whether the mesh changes its shape.
        interpolated: Frames of the clip in which the entity was not found, and its pose is interpolated.
    """

    moments: int
    deforms: bool = False
    interpolated: tuple[int, ...] = ()


@dataclass(frozen=True, eq=False)
class Motion:
    """A folder with ``motion.npz``, ``facts.json`` and, of what deforms, ``vertices.npy``.

    It is told relative to where the entity stands at the reference frame, so that it goes with the entity wherever that
    is placed: ``world_from_entity(t) = world_from_entity @ reference_from_entity(t)``. Before the first moment and
    after the last, the entity holds still.

    Attributes:
        folder: Where it lies.
        facts: Number of moments, and which were not seen.
        times_s: [N] float64, rising, in seconds from the reference frame.
        reference_from_entity: [N, 4, 4] float64, rigid: from the entity's frame at a moment to that at the reference.
    """

    folder: Path
    facts: MotionFacts
    times_s: Array
    reference_from_entity: Array

    @classmethod
    def load(cls, folder: Path) -> "Motion":
        """Open a motion folder."""
        with arrays_of(folder / TRACK) as arrays:
            return cls(folder, read_facts(folder, MotionFacts), arrays["times_s"], arrays["reference_from_entity"])

    def write(self) -> None:
        """Write all but ``vertices.npy`` into the folder (equal motions give equal bytes)."""
        np.savez(
            self.folder / TRACK,
            allow_pickle=False,
            times_s=self.times_s,
            reference_from_entity=self.reference_from_entity,
        )
        write_facts(self.folder, self.facts)

    def vertices(self) -> NDArray[np.float32] | None:
        """Return the mesh's vertices [N, V, 3] in the entity's frame, not in memory; None of what keeps its shape."""
        if not self.facts.deforms:
            return None
        with said_if_damaged(self.folder / VERTICES):
            return np.load(self.folder / VERTICES, mmap_mode="r", allow_pickle=False)  # type: ignore[no-any-return]
