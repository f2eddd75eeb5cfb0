"""Frames of a clip with what is no entity in them."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from r2s2r.artifacts.footage import Footage
from r2s2r.artifacts.mask import Mask
from r2s2r.geometry.spread import evenly
from r2s2r.stages.lift.plates.covered import covered_frames


@dataclass(frozen=True, eq=False)
class Background:
    """A frame: its index among the stored ones, grey [H, W] uint8, and where no entity is, ``free`` [H, W] bool."""

    index: int
    grey: NDArray[np.uint8]
    free: NDArray[np.bool_]


def backgrounds(footage: Footage, masks: Mapping[str, Mask], only: Collection[int]) -> Iterator[Background]:
    """Yield some frames, in order, one at a time in memory. Where an entity was lost, nothing is known to be free."""
    shape = footage.facts.height, footage.facts.width
    covered = covered_frames(tuple(masks.values()), sorted(only), shape)
    for index, frame, hidden in zip(sorted(only), footage.frames(only), covered, strict=True):
        yield Background(index, np.asarray(cv2.cvtColor(frame, cv2.COLOR_RGB2GRAY), np.uint8), ~hidden)


def lost_frames(masks: Mapping[str, Mask]) -> frozenset[int]:
    """Return the stored frames in which some entity may be anywhere."""
    return frozenset(index for mask in masks.values() for index in mask.facts.lost)


def keyframes(count: int, most: int, *, always: int, without: Collection[int]) -> list[int]:
    """Return at most so many of ``count`` frames, evenly spread: first, last and ``always`` among them."""
    chosen = evenly([index for index in range(count) if index not in without], most)
    if always not in chosen and chosen:
        chosen[int(np.argmin(np.abs(np.array(chosen) - always)))] = always
    return sorted(set(chosen))
