"""The frames of a glTF file, which holds keys at seconds and knows no frames."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from r2s2r.errors import MediaError
from r2s2r.geometry.transforms import Array
from r2s2r.media.animations.recorded import MOST_MOMENTS
from r2s2r.media.assets.gltf.container import Container
from r2s2r.media.assets.gltf.pointers import Pointers
from r2s2r.media.assets.gltf.tracks import Tracks
from r2s2r.media.gltf_names import FPS, own_extras

# Rates that keys of one a frame are told to be of, when a file does not say.
_USUAL = tuple(Fraction(rate) for rate in ("8", "10", "12", "15", "16", "24000/1001", "24", "25", "30000/1001", "30",
                                           "48", "50", "60000/1001", "60", "90", "100", "120", "240"))  # fmt: skip
_NEAR_S = 1e-4
# What we write of it: 16/1, 24000/1001.
_OUR_RATE = re.compile(r"([1-9][0-9]{0,5})(?:/([1-9][0-9]{0,5}))?")


@dataclass(frozen=True, eq=False)
class Moments:
    """The file's times [N], in seconds, and how many of them pass in one."""

    times_s: Array
    fps: Fraction


def moments_of(container: Container, tracks: Sequence[Tracks], pointers: Pointers) -> Moments:
    """Return the frames from the first key to the last: at the rate we wrote, else at the one that all keys lie on."""
    every = [track.times_s for one in tracks for by_path in one.by_node.values() for track in by_path.values()]
    every += [track.times_s for track in pointers.tracks.values()]
    keys = np.unique(np.concatenate([*every, np.empty(0)]))
    if len(keys) < 2:
        return Moments(keys if len(keys) else np.zeros(1), Fraction(24))
    fps = _rate(container, keys) if np.isfinite(keys).all() else Fraction(1)
    count = (keys[-1] - keys[0]) * float(fps) + 1
    if not count <= MOST_MOMENTS:
        raise MediaError(f"{container.path}: lasts {keys[-1] - keys[0]:g} s; export at most {MOST_MOMENTS:,} frames")
    return Moments(keys[0] + np.arange(round(count)) / float(fps), fps)


def _rate(container: Container, keys: Array) -> Fraction:
    written = own_extras(container.document.extras).get(FPS)
    if isinstance(written, str) and (said := _OUR_RATE.fullmatch(written)):
        return Fraction(int(said[1]), int(said[2] or 1))
    since = keys - keys[0]
    for rate in _USUAL:
        frames = since * float(rate)
        if (np.abs(frames - np.round(frames)) < _NEAR_S * float(rate)).all():
            return rate
    return Fraction(1 / float(np.diff(keys).min())).limit_denominator(1001)
