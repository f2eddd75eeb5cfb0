"""Whether a lifted mesh covers its mask; what does not is moved until it does, or refused with a picture."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from r2s2r.errors import StageError
from r2s2r.geometry.mesh import Mesh
from r2s2r.media.images import write_rgb
from r2s2r.stages.lift.entities.distance import at_its_distance
from r2s2r.stages.lift.entities.lifter import View
from r2s2r.stages.lift.entities.refine import refine
from r2s2r.stages.lift.entities.silhouette import iou, silhouette

PICTURE = "silhouettes.png"
"""Where, in the folder of what is kept, the picture of a mesh that was refused is."""

_REFINED_BELOW = 0.9
_REFUSED_BELOW = 0.7
_MASK_ONLY, _MESH_ONLY, _BOTH = (230, 60, 40), (50, 110, 230), (235, 235, 235)


@dataclass(frozen=True, eq=False)
class Fit:
    """A mesh in the world that covers its mask, how well (IoU), and what an author should know."""

    mesh: Mesh
    iou: float
    findings: tuple[str, ...] = ()


def fitted(mesh: Mesh, view: View, kept: Path) -> Fit:
    """Check a mesh in the world against the mask it was lifted from; below an IoU of 0.9 its pose and size are refined.

    Raises StageError below 0.7 after that, with a picture of both silhouettes in ``kept``.
    """
    before = covered_iou(mesh, view)
    if before >= _REFINED_BELOW:
        return Fit(mesh, before)
    change = refine(mesh, view)
    moved = at_its_distance(change.mesh(mesh), view)
    after = covered_iou(moved, view)
    if max(before, after) < _REFUSED_BELOW:
        path = _draw(moved if after > before else mesh, view, kept)
        raise StageError(
            f"its mesh covers the mask at an IoU of only {max(before, after):.2f} in frame {view.clip_frame}, also "
            f"after it was moved and turned to fit: see {path} (red: the mask alone; blue: the mesh alone; white: "
            "both); give a mask of the whole entity, another lift.sam3d.seed, or lift.backend: inflate"
        )
    if after <= before:
        return Fit(mesh, before, (f"its mesh covers the mask at an IoU of only {before:.2f}; moving it did not help",))
    said = (
        f"its mesh covered the mask at an IoU of {before:.2f}; refined by the silhouette ({change}) it is {after:.2f}"
    )
    return Fit(moved, after, (said,))


def covered_iou(mesh: Mesh, view: View) -> float:
    """Return the IoU of a mesh's silhouette and the mask, exactly; 0 for a mesh that reaches behind the camera."""
    covered = _covered(mesh, view)
    return 0.0 if covered is None else iou(covered, view.mask)


def _covered(mesh: Mesh, view: View) -> NDArray[np.bool_] | None:
    vertices = mesh.vertices.astype(np.float64)
    if not (view.camera.project(vertices)[1] > 0).all():
        return None
    return silhouette(vertices, mesh.faces, view.camera)


def _draw(mesh: Mesh, view: View, kept: Path) -> Path:
    """Write the frame, and beside it the frame with both silhouettes."""
    covered = _covered(mesh, view)
    meshed = np.zeros_like(view.mask) if covered is None else covered
    overlaid = view.frame // 3
    for pixels, colour in (
        (view.mask & ~meshed, _MASK_ONLY),
        (meshed & ~view.mask, _MESH_ONLY),
        (view.mask & meshed, _BOTH),
    ):
        overlaid[pixels] = (overlaid[pixels] + np.array(colour) * 2 // 3).clip(0, 255)
    kept.mkdir(parents=True, exist_ok=True)
    write_rgb(kept / PICTURE, np.concatenate([view.frame, overlaid], axis=1))
    return kept / PICTURE
