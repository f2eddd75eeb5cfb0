"""The seam between lift backends."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from r2s2r.geometry.camera import Camera
from r2s2r.geometry.mesh import Mesh
from r2s2r.stages.lift.entities.contact import Contact


@dataclass(frozen=True, eq=False)
class View:
    """An entity as the source's camera sees it: the reference frame [H, W, 3], its mask [H, W] and its mesh's place.

    ``contact`` is where the mask's lowest point meets the ground.
    """

    frame: NDArray[np.uint8]
    mask: NDArray[np.bool_]
    camera: Camera
    contact: Contact


class Lifter(Protocol):
    """Makes a mesh of what is seen. A seam: a model's lift and the inflated one are to be placed and checked alike."""

    def lift(self, view: View) -> Mesh:
        """Return a closed mesh whose vertices and normals are in the **world**, standing at ``view.contact``.

        Raises StageError when no closed mesh comes of it.
        """
