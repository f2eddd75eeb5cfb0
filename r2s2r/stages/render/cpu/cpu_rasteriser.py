"""The rasteriser on the CPU."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from r2s2r.stages.render.cpu.buffers import Faces, Target, blank_scratch
from r2s2r.stages.render.cpu.hiding import TILE_PX, find_farthest, keep_unhidden
from r2s2r.stages.render.cpu.projection import project
from r2s2r.stages.render.cpu.visibility import draw_faces, draw_fronts
from r2s2r.stages.render.frustum import boxes_in_view
from r2s2r.stages.render.rasteriser import Raster, Visibility, blank_visibility
from r2s2r.stages.render.scene_mesh import SceneMesh
from r2s2r.stages.render.still import Still
from r2s2r.stages.render.view import View


class CpuRasteriser:
    """A ``Rasteriser`` by numba kernels; runs on one thread and releases the GIL. Owns its buffers, made once."""

    batch_frames = 1

    def __init__(self, mesh: SceneMesh, raster: Raster) -> None:
        height, width, side = raster.height, raster.width, raster.supersampling
        self._raster = raster
        # Samples at the pixels' centres, and those at more places if they are asked for.
        self._sides = (1,) if side == 1 else (1, side)
        self._seen = [np.zeros((height * side, width * side), np.uint64) for side in self._sides]
        self._tiles = np.zeros((-(-height // TILE_PX), -(-width // TILE_PX)), np.float32)
        self._order = np.zeros(len(mesh.faces) + 1, np.int32)
        self._scratch = blank_scratch(height * side)
        self._screen = np.zeros((len(mesh.vertices), 3))
        # What brought each entity's vertices to the screen; of none yet.
        self._pixel_from_entity = np.full((len(mesh.names), 3, 4), np.nan)
        self._near_m = np.nan

    def new_visibility(self) -> Visibility:
        """Return buffers for a frame."""
        return blank_visibility(self._raster)

    def draw(self, stills: Sequence[Still], into: Sequence[Visibility]) -> None:
        """Find what is seen, as ``Rasteriser`` says."""
        for still, seen in zip(stills, into, strict=True):
            self._draw(still)
            for drawn, faces in zip(self._seen, (seen.face_idx, seen.samples), strict=False):
                # The lower half of each, inverted; where nothing is, that makes -1.
                np.invert(drawn.astype("<u8", copy=False).view("<i4")[:, ::2], out=faces)

    def _draw(self, still: Still) -> None:
        mesh, view, order = still.mesh, still.view, self._order
        shown = _nearest_first(view, mesh)
        faces = self._projected(mesh, view, shown)
        targets = [_target(seen, view, side) for side, seen in zip(self._sides, self._seen, strict=True)]
        for target in targets:
            target.seen.fill(0)
        front, rest = draw_fronts(targets[0], faces, mesh.face_start, shown, order, self._scratch)
        for target in targets[1:]:
            draw_faces(target, faces, order, 0, front, self._scratch)
        self._tiles.fill(np.inf)
        for target, side in zip(targets, self._sides, strict=True):
            find_farthest(target.seen, side, self._tiles)
        rest = keep_unhidden(faces.screen, mesh.faces, self._tiles, order, rest)
        for target in targets:
            draw_faces(target, faces, order, rest, len(order), self._scratch)

    def _projected(self, mesh: SceneMesh, view: View, shown: NDArray[np.int64]) -> Faces:
        """Return the faces on the screen, where only what moved or bends is projected anew."""
        pixel_from_entity = view.pixel_from_entity
        if view.near_m != self._near_m:
            self._pixel_from_entity.fill(np.nan)
            self._near_m = view.near_m
        moved = (self._pixel_from_entity[shown] != pixel_from_entity[shown]).any(axis=(1, 2)) | mesh.bends[shown]
        new = shown[moved]
        project(mesh.vertices, self._screen, mesh.vertex_start, new, pixel_from_entity, view.near_m)
        self._pixel_from_entity[new] = pixel_from_entity[new]
        handed = np.linalg.det(pixel_from_entity[:, :, :3])
        return Faces(mesh.vertices, self._screen, mesh.faces, mesh.face_entity, pixel_from_entity, handed, view.near_m)


def _target(seen: NDArray[np.uint64], view: View, side: int) -> Target:
    active = view.active
    window = (active.x0 * side, active.y0 * side, active.x1 * side, active.y1 * side)
    return Target(seen, float(side), *map(float, window))


def _nearest_first(view: View, mesh: SceneMesh) -> NDArray[np.int64]:
    """Return the entities that may be seen.

    The nearest box comes first, which spares drawing what it hides; the picture is the same in any order.
    """
    seen, depth_m = boxes_in_view(view, mesh.bounds)
    nearest = np.argsort(depth_m.min(axis=1), kind="stable")
    shown: NDArray[np.int64] = nearest[seen[nearest]]
    return shown
