"""The seam between lift backends."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from r2s2r.geometry.camera import Camera
from r2s2r.geometry.mesh import Mesh
from r2s2r.geometry.transforms import Array
from r2s2r.stages.lift.entities.contact import Contact


@dataclass(frozen=True, eq=False)
class View:
    """An entity as the source's camera sees it.

    Attributes:
        frame: The reference frame [H, W, 3].
        mask: Its pixels [H, W].
        camera: The camera at that frame.
        contact: Where the mask's lowest point meets the ground.
        depth_m: How far away all that is seen is, [H, W], z in metres, NaN where it is unknown; None where only the
            ground tells. The same for all entities of a source.
        clip_frame: Number of the frame in the clip, for messages.
    """

    frame: NDArray[np.uint8]
    mask: NDArray[np.bool_]
    camera: Camera
    contact: Contact
    depth_m: NDArray[np.float32] | None = None
    clip_frame: int = 0


@dataclass(frozen=True, eq=False)
class Lifted:
    """A closed mesh in the world.

    Attributes:
        mesh: It, with what it is painted with.
        findings: What the author should know of how it was made.
        base_m: Where the middle of its base is [3], if that is known better than the mesh shows it.
    """

    mesh: Mesh
    findings: tuple[str, ...] = ()
    base_m: Array | None = None


class Lifter(Protocol):
    """Makes a mesh of what is seen. A seam: a model's lift and the inflated one are to be placed and checked alike."""

    def lift(self, view: View) -> Lifted:
        """Return a closed mesh whose vertices and normals are in the **world**, standing at ``view.contact``.

        Raises StageError when no closed mesh comes of it.
        """
