"""Sightings: where points of a thing were seen in the frames it was followed through, and what all of them tell."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from r2s2r.geometry.transforms import Array, inverse
from r2s2r.stages.lift.motions.bundle import Bundle, adjusted
from r2s2r.stages.lift.motions.pose import refined

# As many frames are corrected together; those between them then follow the corrected points.
_KEYFRAMES = 60
# A point that is seen in fewer of them does not tell where it is.
_OFTEN = 3
# A frame is corrected by at least so many points.
_FEWEST = 10


@dataclass(frozen=True, eq=False)
class Sighting:
    """One frame: the pose found there [4, 4], and points [N, 3] of the thing with where they were seen [N, 2]."""

    camera_from_thing: Array
    points_m: Array
    pixels: Array


def corrected(sightings: Mapping[int, Sighting], reference: int, intrinsics: Array) -> dict[int, Array]:
    """Return the poses [4, 4] of all frames, corrected together; that of the reference frame stays.

    A point is known by its place: it keeps that while it is followed.
    """
    keyframes = _keyframes(sorted(sightings), reference)
    known, bundle = _bundle([sightings[frame] for frame in keyframes], keyframes.index(reference))
    if len(keyframes) < _OFTEN or len(known) < _FEWEST:
        return {frame: sighting.camera_from_thing for frame, sighting in sightings.items()}
    better = adjusted(bundle, intrinsics)
    poses = dict(zip(keyframes, better.camera_from_thing, strict=True))
    places = {point.tobytes(): row for row, point in enumerate(known)}
    for frame in sorted(set(sightings) - set(keyframes)):
        nearest = keyframes[int(np.argmin(np.abs(np.array(keyframes) - frame)))]
        change = inverse(sightings[nearest].camera_from_thing) @ poses[nearest]
        guess: Array = sightings[frame].camera_from_thing @ change
        poses[frame] = _again(guess, sightings[frame], places, better.points_m, intrinsics)
    return poses


def _again(guess: Array, sighting: Sighting, places: Mapping[bytes, int], points_m: Array, intrinsics: Array) -> Array:
    """Return the pose in which corrected points are seen where they were."""
    rows = np.array([places.get(point.tobytes(), -1) for point in sighting.points_m], np.int64)
    seen = rows >= 0
    if seen.sum() < _FEWEST:
        return guess
    found = refined(guess, points_m[rows[seen]], sighting.pixels[seen], intrinsics, np.ones(seen.sum(), bool))
    return guess if found is None else found.camera_from_thing


def _keyframes(frames: list[int], reference: int) -> list[int]:
    """Return the reference frame and others, evenly spread."""
    chosen = np.linspace(0, len(frames) - 1, min(_KEYFRAMES, len(frames))).round().astype(int)
    return sorted({reference, *(frames[i] for i in chosen)})


def _bundle(sightings: list[Sighting], fixed: int) -> tuple[Array, Bundle]:
    """Return the points [M, 3] that are seen often enough, and what is known of them."""
    points_m = np.concatenate([sighting.points_m for sighting in sightings])
    frame = np.repeat(np.arange(len(sightings)), [len(sighting.points_m) for sighting in sightings])
    pixels = np.concatenate([sighting.pixels for sighting in sightings])
    known, point, count = np.unique(points_m, axis=0, return_inverse=True, return_counts=True)
    often: NDArray[np.bool_] = count >= _OFTEN
    kept, row = often[point.ravel()], np.cumsum(often) - 1
    poses = np.stack([sighting.camera_from_thing for sighting in sightings])
    bundle = Bundle(poses, known[often], frame[kept], row[point.ravel()[kept]], pixels[kept], fixed)
    return known[often], bundle
