"""A photograph of blocks on a real picture, and its clean plate."""

from functools import lru_cache
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray
from skimage import data

from r2s2r.geometry.camera import Camera, intrinsics_from_fov, source_world_from_camera
from r2s2r.geometry.transforms import Array
from tests.diffuse.blocks import Block, Still, painted

SOURCE_HEIGHT, SOURCE_WIDTH, FOV_DEG = 360, 640, 45.0
CAMERA_HEIGHT_M, PITCH_DEG = 1.2, -4.0
_FINE = 3  # the photograph is painted this many times as fine, then averaged
SOURCE_INTRINSICS = intrinsics_from_fov(FOV_DEG, height=SOURCE_HEIGHT, width=SOURCE_WIDTH)
WORLD_FROM_SOURCE = source_world_from_camera(CAMERA_HEIGHT_M, PITCH_DEG)
SOURCE = Camera(WORLD_FROM_SOURCE, SOURCE_INTRINSICS, SOURCE_HEIGHT, SOURCE_WIDTH)


class Taken(NamedTuple):
    """A photograph and its plate."""

    photograph: NDArray[np.uint8]
    plate: NDArray[np.uint8]
    replaced: NDArray[np.bool_]
    invented: NDArray[np.bool_]


@lru_cache(maxsize=4)
def photographed(*stills: Still) -> Taken:
    """Take the photograph (antialiased, with shadows) and its plate, cleaned a few pixels round the blocks."""
    blocks = {str(number): Block(*still) for number, still in enumerate(stills)}
    matrix = np.diag([_FINE, _FINE, 1.0]) @ SOURCE.intrinsics
    finer = Camera(SOURCE.world_from_camera, matrix, SOURCE_HEIGHT * _FINE, SOURCE_WIDTH * _FINE)
    ids, colours, _ = painted(blocks, finer, {name: block.home for name, block in blocks.items()})
    size = (SOURCE_WIDTH, SOURCE_HEIGHT)
    coverage = cv2.resize((ids > 0).astype(np.float32), size, interpolation=cv2.INTER_AREA)
    averaged = cv2.resize(colours, size, interpolation=cv2.INTER_AREA)
    clean = cv2.resize(data.coffee(), size, interpolation=cv2.INTER_AREA)
    shadowed = clean * _light(blocks)[..., None]
    photograph = np.rint(averaged + shadowed * (1 - coverage[..., None])).astype(np.uint8)
    replaced = cv2.dilate((coverage > 0).astype(np.uint8), np.ones((13, 13), np.uint8)).astype(bool)
    return Taken(photograph, np.where(replaced[..., None], clean, photograph), replaced, coverage > 0.5)


def _light(blocks: dict[str, Block]) -> Array:
    """Return how light [H, W] the ground is, close round the blocks."""
    columns, rows = np.meshgrid(np.arange(SOURCE.width) + 0.5, np.arange(SOURCE.height) + 0.5)
    rays = SOURCE.rays(np.stack([columns, rows], axis=-1))
    down = np.where(rays[..., 1] < 0, -SOURCE.position_m[1] / np.minimum(rays[..., 1], -1e-9), np.inf)
    light = np.ones(down.shape)
    for block in blocks.values():
        with np.errstate(invalid="ignore"):
            away = [np.abs(down * rays[..., axis] - block.home_m[axis]) - block.size_m[axis] / 2 for axis in (0, 2)]
        light *= 1 - 0.5 * np.exp(-np.maximum(0, np.nan_to_num(np.maximum(*away), nan=9.0, posinf=9.0)) / 0.05)
    return light
