"""Animations of a glTF file (specification, section 3.11 and appendix C)."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from r2s2r.errors import MediaError
from r2s2r.geometry.transforms import Array
from r2s2r.media.assets.gltf.arrays import Arrays
from r2s2r.media.assets.gltf.document import Animation, Channel
from r2s2r.media.assets.gltf.nodes import composed

_WIDTHS = {"translation": 3, "rotation": 4, "scale": 3}


@dataclass(frozen=True, eq=False)
class Track:
    """Keys of one property of one node.

    Attributes:
        times_s: [N], rising.
        values: [N, width]; of a cubic spline [N, 3, width]: in-tangent, value, out-tangent.
        interpolation: ``LINEAR``, ``STEP`` or ``CUBICSPLINE``.
        turns: Whether the values are quaternions, xyzw.
    """

    times_s: Array
    values: Array
    interpolation: str
    turns: bool

    def at(self, time_s: float) -> Array:
        """Return the value at a time; before the first key and after the last it holds."""
        cubic = self.interpolation == "CUBICSPLINE"
        values = self.values[:, 1] if cubic else self.values
        last = len(self.times_s) - 1
        before = int(np.searchsorted(self.times_s, time_s, side="right")) - 1
        if before < 0 or before >= last:
            return np.array(values[min(max(before, 0), last)])
        span = self.times_s[before + 1] - self.times_s[before]
        share = (time_s - self.times_s[before]) / span
        if self.interpolation == "STEP":
            return np.array(values[before])
        if cubic:
            return _hermite(self.values[before], self.values[before + 1], share=share, span=span)
        one, other = values[before], values[before + 1]
        return _slerp(one, other, share) if self.turns else one + share * (other - one)


@dataclass(frozen=True, eq=False)
class Tracks:
    """One animation: node -> property -> track.

    Attributes:
        name: As written, else ``animation 0`` for the first.
        start_s: Of its first key.
        end_s: Of its last.
        by_node: The tracks.
    """

    name: str
    start_s: float
    end_s: float
    by_node: Mapping[int, Mapping[str, Track]]

    def locals(self, arrays: Arrays, time_s: float) -> dict[int, Array]:
        """Return parent_from_node [4, 4] at a time, of each node that is moved."""
        moved = {}
        for number, tracks in self.by_node.items():
            if tracks.keys() & _WIDTHS.keys():
                node = arrays.container.document.nodes[number]
                rest = {"translation": node.translation, "rotation": node.rotation, "scale": node.scale}
                now = {name: tracks[name].at(time_s) if name in tracks else np.array(rest[name]) for name in rest}
                moved[number] = composed(now["translation"], now["rotation"], now["scale"])
        return moved

    def weights(self, number: int, time_s: float) -> Array | None:
        """Return the weights of a node's morph targets at a time; None where they stay."""
        track = self.by_node.get(number, {}).get("weights")
        return None if track is None else track.at(time_s)


def all_tracks(arrays: Arrays) -> tuple[Tracks, ...]:
    """Read all animations that move something. Raises MediaError for keys that make no sense."""
    document = arrays.container.document
    read = [_tracks(arrays, animation, number) for number, animation in enumerate(document.animations)]
    return tuple(tracks for tracks in read if tracks.by_node)


def _tracks(arrays: Arrays, animation: Animation, number: int) -> Tracks:
    by_node: dict[int, dict[str, Track]] = {}
    for channel in animation.channels:
        if channel.target.node is not None and channel.target.path in (*_WIDTHS, "weights"):
            by_node.setdefault(channel.target.node, {})[channel.target.path] = _track(arrays, animation, channel)
    every = [track for tracks in by_node.values() for track in tracks.values()]
    start_s = min((float(track.times_s[0]) for track in every), default=0.0)
    end_s = max((float(track.times_s[-1]) for track in every), default=0.0)
    return Tracks(animation.name or f"animation {number}", start_s, end_s, by_node)


def _track(arrays: Arrays, animation: Animation, channel: Channel) -> Track:
    document, path = arrays.container.document, channel.target.path
    name = f"animation {animation.name or document.animations.index(animation)!r}"
    if channel.target.node is None or channel.target.node >= len(document.nodes):
        raise _damaged(arrays, f"{name} moves a node that is not there")
    sampler = animation.samplers[channel.sampler]
    times_s = arrays.numbers(sampler.input)[:, 0]
    values = arrays.numbers(sampler.output)
    if not len(times_s) or not (np.diff(times_s) > 0).all():
        raise _damaged(arrays, f"{name} has keys that are not in order")
    if not np.isfinite(times_s).all() or not np.isfinite(values).all():
        raise _damaged(arrays, f"{name} has keys that are not numbers")
    cubic = sampler.interpolation == "CUBICSPLINE"
    width = _WIDTHS.get(path) or _morph_targets(arrays, channel.target.node)
    shape = (len(times_s), 3, width) if cubic else (len(times_s), width)
    if values.size != np.prod(shape):
        raise _damaged(arrays, f"{name} has {values.size:,} values for {len(times_s):,} keys")
    return Track(times_s, values.reshape(shape), sampler.interpolation, path == "rotation")


def _morph_targets(arrays: Arrays, number: int) -> int:
    document = arrays.container.document
    mesh = document.nodes[number].mesh
    primitives = () if mesh is None else document.meshes[mesh].primitives
    return max((len(primitive.targets) for primitive in primitives), default=0)


def _hermite(one: Array, other: Array, *, share: float, span: float) -> Array:
    """Return the cubic spline's value (appendix C.5); ``one`` and ``other`` are [3, width]."""
    t, t2, t3 = share, share**2, share**3
    value: Array = (
        (2 * t3 - 3 * t2 + 1) * one[1]
        + (t3 - 2 * t2 + t) * span * one[2]
        + (3 * t2 - 2 * t3) * other[1]
        + (t3 - t2) * span * other[0]
    )
    return value


def _slerp(one: Array, other: Array, share: float) -> Array:
    """Return the quaternion on the shorter way between two (appendix C.4)."""
    cosine = float(one @ other)
    other, cosine = (-other, -cosine) if cosine < 0 else (other, cosine)
    if cosine > 0.9995:
        return one + share * (other - one)
    angle = np.arccos(min(cosine, 1.0))
    value: Array = (np.sin((1 - share) * angle) * one + np.sin(share * angle) * other) / np.sin(angle)
    return value


def _damaged(arrays: Arrays, what: str) -> MediaError:
    return MediaError(f"{arrays.container.path}: the file is damaged ({what}); export it again")
