"""Tracker: follows a rigid thing from frame to frame, starting where its place is known."""

import numpy as np

from r2s2r.geometry.mesh import Mesh
from r2s2r.geometry.transforms import Array, inverse, transform_points
from r2s2r.stages.lift.motions.film import Film, Grey
from r2s2r.stages.lift.motions.pose import Pose, pose_of, projected, refined
from r2s2r.stages.lift.motions.sightings import Sighting
from r2s2r.stages.lift.motions.tracks import Tracks, followed, replenished, seeded, sharpened

# A pose is believed if that many points agree, that share of all, and if they hold it that firmly.
_FEWEST = 10
_AGREEING = 0.4
_LOOSEST_DEG = 2.0
# A sharpened place that is found for fewer points than this tells less than the places they were followed to.
_SHARP = 0.5


class Tracker:
    """Poses of a mesh in one frame after another.

    Attributes:
        camera_from_mesh: [4, 4] in the frame it has come to, rigid; where it is not seen, as it was last seen.
    """

    def __init__(self, film: Film, mesh: Mesh, index: int, camera_from_mesh: Array) -> None:
        """Start at a frame in which the pose is known."""
        self._film, self._mesh = film, mesh
        self.camera_from_mesh = camera_from_mesh
        self._index = index  # of the frame it was last seen in
        self._frame = film.frame(index)
        self._world_step = np.eye(4)
        self._tracks = seeded(mesh, self._frame, film.mask(index), camera_from_mesh, film.intrinsics)

    def step(self, index: int) -> bool:
        """Go on to another frame, mostly the next; return whether the thing is found there."""
        frame, mask = self._film.frame(index), self._film.mask(index)
        if not mask.any():
            return False
        for guess in (self._guess(index, moving=True), self._guess(index, moving=False)):
            found = self._look(frame, index, guess)
            if found is not None:
                break
        if found is None:
            return False
        tracks, pose = found
        self._remember(index, pose.camera_from_thing)
        self._frame = frame
        self._tracks = replenished(tracks, self._mesh, frame, mask, self.camera_from_mesh, self._film.intrinsics)
        return True

    @property
    def sighting(self) -> Sighting:
        """What was seen of it in the frame it has come to."""
        return Sighting(self.camera_from_mesh, self._tracks.points_m, self._tracks.pixels)

    def _look(self, frame: Grey, index: int, guess: Array) -> tuple[Tracks, Pose] | None:
        intrinsics, mask = self._film.intrinsics, self._film.mask(index)
        places = projected(transform_points(guess, self._tracks.points_m), intrinsics)
        tracks = followed(self._tracks, self._frame, frame, mask, places)
        pose = pose_of(tracks.points_m, tracks.pixels, intrinsics, guess)
        if pose is None or not self._believed(pose):
            return None
        sharp, seen = sharpened(tracks, frame, pose.camera_from_thing, intrinsics)
        if seen.sum() >= max(_FEWEST, _SHARP * len(seen)):
            better = refined(pose.camera_from_thing, sharp.points_m, sharp.pixels, intrinsics, seen & pose.inliers)
            if better is not None and self._believed(better):
                tracks, pose = sharp, better
        return tracks.only(pose.inliers), pose

    def _believed(self, pose: Pose) -> bool:
        agreeing = int(pose.inliers.sum())
        return agreeing >= max(_FEWEST, _AGREEING * len(pose.inliers)) and pose.turn_deg < _LOOSEST_DEG

    def _guess(self, index: int, *, moving: bool) -> Array:
        """Return where it probably is: it goes on moving in the world, or stands, while the camera moves."""
        cameras = self._film.camera_from_world
        world_from_mesh = inverse(cameras[self._index]) @ self.camera_from_mesh
        guess: Array = cameras[index] @ (self._world_step @ world_from_mesh if moving else world_from_mesh)
        return guess

    def _remember(self, index: int, camera_from_mesh: Array) -> None:
        cameras = self._film.camera_from_world
        before = inverse(cameras[self._index]) @ self.camera_from_mesh
        self._world_step = inverse(cameras[index]) @ camera_from_mesh @ inverse(before)
        if abs(index - self._index) > 1:
            self._world_step = np.eye(4)
        self.camera_from_mesh, self._index = camera_from_mesh, index
