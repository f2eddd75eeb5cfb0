"""What the camera does to the background: how fast it passes, and how much of it no one ever photographed."""

from collections.abc import Iterator

import numpy as np

from r2s2r.stages.edit.lint.speed import FASTEST_SHARE
from r2s2r.stages.edit.lint.staged import Staged
from r2s2r.stages.edit.lint.told import at_frames

# Of the picture: what is filled in carries no more.
_MOST_UNSEEN = 0.4
# Larger than this on the whole, the reference frame's pixels are seen one by one.
_MOST_ENLARGED = 4.0


def background(staged: Staged) -> Iterator[str]:
    """Yield sentences about moves that are too fast, or beyond what the plate can carry."""
    yield from _speed(staged)
    yield from _reach(staged)
    yield from _closeness(staged)


def _speed(staged: Staged) -> Iterator[str]:
    moved = staged.background.moved
    fast = moved > FASTEST_SHARE
    if fast.any():
        worst = int(np.argmax(moved))
        yield (
            f"the camera is too fast for {float(staged.animation.fps):g} fps {at_frames(fast)}: the background moves "
            f"by {moved[worst]:.0%} of the picture's width from frame {worst - 1} to {worst}, and over "
            f"{FASTEST_SHARE:.0%} is seen as jumps"
        )


def _reach(staged: Staged) -> Iterator[str]:
    unseen = staged.background.unseen
    beyond = unseen > _MOST_UNSEEN
    if beyond.any():
        worst = int(np.argmax(unseen))
        yield (
            f"the camera goes beyond what the clip shows {at_frames(beyond)}: at frame {worst}, {unseen[worst]:.0%} of "
            "the background were outside the reference frame and have to be made up; move or turn the camera less"
        )


def _closeness(staged: Staged) -> Iterator[str]:
    enlarged = staged.background.enlarged
    beyond = enlarged > _MOST_ENLARGED
    if beyond.any():
        worst = int(np.argmax(enlarged))
        yield (
            f"the camera goes too close for the clip's pixels {at_frames(beyond)}: at frame {worst} the background is "
            f"drawn at {enlarged[worst]:.1f} times their size; stay farther off or zoom less"
        )
