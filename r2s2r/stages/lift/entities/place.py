"""The one placement step: where an entity stands at the reference frame, whatever it comes from."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

from r2s2r.artifacts.entity import EntityFacts
from r2s2r.geometry.mesh import Mesh
from r2s2r.geometry.transforms import Array, rotation, transform_points, translation
from r2s2r.spec.entities import PlaceSpec


@dataclass(frozen=True, eq=False)
class Standing:
    """How an entity would stand if nothing were asked for.

    Attributes:
        world_from_entity: [4, 4]. Entity frame: +Y up, metres, origin at the base's middle.
        height_m: Its height, along the entity's y axis, in the world.
        eye_m: For an entity seen in the source: the camera's place [3], along whose rays it moves when it is resized.
    """

    world_from_entity: Array
    height_m: float
    eye_m: Array | None = None


@dataclass(frozen=True, eq=False)
class Placement:
    """Where an entity stands: its size is multiplied by ``scale``, then ``world_from_entity`` [4, 4] applies."""

    world_from_entity: Array
    scale: float


def place(spec: PlaceSpec, standing: Standing) -> Placement:
    """Apply a ``PlaceSpec``, whose docstring says what each field means, to how an entity would stand.

    In this order: height (seen in the source, it moves along its rays and so keeps its place in the picture), position,
    move, rotation about its base.
    """
    scale = 1.0 if spec.height_m is None else spec.height_m / standing.height_m
    base_m = standing.world_from_entity[:3, 3]
    if standing.eye_m is not None:
        base_m = standing.eye_m + scale * (base_m - standing.eye_m)
    if spec.position_m is not None:
        base_m = np.array(spec.position_m)
    turned = np.eye(4)
    turned[:3, :3] = standing.world_from_entity[:3, :3]
    turn = rotation(Rotation.from_euler("XYZ", spec.rotate_deg, degrees=True))
    return Placement(translation(base_m + np.array(spec.move_m)) @ turned @ turn, scale)


def base_middle(vertices: Array) -> Array:
    """Return the middle of the base [3] of a mesh with +Y up: the middle of what lies within a tenth of its height."""
    low, high = vertices[:, 1].min(), vertices[:, 1].max()
    base = vertices[vertices[:, 1] <= low + 0.1 * (high - low)]
    middle = (base.min(axis=0) + base.max(axis=0)) / 2
    return np.array([middle[0], low, middle[2]])


def height_m(vertices: Array | NDArray[np.float32]) -> float:
    """Return the extent along y, in metres, of vertices [V, 3]."""
    return float(np.ptp(vertices[:, 1].astype(np.float64)))


def scaled(mesh: Mesh, factor: float) -> Mesh:
    """Return a mesh ``factor`` times as large, about its origin."""
    return mesh if factor == 1 else replace(mesh, vertices=(mesh.vertices * factor).astype(np.float32))


def placed_facts(
    mesh: Mesh, world_from_entity: Array, *, findings: tuple[str, ...], silhouette_iou: float | None = None
) -> EntityFacts:
    """Return the facts of an entity whose mesh stands at ``world_from_entity`` [4, 4]."""
    return EntityFacts(
        world_from_entity=tuple(tuple(float(value) for value in row) for row in world_from_entity),
        height_m=height_m(transform_points(world_from_entity, mesh.vertices.astype(np.float64))),
        silhouette_iou=silhouette_iou,
        findings=findings,
    )
