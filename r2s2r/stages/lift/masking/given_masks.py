"""Masks that an author gives: a picture, a clip of masks, or a folder of pictures named by the frames' numbers."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from r2s2r.artifacts.footage import Footage
from r2s2r.errors import InputError, MediaError
from r2s2r.media.clip import Clip, read_clip
from r2s2r.media.images import read_mask
from r2s2r.media.numbered import PICTURES, number_of
from r2s2r.media.still_clip import is_still

_FIELD = "select.mask"
_MAX_ASPECT_ERROR = 0.01
# Rates that differ by less are one rate, written differently (24 and 23.976): frames then go by their numbers.
_SAME_RATE = 0.005


class GivenMasks(Protocol):
    """What an author has drawn. A seam, because pictures can be opened in any order and the frames of a clip cannot."""

    @property
    def what(self) -> str:
        """The file or folder, for messages."""

    @property
    def indices(self) -> tuple[int, ...]:
        """The stored frames that there is a mask for, in order."""

    def masks(self, only: frozenset[int]) -> Iterator[tuple[int, NDArray[np.bool_]]]:
        """Yield index and mask [H, W] of those of ``indices`` that are wanted, in order; one is in memory at a time."""


def read_given_masks(files: Mapping[str, Path], footage: Footage) -> GivenMasks:
    """Open what a selection by ``mask`` names: ``mask``, a picture or clip, or ``mask/<name>``, pictures of a folder.

    Raises InputError or MediaError when there is none for the reference frame, or for a file that cannot be read.
    """
    single = files.get("mask")
    if single is None:
        pictures = [path for role, path in sorted(files.items()) if role.startswith("mask/")]
        assert pictures, "a selection by mask comes with its files"
        given: GivenMasks = _Pictures(str(pictures[0].parent), _by_index(pictures, footage), footage)
    elif single.suffix.lower() in PICTURES or is_still(single):
        return _Pictures(str(single), {footage.facts.reference: single}, footage)
    else:
        given = _Film(single, footage)
    reference = footage.facts.reference
    if reference not in given.indices:
        number = footage.facts.clip_frames[reference]
        message = f"{given.what}: has no mask for the reference frame, {number}; add it, or choose another source.frame"
        raise InputError(message, field=_FIELD)
    return given


@dataclass(frozen=True, eq=False)
class _Pictures:
    what: str
    files: Mapping[int, Path]
    footage: Footage

    @property
    def indices(self) -> tuple[int, ...]:
        return tuple(sorted(self.files))

    def masks(self, only: frozenset[int]) -> Iterator[tuple[int, NDArray[np.bool_]]]:
        for index in sorted(only & self.files.keys()):
            yield index, _read(self.files[index], self.footage)


@dataclass(frozen=True, eq=False)
class _Film:
    path: Path
    footage: Footage

    @property
    def what(self) -> str:
        return str(self.path)

    @cached_property
    def _clip(self) -> Clip:
        try:
            return read_clip(self.path)
        except MediaError as error:
            raise MediaError(error.message, field=_FIELD) from error

    @cached_property
    def _numbers(self) -> Mapping[int, int]:
        """Stored frame -> number of its mask."""
        facts, timeline = self.footage.facts, self._clip.timeline
        count = len(timeline.times_s)
        if abs(float(timeline.rate / self.footage.fps) - 1) < _SAME_RATE:
            return {index: number for index, number in enumerate(facts.clip_frames) if number < count}
        # At another rate, the mask shown at a frame's time is its own.
        shown = np.searchsorted(np.array(timeline.times_s), np.array(facts.times_s) + 1e-6, side="right") - 1
        ends_s = timeline.times_s[-1] + 1 / float(timeline.rate)
        return {index: int(number) for index, number in enumerate(shown) if facts.times_s[index] < ends_s}

    @property
    def indices(self) -> tuple[int, ...]:
        return tuple(self._numbers)

    def masks(self, only: frozenset[int]) -> Iterator[tuple[int, NDArray[np.bool_]]]:
        wanted = {index: number for index, number in self._numbers.items() if index in only}
        if not wanted:
            return
        numbers = wanted.values()
        pictures = enumerate(self._clip.pictures(min(numbers), max(numbers)), start=min(numbers))
        shown, picture = next(pictures)
        for index, number in wanted.items():
            while shown < number:
                shown, picture = next(pictures)
            yield index, _fitted(picture.mean(axis=2) >= 127.5, self.path, self.footage)


def _by_index(pictures: Sequence[Path], footage: Footage) -> dict[int, Path]:
    """Return stored frame -> picture; those of frames that are not stored are left out."""
    index_of = {number: index for index, number in enumerate(footage.facts.clip_frames)}
    numbers = {number_of(path): path for path in pictures}
    return {index_of[number]: path for number, path in numbers.items() if number in index_of}


def _read(path: Path, footage: Footage) -> NDArray[np.bool_]:
    try:
        return _fitted(read_mask(path), path, footage)
    except MediaError as error:
        raise MediaError(error.message, field=_FIELD) from error


def _fitted(mask: NDArray[np.bool_], path: Path, footage: Footage) -> NDArray[np.bool_]:
    return fitted_mask(mask, path, height=footage.facts.height, width=footage.facts.width, field=_FIELD)


def fitted_mask(mask: NDArray[np.bool_], path: Path, *, height: int, width: int, field: str) -> NDArray[np.bool_]:
    """Return a mask of a file, of any size but the frame's shape, at the frame's size [H, W]; else MediaError."""
    rows, columns = mask.shape
    if abs(columns / rows * height / width - 1) > _MAX_ASPECT_ERROR:
        raise MediaError(
            f"{path}: is {columns} x {rows} pixels, another shape than the footage's {width} x {height}; give a mask "
            "of the whole frame",
            field=field,
        )
    resized = cv2.resize(mask.astype(np.uint8), (width, height), interpolation=cv2.INTER_NEAREST_EXACT)
    return np.asarray(resized) > 0
