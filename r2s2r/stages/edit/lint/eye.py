"""The camera where no camera can be: below the ground, or inside something."""

from collections.abc import Iterator

import numpy as np

from r2s2r.geometry.solid import contains
from r2s2r.stages.edit.lint.staged import Staged
from r2s2r.stages.edit.lint.told import at_frames, filled, probed

# Looking into a mesh takes 2 ms for 18 000 faces.
_MOST_LOOKS = 24


def underground(staged: Staged) -> Iterator[str]:
    """Yield a sentence where the camera is below the ground."""
    below = staged.animation.world_from_camera[:, 1, 3] < 0
    if below.any():
        yield f"the camera is below the ground (y = 0) {at_frames(below)}"


def inside(staged: Staged) -> Iterator[str]:
    """Yield sentences where the camera is inside the mesh of an entity that is shown."""
    for name, mesh in staged.meshes.items():
        eyes_m, box_m = staged.eyes_in(name), staged.boxes_m[name]
        near = np.all((eyes_m > box_m[:, 0]) & (eyes_m < box_m[:, 1]), axis=1) & staged.animation.visible[name]
        if not near.any():
            continue
        looks = probed(near, _MOST_LOOKS)
        found = np.array([contains(staged.vertices(name, frame), mesh.faces, eyes_m[frame]) for frame in looks])
        if found.any():
            yield f"the camera is inside {name} {at_frames(filled(looks, found, near))}"
