"""The actors: what the compositor knows of each entity besides its passes."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from r2s2r.artifacts.entity import Entity
from r2s2r.geometry.camera import Camera
from r2s2r.geometry.mesh import Mesh
from r2s2r.geometry.proxy import Proxy
from r2s2r.geometry.transforms import Array, transform_points
from r2s2r.stages.diffuse.fade import fade_out
from r2s2r.stages.diffuse.home import Footing
from r2s2r.stages.diffuse.outline import outline
from r2s2r.stages.diffuse.shadows import surface_points

# An actor has left once its base has moved by this share of its height; its top counts half, for when it tips over.
_GONE_AT_HEIGHTS = 0.35
_TOP_SHARE = 0.5
# The fringe is gone once the actor lies this far off its own photograph: farther, and it is a second outline.
_FRINGE_GONE_AT_PX = 2.5
# An actor placed elsewhere than where it was selected covers less than this of what the plate cleaned away.
_AT_HOME_SHARE = 0.75


@dataclass(frozen=True, eq=False)
class Actor:
    """One entity on the set.

    Attributes:
        home: ``world_from_entity`` [4, 4] at the reference frame.
        vertices: Of its mesh [V, 3] at the reference frame, entity frame.
        surface: Points [N, 3] on its mesh, entity frame.
        corners: [8, 3] of its bounding box, entity frame.
        footing: Where it stands in the photograph; None for what was never in it (an asset, a copy).
    """

    home: Array
    vertices: NDArray[np.float32]
    surface: Array
    corners: Array
    footing: Footing | None

    def presence(self, world_from_entity: Array) -> float:
        """Return 1 where it stands at home, falling to 0 as its base leaves, or as it tips or grows."""
        if self.footing is None:
            return 0.0
        base_and_top = np.array([[0, 0, 0], [0, self.corners[:, 1].max(), 0]])
        moved_m = np.linalg.norm(
            transform_points(world_from_entity, base_and_top) - transform_points(self.home, base_and_top), axis=1
        )
        heights = max(moved_m[0], _TOP_SHARE * moved_m[1]) / self.footing.height_m
        return float(fade_out(float(heights), start=0.0, end=_GONE_AT_HEIGHTS))

    def fringe(
        self,
        world_from_entity: Array,
        *,
        camera: Camera,
        source: Camera,
        proxy: Proxy,
        vertices: NDArray[np.float32] | None = None,
    ) -> float:
        """Return 1 where a view shows the actor right before its own photograph on the set, falling to 0 off it.

        It falls when the actor moves or changes its shape (``vertices`` [V, 3]; None of one that does not), and when
        the camera moves: the set is farther away than the actor.
        """
        now_px, now_depth_m = camera.project(transform_points(world_from_entity, self.corners))
        home_m = transform_points(self.home, self.corners)
        eye_m = source.position_m
        photograph_m = np.array([proxy.hit(eye_m, corner - eye_m) for corner in home_m])
        photograph_px, photograph_depth_m = camera.project(photograph_m)
        if min(now_depth_m.min(), photograph_depth_m.min()) <= 0:
            return 0.0
        off_px = _apart_px(now_px, photograph_px)
        if vertices is not None:
            shapes = (transform_points(world_from_entity, shape.astype(float)) for shape in (vertices, self.vertices))
            bent_px, still_px = (camera.project(shape)[0] for shape in shapes)
            off_px = float(np.hypot(off_px, _apart_px(bent_px, still_px)))
        return float(fade_out(off_px, start=0.0, end=_FRINGE_GONE_AT_PX))


def actor_from_entity(entity: Entity, source: Camera, cleaned: NDArray[np.bool_]) -> Actor:
    """Return the actor of an entity.

    Args:
        entity: The entity.
        source: The source camera, for the picture ``cleaned`` is of.
        cleaned: [H, W] bool, where the plate was cleaned of entities.
    """
    mesh = entity.mesh()
    home = entity.world_from_entity
    footing = None
    if entity.facts.silhouette_iou is not None:
        covered = outline(mesh, home, source)
        if covered.any() and cleaned[covered].mean() >= _AT_HOME_SHARE:
            footing = _footing(mesh, entity, covered)
    return Actor(home, mesh.vertices, surface_points(mesh), _box_corners(mesh), footing)


def _apart_px(points: Array, others: Array) -> float:
    """Return how far points [N, 2] are from others, root mean square."""
    return float(np.sqrt(np.mean(np.sum((points - others) ** 2, axis=1))))


def _footing(mesh: Mesh, entity: Entity, covered: NDArray[np.bool_]) -> Footing:
    points = transform_points(entity.world_from_entity, mesh.vertices.astype(float))
    base = entity.world_from_entity[[0, 2], 3]
    radius = np.linalg.norm(points[:, [0, 2]] - base, axis=1).max()
    return Footing(covered, (float(base[0]), float(base[1])), float(radius), float(np.ptp(points[:, 1])))


def _box_corners(mesh: Mesh) -> Array:
    low, high = mesh.vertices.min(axis=0).astype(float), mesh.vertices.max(axis=0).astype(float)
    return np.array([[x, y, z] for x in (low[0], high[0]) for y in (low[1], high[1]) for z in (low[2], high[2])])
