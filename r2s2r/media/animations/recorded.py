"""What a file of another program says of a shot: cameras and objects over time."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from r2s2r.errors import MediaError
from r2s2r.geometry.camera_track import CameraTrack
from r2s2r.geometry.transforms import Array

# A file promises more moments than this only when it is damaged, or not for us.
MOST_MOMENTS = 100_000
# What the camera of a shot is called in the files we write.
CAMERA = "Camera"
# How far axes may be from right angles: what float32 and rounded angles make of right ones is far below.
_SQUARE_WITHIN = 1e-3
_NO_SCALE = 1e-9


@dataclass(frozen=True, eq=False)
class RecordedObject:
    """A mesh at N moments.

    Attributes:
        names: What it may be called, the most trusted first: what we wrote, what people see, the file's own names of it
            and of what it hangs on.
        where: Its place in the file.
        world_from_object: [N, 4, 4], affine, in our world.
        visible: [N] bool.
        points: [P, 3] its mesh's points, in its own frame, the file's unit; None of one that changes its shape.
    """

    names: tuple[str, ...]
    where: str
    world_from_object: Array
    visible: NDArray[np.bool_]
    points: NDArray[np.float32] | None = None


@dataclass(frozen=True, eq=False)
class RecordedAnimation:
    """A file at N moments, one a frame of its own. Where nothing moves, N is 1.

    Attributes:
        fps: Its rate.
        moments: N.
        cameras: By name.
        objects: In the file's order.
        metres_per_unit: What a length of 1 in the file is; all above is in metres.
    """

    fps: Fraction
    moments: int
    cameras: Mapping[str, CameraTrack]
    objects: tuple[RecordedObject, ...]
    metres_per_unit: float = 1.0

    @property
    def camera(self) -> CameraTrack | None:
        """The camera of the shot: the only one, or the one called so; None where that cannot be told."""
        if len(self.cameras) > 1:
            return self.cameras.get(CAMERA)
        return next(iter(self.cameras.values()), None)

    def of(self, entities: Mapping[str, str]) -> dict[str, RecordedObject]:
        """Return entity -> its object, of those that there are.

        Args:
            entities: Name -> what it is called where dots and dashes are not allowed.
        """
        found = {}
        for name, identifier in entities.items():
            ranked = [(_rank(one, name, identifier), index) for index, one in enumerate(self.objects)]
            rank, index = min(ranked, default=(None, 0), key=lambda pair: (pair[0] is None, pair))
            if rank is not None:
                found[name] = self.objects[index]
        return found


def _rank(one: RecordedObject, name: str, identifier: str) -> int | None:
    return next((rank for rank, called in enumerate(one.names) if called in (name, identifier)), None)


def rigid_poses(matrices: Array, where: str) -> Array:
    """Return cameras' poses [N, 4, 4] without the scale of what they hang on.

    Raises MediaError, naming the frame, for one that is no pose: mirrored, sheared, not numbers.
    """
    require_numbers(matrices, where)
    linear = matrices[:, :3, :3]
    size: Array = np.cbrt(np.linalg.det(linear))
    _refuse(size <= 1e-9, where, "is mirrored, or of no size: give what it hangs on a scale above 0")
    turns = linear / size[:, None, None]
    _refuse(_skew(turns) > _SQUARE_WITHIN, where, "is scaled differently along its axes, or sheared: apply the scale")
    left, _, right = np.linalg.svd(turns)
    poses = np.tile(np.eye(4), (len(matrices), 1, 1))
    poses[:, :3, :3], poses[:, :3, 3] = left @ right, matrices[:, :3, 3]
    return poses


def turn_and_scale(linear: Array, where: str) -> tuple[Array, Array]:
    """Split [N, 3, 3] into turns [N, 3, 3] and scales along the axes that are turned [N, 3].

    Raises MediaError, naming the frame, for what is mirrored or sheared.
    """
    require_numbers(linear, where)
    _refuse(
        np.asarray(np.linalg.det(linear) <= 0),
        where,
        "is mirrored, or flat: its scale has to be above 0 along each axis",
    )
    scale = np.sqrt((linear * linear).sum(axis=1))
    turns = linear / scale[:, None]
    sheared = "is sheared: something it hangs on is turned and scaled differently along its axes; apply that scale"
    _refuse(_skew(turns) > _SQUARE_WITHIN, where, sheared)
    return turns, scale


def hidden_by_scale(matrices: Array, visible: NDArray[np.bool_]) -> tuple[Array, NDArray[np.bool_]]:
    """Take a scale of 0 [N, 4, 4] for hiding, as glTF does: return matrices that have one, and what is visible [N].

    Where it is hidden, the turn and scale are those of the last frame before (else the first after) in which it is not.
    """
    flat = ~(np.abs(matrices[:, :3, :3]).max(axis=(1, 2)) > _NO_SCALE)
    if not flat.any():
        return matrices, visible
    filled, seen = np.array(matrices), np.flatnonzero(~flat)
    nearest = np.clip(np.searchsorted(seen, np.flatnonzero(flat)) - 1, 0, None)
    filled[flat, :3, :3] = matrices[seen[nearest], :3, :3] if len(seen) else np.eye(3)
    return filled, visible & ~flat


def require_numbers(values: Array, where: str) -> None:
    """Raise MediaError, naming the frame, for values [N, ...] that are not numbers."""
    bad = np.asarray(~np.isfinite(values).reshape(len(values), -1).all(axis=1))
    _refuse(bad, where, "holds numbers that are none (NaN or infinite)")


def _skew(turns: Array) -> Array:
    products = (turns[:, :, :, None] * turns[:, :, None, :]).sum(axis=1)
    skew: Array = np.abs(products - np.eye(3)).max(axis=(1, 2), initial=0)
    return skew


def _refuse(bad: NDArray[np.bool_], where: str, what: str) -> None:
    if bad.any():
        raise MediaError(f"{where}: frame {int(np.flatnonzero(bad)[0])}: {what}, and export it again")
