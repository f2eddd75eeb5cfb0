"""The no-weights lift: a silhouette, inflated along its pixel rays and painted with what is seen."""

import numpy as np

from r2s2r.geometry.mesh import Mesh
from r2s2r.geometry.normals import smooth_normals
from r2s2r.spec.lift import InflateSpec
from r2s2r.stages.lift.entities.lifter import View
from r2s2r.stages.lift.entities.outline import outline_of
from r2s2r.stages.lift.entities.surface import closed_manifold, inflate_outline
from r2s2r.stages.lift.entities.texture import project_texture
from r2s2r.stages.lift.entities.upright import points_on_rays


class Inflater:
    """A ``Lifter`` that needs no model."""

    def __init__(self, spec: InflateSpec) -> None:
        self._spec = spec

    def lift(self, view: View) -> Mesh:
        """Return the inflated silhouette, in the world: see ``lifter.Lifter``."""
        outline = outline_of(view.mask)
        surface = inflate_outline(outline, thickness=self._spec.thickness, max_faces=self._spec.max_faces)
        pixels, bulge_px = surface.points[:, :2], surface.points[:, 2]
        vertices = points_on_rays(pixels, bulge_px, camera=view.camera, contact=view.contact)
        # Picture axes (x right, y down, z away) to the world keeps the handedness; the surface's faces wind for it.
        closed_manifold(vertices - vertices.mean(axis=0), surface.faces)
        texture = project_texture(view.frame, view.mask)
        back = bulge_px[surface.faces].mean(axis=1) > 0
        return Mesh(
            vertices=vertices.astype(np.float32),
            faces=surface.faces,
            corner_uv=texture.corner_uv(pixels[surface.faces], back),
            corner_normals=smooth_normals(vertices, surface.faces),
            texture=texture.picture,
        )
