"""What an author shows a segmentation model: clicks, or a mask, at the model's size."""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from r2s2r.geometry.transforms import Array
from r2s2r.spec.selection import SelectSpec

# What the prompt encoder calls them.
_OUTSIDE, _INSIDE, _UPPER_LEFT, _LOWER_RIGHT = 0, 1, 2, 3


@dataclass(frozen=True, eq=False)
class Clicks:
    """Points [N, 2] (x, y) in source pixels, pixel centres at +0.5, and what each says [N]: see ``clicks_of``."""

    points_px: Array
    labels: NDArray[np.int32]

    def as_inputs(self, *, height: int, width: int, side: int) -> dict[str, Tensor]:
        """Return them as the model takes them: for a square picture of ``side``, and pixel centres at whole numbers."""
        scaled = self.points_px * (side / np.array([width, height])) - 0.5
        return {
            "point_coords": torch.from_numpy(scaled.astype(np.float32))[None, None],
            "point_labels": torch.from_numpy(self.labels)[None, None],
        }


def clicks_of(spec: SelectSpec) -> Clicks:
    """Return a selection by box, by points, or by points that refine a box, as clicks; the box's corners come first."""
    points: list[tuple[float, float]] = []
    labels: list[int] = []
    if spec.box_px is not None:
        points, labels = [spec.box_px[:2], spec.box_px[2:]], [_UPPER_LEFT, _LOWER_RIGHT]
    if spec.points_px is not None:
        points += [*spec.points_px.inside, *spec.points_px.outside]
        labels += [_INSIDE] * len(spec.points_px.inside) + [_OUTSIDE] * len(spec.points_px.outside)
    assert points, "a selection by a box or points"
    return Clicks(np.array(points, float), np.array(labels, np.int32))


def mask_input(mask: NDArray[np.bool_], *, side: int) -> Tensor:
    """Return a mask [H, W] as the model takes it, [1, 1, side, side] of 0 and 1."""
    whole = torch.from_numpy(mask.astype(np.float32))[None, None]
    reduced = functional.interpolate(whole, size=(side, side), mode="bilinear", align_corners=False, antialias=True)
    return (reduced >= 0.5).float()


def mask_from_logits(logits: Tensor, *, height: int, width: int) -> NDArray[np.bool_]:
    """Return a model's logits [h, w] as a mask [height, width]: where they are above 0 at the picture's size."""
    whole = functional.interpolate(
        logits.float().cpu()[None, None], size=(height, width), mode="bilinear", align_corners=False
    )
    mask: NDArray[np.bool_] = (whole[0, 0] > 0).numpy()
    return mask
