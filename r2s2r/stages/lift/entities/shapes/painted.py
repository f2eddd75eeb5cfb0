"""A solid, painted with what is seen of it."""

import numpy as np

from r2s2r.geometry.mesh import Mesh
from r2s2r.stages.lift.entities.lifter import View
from r2s2r.stages.lift.entities.shapes.patches import normals_by_patch
from r2s2r.stages.lift.entities.shapes.solid import Solid
from r2s2r.stages.lift.entities.texture import project_texture

_CREASE_DEG = 40.0


def painted(solid: Solid, view: View) -> Mesh:
    """Return a solid's mesh, in the world: the picture where the camera sees it, its colours where it does not."""
    texture = project_texture(view.frame, view.mask, seamless=not solid.is_angular)
    pixels, _ = view.camera.project(solid.vertices)
    return Mesh(
        vertices=solid.vertices.astype(np.float32),
        faces=solid.faces,
        corner_uv=texture.corner_uv(pixels[solid.faces], solid.hidden),
        corner_normals=normals_by_patch(solid.vertices, solid.faces, crease_deg=_CREASE_DEG),
        texture=texture.picture,
    )
