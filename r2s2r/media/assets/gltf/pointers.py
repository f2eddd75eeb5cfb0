"""``KHR_animation_pointer``: animated properties other than those of nodes, by their place in the JSON."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from r2s2r.errors import MediaError
from r2s2r.geometry.transforms import Array
from r2s2r.media.assets.gltf.arrays import Arrays
from r2s2r.media.assets.gltf.tracks import Track


@dataclass(frozen=True, eq=False)
class Pointers:
    """Place in the JSON -> its track; where several animations move one, the first does."""

    tracks: Mapping[str, Track]

    def at(self, pointer: str, time_s: float) -> Array | None:
        """Return the value at a time; None of what stays."""
        track = self.tracks.get(pointer)
        return None if track is None else track.at(time_s)


def pointers(arrays: Arrays) -> Pointers:
    """Read the tracks of all animations that are of this kind. Raises MediaError for keys that make no sense."""
    found: dict[str, Track] = {}
    for animation in arrays.container.document.animations:
        for channel in animation.channels:
            pointed = channel.target.extensions.pointer
            if channel.target.path == "pointer" and pointed is not None and pointed.pointer not in found:
                sampler = animation.samplers[channel.sampler]
                times_s, values = arrays.numbers(sampler.input)[:, 0], arrays.numbers(sampler.output)
                found[pointed.pointer] = _track(arrays, times_s, values, sampler.interpolation)
    return Pointers(found)


def _track(arrays: Arrays, times_s: Array, values: Array, interpolation: str) -> Track:
    cubic = interpolation == "CUBICSPLINE"
    in_order = len(times_s) and np.isfinite(times_s).all() and (np.diff(times_s) > 0).all()
    if not in_order or not np.isfinite(values).all() or values.size % (len(times_s) * (3 if cubic else 1)):
        raise MediaError(f"{arrays.container.path}: the file is damaged (keys out of order, or not numbers); export it "
                         "again")  # fmt: skip
    shape = (len(times_s), 3, -1) if cubic else (len(times_s), -1)
    return Track(times_s, values.reshape(shape), interpolation, turns=False)
