"""Tracks: points of a mesh that are followed from frame to frame."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from r2s2r.geometry.mesh import Mesh
from r2s2r.geometry.transforms import Array, transform_points
from r2s2r.stages.lift.motions.film import Bits, Grey
from r2s2r.stages.lift.motions.patches import Patches, find_again, patches_at
from r2s2r.stages.lift.motions.pose import projected
from r2s2r.stages.lift.motions.surface_points import seen_at
from r2s2r.stages.lift.point_flow import PointFlow

# How many are followed, and how many have to go before new ones are looked for.
_MOST, _FEW = 300, 220
_APART_PX = 6
_QUALITY = 0.005
_CONTRAST, _BLUR_PX = 3.0, 1.5
# Beside the outline a point sees the background, and on a surface seen edge-on it slides.
_INSIDE_PX = 4
_FACING = 0.25
_FLOW = PointFlow(window_px=17, back_px=0.7)


@dataclass(frozen=True, eq=False)
class Tracks:
    """N points.

    Attributes:
        points_m: [N, 3] in the mesh's frame.
        normals: [N, 3], unit.
        pixels: [N, 2] where they are seen in the frame they have come to, centres at +0.5.
        patches: What they look like in the frame they were first seen in.
        steps: [N, 2, 2] in that frame, from steps on the surface (along ``_tangents``) to pixels.
    """

    points_m: Array
    normals: Array
    pixels: Array
    patches: Patches
    steps: Array

    def __len__(self) -> int:
        """Return how many."""
        return len(self.points_m)

    def only(self, chosen: NDArray[np.bool_]) -> "Tracks":
        """Return some of them, [N] bool."""
        patches = self.patches.only(chosen)
        return Tracks(self.points_m[chosen], self.normals[chosen], self.pixels[chosen], patches, self.steps[chosen])

    def at(self, pixels: Array) -> "Tracks":
        """Return the same points, seen elsewhere."""
        return Tracks(self.points_m, self.normals, pixels, self.patches, self.steps)

    def joined(self, other: "Tracks") -> "Tracks":
        """Return both."""
        return Tracks(
            np.concatenate([self.points_m, other.points_m]),
            np.concatenate([self.normals, other.normals]),
            np.concatenate([self.pixels, other.pixels]),
            self.patches.joined(other.patches),
            np.concatenate([self.steps, other.steps]),
        )


def seeded(mesh: Mesh, frame: Grey, mask: Bits, pose: Array, intrinsics: Array) -> Tracks:
    """Return new tracks: corners of the picture inside a mask, tied to the mesh by its pose."""
    return _tied(_corners(frame, mask, np.zeros((0, 2))), mesh, frame, pose, intrinsics)


def replenished(tracks: Tracks, mesh: Mesh, frame: Grey, mask: Bits, pose: Array, intrinsics: Array) -> Tracks:
    """Return tracks without those that turn away, and with new ones where there are few."""
    tracks = tracks.only(_facing(tracks.points_m, tracks.normals, pose) > _FACING)
    if len(tracks) >= _FEW:
        return tracks
    return tracks.joined(_tied(_corners(frame, mask, tracks.pixels), mesh, frame, pose, intrinsics))


def followed(tracks: Tracks, before: Grey, after: Grey, mask: Bits, guess: Array) -> Tracks:
    """Return the tracks that are found in the next frame, there and back.

    Args:
        tracks: In the frame ``before``.
        before: The frame they are in.
        after: The frame they are looked for in.
        mask: Where in it the entity is; nothing counts outside.
        guess: [N, 2] where they probably are.
    """
    if not len(tracks):
        return tracks
    pixels, found = _FLOW.followed(before, after, tracks.pixels, guess)
    return tracks.at(pixels).only(found & _inside(mask, pixels))


def sharpened(tracks: Tracks, frame: Grey, pose: Array, intrinsics: Array) -> tuple[Tracks, NDArray[np.bool_]]:
    """Return tracks put where their patches are found, and which [N] were."""
    steps = _surface_steps(tracks.points_m, tracks.normals, pose, intrinsics)
    seen = projected(transform_points(pose, tracks.points_m), intrinsics)
    pixels, sure = find_again(tracks.patches, frame, seen, steps @ np.linalg.pinv(tracks.steps))
    found = sure > 0
    return tracks.at(np.where(found[:, None], pixels, tracks.pixels)), found


def _tied(pixels: Array, mesh: Mesh, frame: Grey, pose: Array, intrinsics: Array) -> Tracks:
    met = seen_at(pixels, mesh.vertices.astype(np.float64), mesh.faces, pose, intrinsics)
    kept = met.found & (_facing(met.points_m, met.normals, pose) > _FACING)
    points, normals, pixels = met.points_m[kept], met.normals[kept], pixels[kept]
    steps = _surface_steps(points, normals, pose, intrinsics)
    return Tracks(points, normals, pixels, patches_at(frame, pixels), steps)


def _corners(frame: Grey, mask: Bits, taken: Array) -> Array:
    """Return pixels [N, 2] that are easy to follow, away from those that are taken."""
    around = (2 * _INSIDE_PX + 1,) * 2
    free = cv2.erode(mask.astype(np.uint8), np.ones(around, np.uint8), borderValue=0)
    free[_contrast(frame, around) < _CONTRAST] = 0
    for x, y in np.rint(taken - 0.5).astype(int).tolist():
        cv2.circle(free, (x, y), _APART_PX, 0, -1)
    corners = _known(cv2.goodFeaturesToTrack(frame, _MOST - len(taken), _QUALITY, _APART_PX, mask=free))
    if corners is None:
        return np.zeros((0, 2))
    fine = (cv2.TERM_CRITERIA_EPS + cv2.TERM_CRITERIA_COUNT, 10, 0.03)
    exact = cv2.cornerSubPix(frame, corners.reshape(-1, 2), (3, 3), (-1, -1), fine)
    return np.asarray(exact, np.float64) + 0.5


def _contrast(frame: Grey, around: tuple[int, int]) -> NDArray[np.float32]:
    """Return the spread of grey levels round each pixel that is more than noise: it outlives a little blur."""
    calm = cv2.GaussianBlur(frame.astype(np.float32), (0, 0), _BLUR_PX)
    mean, squares = cv2.blur(calm, around), cv2.blur(calm * calm, around)
    return np.sqrt(np.maximum(np.asarray(squares - mean * mean, np.float32), 0))


def _known(corners: object) -> NDArray[np.float32] | None:
    """Return what OpenCV found; its types do not say that this may be nothing."""
    return None if corners is None else np.asarray(corners, np.float32)


def _surface_steps(points_m: Array, normals: Array, pose: Array, intrinsics: Array) -> Array:
    """Return [N, 2, 2]: how pixels change with steps on the surface, along two directions that belong to it."""
    first, second = _tangents(normals)
    rotation = pose[:3, :3]
    in_camera = transform_points(pose, points_m)
    flat = in_camera / in_camera[:, 2:]
    moves = np.stack([first @ rotation.T, second @ rotation.T], axis=2)  # [N, 3, 2]
    moved = (moves[:, :2] - flat[:, :2, None] * moves[:, 2:]) / in_camera[:, 2, None, None]
    steps: Array = intrinsics[:2, :2] @ moved
    return steps


def _tangents(normals: Array) -> tuple[Array, Array]:
    axis = np.eye(3)[np.argmin(np.abs(normals), axis=1)]
    first = np.cross(normals, axis)
    first /= np.maximum(np.linalg.norm(first, axis=1, keepdims=True), 1e-300)
    return first, np.cross(normals, first)


def _facing(points_m: Array, normals: Array, pose: Array) -> Array:
    """Return the cosine [N] between a surface and the way to the camera."""
    in_camera = transform_points(pose, points_m)
    along = in_camera / np.linalg.norm(in_camera, axis=1, keepdims=True)
    cosine: Array = -np.einsum("ni,ni->n", along, normals @ pose[:3, :3].T)
    return cosine


def _inside(mask: Bits, pixels: Array) -> NDArray[np.bool_]:
    height, width = mask.shape
    with np.errstate(invalid="ignore"):
        x, y = np.floor(pixels).astype(np.int64).T
    held = (x >= 0) & (y >= 0) & (x < width) & (y < height)
    inside: Bits = mask[np.clip(y, 0, height - 1), np.clip(x, 0, width - 1)]
    both: Bits = held & inside
    return both
