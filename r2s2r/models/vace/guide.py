"""What VACE is shown: frames to follow or to keep, and masks of what it is to make."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import torch
from torch import Tensor

from r2s2r.models.segment_loop import Pictures
from r2s2r.models.segments import Segments

ReadFrames: TypeAlias = Callable[[Sequence[int]], Pictures]
"""Numbers of frames of the shot, in any order, repeated or not -> those frames [n, H, W, 3] or [n, H, W] uint8."""


@dataclass(frozen=True, eq=False)
class Guide:
    """The control of a shot, read as it is needed.

    Attributes:
        frames: What is followed, or kept.
        masks: 255 where the model fills; None where it makes every pixel and only follows the frames.
    """

    frames: ReadFrames
    masks: ReadFrames | None


@dataclass(frozen=True, eq=False)
class Shown:
    """The guide of one segment.

    Attributes:
        video: [1, N, 3, H, W] float32, 0 to 1; one half where it says nothing.
        mask: [1, N, 1, H, W] float32: 1 where the model makes the pixel, 0 where it keeps it.
    """

    video: Tensor
    mask: Tensor


def shown(guide: Guide, segments: Segments, segment: int, last: Tensor | None) -> Shown:
    """Return what VACE is shown in one segment.

    Args:
        guide: The control.
        segments: How the shot is cut.
        segment: Which one.
        last: The last frames [1, 3, overlap, H, W], -1 to 1, of the segment before. They are kept, so that this one
            goes on from them.
    """
    sources = segments.sources(segment)
    video = torch.from_numpy(guide.frames(sources)).permute(0, 3, 1, 2).float().div_(255)
    mask = torch.ones_like(video[:, :1])
    if guide.masks is not None:
        mask = torch.from_numpy(guide.masks(sources))[:, None].ge(128).float()
        # Half of 255 is no whole number: in a file, what says nothing is a little too bright.
        video = torch.where(mask > 0, 0.5, video)
    if last is not None:
        video[: segments.overlap] = last[0].permute(1, 0, 2, 3).mul(0.5).add(0.5).clamp(0, 1)
        mask[: segments.overlap] = 0
    return Shown(video[None], mask[None])
