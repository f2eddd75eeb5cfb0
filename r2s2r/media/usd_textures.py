"""USD textures: pictures beside the layers, each drawn once however many entities show it."""

import shutil
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from r2s2r.media.images import write_rgb

FOLDER = "textures"


class Textures:
    """The pictures of a shot's entities."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._written: dict[tuple[tuple[int, ...], bytes], Path] = {}

    def write(self, name: str, texture: NDArray[np.uint8]) -> str:
        """Write a texture [H, W, 3] as PNG and return its path within the folder; equal ones are copied.

        Coding one takes most of the time that writing a shot takes.
        """
        picture = f"{FOLDER}/{name}.png"
        path, known = self._folder / picture, (texture.shape, texture.tobytes())
        path.parent.mkdir(exist_ok=True)
        if known in self._written:
            shutil.copyfile(self._written[known], path)
        else:
            write_rgb(path, texture)
            self._written[known] = path
        return picture
