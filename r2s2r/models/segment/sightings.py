"""What a model sees in a picture that a text describes."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

Box = tuple[float, float, float, float]


@dataclass(frozen=True, eq=False)
class Sighting:
    """One thing in a picture that may be what a text means.

    Attributes:
        score: How well it fits the text, 0..1.
        box: ``x0, y0, x1, y1`` round it, as shares of the picture's width and height.
        logits: [h, w], float32, on the CPU; above 0 where it is.
    """

    score: float
    box: Box
    logits: Tensor

    def box_px(self, *, height: int, width: int) -> tuple[int, int, int, int]:
        """Return the box in whole pixels of a picture."""
        x0, y0, x1, y1 = self.box
        return round(x0 * width), round(y0 * height), round(x1 * width), round(y1 * height)


def distinct(sightings: Sequence[Sighting], *, max_overlap: float) -> list[Sighting]:
    """Return the sightings from the best down, without those that show a better one once more.

    Args:
        sightings: Of one picture.
        max_overlap: Two masks with a larger intersection over union than this show the same thing.
    """
    kept: list[Sighting] = []
    for one in sorted(sightings, key=lambda sighting: -sighting.score):
        if all(_overlap(one.logits, other.logits) <= max_overlap for other in kept):
            kept.append(one)
    return kept


def _overlap(one: Tensor, other: Tensor) -> float:
    inside, beside = one > 0, other > 0
    union = torch.count_nonzero(inside | beside).item()
    return torch.count_nonzero(inside & beside).item() / max(union, 1)
