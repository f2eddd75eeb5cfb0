"""The form in which a segmentation model wants pictures: square, and normalised as in its training.

transformers' own processors need torchvision, which r2s2r does without. Their order is kept: reduce the bytes first,
with an anti-aliased bilinear filter, then normalise.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor

from r2s2r.errors import InputError

_FILES = ("video_preprocessor_config.json", "preprocessor_config.json", "processor_config.json")
_PARTS = ("video_processor", "image_processor")

Colour = tuple[float, float, float]


@dataclass(frozen=True)
class Form:
    """How a picture becomes a model's input.

    Attributes:
        side: Rows and columns of the input; a picture is stretched to them.
        mean: Of each channel, 0..1; is subtracted.
        deviation: Of each channel; is divided by.
    """

    side: int
    mean: Colour
    deviation: Colour

    def reduced(self, frame: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """Return a frame [H, W, 3] at the model's size, [side, side, 3]."""
        picture = Image.fromarray(np.ascontiguousarray(frame))
        return np.asarray(picture.resize((self.side, self.side), Image.Resampling.BILINEAR))

    def pixels(self, reduced: NDArray[np.uint8], *, device: torch.device, dtype: torch.dtype) -> Tensor:
        """Return a reduced picture [side, side, 3] as a model takes it, [3, side, side]."""
        mean, deviation = np.array(self.mean, np.float32), np.array(self.deviation, np.float32)
        normalised = (reduced.astype(np.float32) / 255 - mean) / deviation
        return torch.from_numpy(np.ascontiguousarray(normalised.transpose(2, 0, 1))).to(device, dtype)


def read_form(folder: Path, *, side: int, mean: Colour, deviation: Colour) -> Form:
    """Return the form that a model's folder asks for.

    Args:
        folder: Of the weights; what a preprocessor's file there says goes before what is published.
        side: The model's own: its tables of positions are made for it.
        mean: As published.
        deviation: As published.

    Raises:
        InputError: If such a file cannot be read, or asks for another size than the model has.
    """
    for file in (folder / name for name in _FILES):
        said = _read(file) if file.is_file() else {}
        for part in (said, *(said.get(name) for name in _PARTS)):
            if isinstance(part, dict) and "image_mean" in part:
                _check_side(file, part.get("size"), side)
                deviation = _colour(file, part, "image_std")
                if min(deviation) <= 0:
                    raise InputError(f"{file}: image_std must be above 0, not {deviation}")
                return Form(side, _colour(file, part, "image_mean"), deviation)
    return Form(side, mean, deviation)


def _read(file: Path) -> dict[str, Any]:
    try:
        said = json.loads(file.read_bytes())
    except (OSError, ValueError, RecursionError) as error:
        raise InputError(f"{file}: cannot be read as JSON ({error})") from error
    if not isinstance(said, dict):
        raise InputError(f"{file}: is no JSON object")
    return said


def _check_side(file: Path, size: object, side: int) -> None:
    sides = [size.get("height"), size.get("width")] if isinstance(size, dict) else [size]
    if any(isinstance(one, int) and one != side for one in sides):
        raise InputError(f"{file}: asks for pictures of {size}, but the model beside it takes {side} x {side}")


def _colour(file: Path, said: Mapping[str, Any], key: str) -> Colour:
    match said.get(key):
        case [int() | float() as red, int() | float() as green, int() | float() as blue]:
            return float(red), float(green), float(blue)
        case other:
            raise InputError(f"{file}: {key} must be three numbers, not {other!r}")
