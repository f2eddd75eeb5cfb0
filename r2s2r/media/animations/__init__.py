"""Animations that other programs made or changed: cameras and objects over time, from USD and glTF files."""

from collections.abc import Mapping
from pathlib import Path
from typing import assert_never

from r2s2r.media.animations.files import animation_format, files_beside
from r2s2r.media.animations.recorded import RecordedAnimation, RecordedObject

__all__ = ["RecordedAnimation", "RecordedObject", "read_animation"]


def read_animation(path: Path, files: Mapping[str, Path] | None = None) -> RecordedAnimation:
    """Read the cameras and the objects of a file, in our world: +Y up, metres.

    Args:
        path: ``.usd``, ``.usda``, ``.usdc``, ``.usdz``, ``.gltf`` or ``.glb``.
        files: Name -> path of each layer or buffer that it refers to, see ``animation_files``: nothing else is read.
            None for those that lie in its own folder, or below.

    Raises:
        MediaError: It is of another kind, damaged, holds a pose that is none, or needs what is not listed.
    """
    listed = files_beside(path) if files is None else files
    match animation_format(path):
        case "gltf":
            from r2s2r.media.animations.gltf import read_gltf_animation

            return read_gltf_animation(path, listed)
        case "usd":
            from r2s2r.media.animations.usd import read_usd_animation

            return read_usd_animation(path, listed)
        case other:
            assert_never(other)
