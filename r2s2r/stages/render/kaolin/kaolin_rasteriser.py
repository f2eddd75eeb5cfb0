"""The rasteriser on a GPU."""

import logging
from collections.abc import Sequence
from functools import cached_property

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from r2s2r.errors import StageError
from r2s2r.stages.render.kaolin.face_finder import FaceFinder
from r2s2r.stages.render.kaolin.projection import clipped, on_screen, without_slivers
from r2s2r.stages.render.kaolin.shown import Shown
from r2s2r.stages.render.rasteriser import Raster, Visibility
from r2s2r.stages.render.scene_mesh import SceneMesh
from r2s2r.stages.render.still import Still

logger = logging.getLogger(__name__)

# Kaolin's kernel counts corners' coordinates (6 a face) and weights (3 a sample) of all frames in 32 bits.
_MOST_NUMBERS = 2**31 - 1


class KaolinRasteriser:
    """A ``Rasteriser`` on a GPU. The mesh goes there once, each batch of frames as matrices; indices come back.

    Nothing waits for the GPU until a batch's last copy is under way. Where the GPU's memory does not hold a batch, half
    of it is drawn at a time from then on, which changes no pixel.

    Not run on a GPU when it was written: tests run all of it on the CPU with a stand-in for Kaolin's function.
    """

    def __init__(
        self, mesh: SceneMesh, raster: Raster, *, finder: FaceFinder, device: torch.device, batch_frames: int
    ) -> None:
        self._mesh, self._raster, self._finder, self._device = mesh, raster, finder, device
        self._resting = mesh.vertices.copy()  # what is on the GPU; a mesh may be bent in place
        self._own_vertices = [slice(*mesh.vertex_start[i : i + 2]) for i in range(len(mesh.names))]
        self._own_faces = [slice(*mesh.face_start[i : i + 2]) for i in range(len(mesh.names))]
        samples = raster.height * raster.width * raster.supersampling**2
        self._batch_frames = max(1, min(batch_frames, _MOST_NUMBERS // max(6 * 2 * len(mesh.faces), 3 * samples)))
        self._fitting = self._batch_frames

    @cached_property
    def _vertices(self) -> list[Tensor]:
        """Each entity's vertices [V, 3]; sent with the first batch, so that a lack of memory is met there."""
        return [self._sent(self._resting[own].astype(np.float64)) for own in self._own_vertices]

    @cached_property
    def _faces(self) -> list[Tensor]:
        """Each entity's faces [F, 3], indices into its own vertices."""
        return [
            self._sent(self._mesh.faces[faces].astype(np.int64) - vertices.start)
            for faces, vertices in zip(self._own_faces, self._own_vertices, strict=True)
        ]

    @property
    def batch_frames(self) -> int:
        """Most frames that ``draw`` takes at once."""
        return self._batch_frames

    def new_visibility(self) -> Visibility:
        """Return buffers for a frame, in memory that the GPU writes by itself."""
        height, width, side = self._raster.height, self._raster.width, self._raster.supersampling
        face_idx = self._buffer(height, width)
        return Visibility(face_idx, face_idx if side == 1 else self._buffer(height * side, width * side))

    def draw(self, stills: Sequence[Still], into: Sequence[Visibility]) -> None:
        """Find what is seen, as ``Rasteriser`` says. Raises StageError where the GPU does not hold a single frame."""
        done = 0
        while done < len(stills):
            some = slice(done, done + self._fitting)
            if self._fits(stills[some], into[some]):
                done += len(stills[some])
            else:
                self._halve(stills[some])
        if self._device.type == "cuda":
            arrived = torch.cuda.Event()  # type: ignore[no-untyped-call]
            arrived.record()
            arrived.synchronize()

    def _fits(self, stills: Sequence[Still], into: Sequence[Visibility]) -> bool:
        """Draw, unless memory runs out. What was allocated is free again only when the error is gone: so no raise."""
        try:
            with torch.no_grad():
                self._draw(stills, into)
        except RuntimeError as error:
            if not _is_lack_of_memory(error):
                raise
            return False
        return True

    def _halve(self, stills: Sequence[Still]) -> None:
        torch.cuda.empty_cache()
        if len(stills) == 1:
            height, width, side = self._raster.height, self._raster.width, self._raster.supersampling
            raise StageError(
                f"frame {stills[0].frame}: the GPU's memory does not hold it ({len(self._mesh.faces)} faces, "
                f"{width}x{height} pixels, {side}x{side} samples each); end what else uses the GPU, simplify the "
                "meshes (`lift: {max_faces: ...}`), or draw on the CPU: `render: {backend: cpu}`"
            )
        self._fitting = len(stills) // 2
        logger.warning(
            "the GPU's memory does not hold %d frames at once: going on with %d, which changes no pixel; "
            "`render: {kaolin: {batch_frames: %d}}` begins there",
            len(stills),
            self._fitting,
            self._fitting,
        )

    def _draw(self, stills: Sequence[Still], into: Sequence[Visibility]) -> None:
        corners, original = self._faces_of(stills)
        raster = self._raster
        grids = [(1, [seen.face_idx for seen in into])]
        if raster.supersampling > 1:
            grids.append((raster.supersampling, [seen.samples for seen in into]))
        for side, buffers in grids:
            found = self._finder.find(corners, height=raster.height, width=raster.width, side=side)
            face_idx = original[found]  # -1 finds the last, which is -1
            for frame, (still, buffer) in enumerate(zip(stills, buffers, strict=True)):
                _blacken_bars(face_idx[frame], still, side)
                torch.from_numpy(buffer).copy_(face_idx[frame], non_blocking=True)

    def _faces_of(self, stills: Sequence[Still]) -> tuple[Tensor, Tensor]:
        """Return the faces on the screen [B, F, 3, 3] and what they are in the mesh [F + 1] int32, ending in -1."""
        shown = Shown.of(stills)
        matrices = self._sent(shown.pixel_from_entity)
        corners = [torch.zeros((len(stills), 1, 3, 3), dtype=torch.float64, device=self._device)]  # there is always one
        original = [torch.full((1,), -1, dtype=torch.int32, device=self._device)]
        for entity in map(int, np.flatnonzero(shown.seen.any(axis=0))):
            own = self._own_faces[entity]
            matrix = matrices[:, entity]
            points = self._vertices_at(stills, entity) @ matrix[:, :, :3].mT + matrix[:, None, :, 3]
            faces, places = self._faces[entity], 1
            if shown.crosses[entity]:
                parts, places = clipped(points[:, faces], shown.near_m), 2
            else:
                parts = on_screen(points)[:, faces]
            for frame in np.flatnonzero(~shown.seen[:, entity]):
                parts[frame] = 0
            corners.append(without_slivers(parts))
            indices = torch.arange(own.start, own.stop, dtype=torch.int32, device=self._device)
            original.append(indices.repeat_interleave(places))
        original.append(original[0])
        return torch.cat(corners, dim=1), torch.cat(original)

    def _vertices_at(self, stills: Sequence[Still], entity: int) -> Tensor:
        """Return an entity's vertices [1 or B, V, 3]; anew where it bends."""
        own = self._own_vertices[entity]
        shapes = [still.mesh.vertices[own] for still in stills]
        if all(np.array_equal(shape, self._resting[own]) for shape in shapes):
            return self._vertices[entity][None]
        return self._sent(np.stack(shapes).astype(np.float64))

    def _sent(self, array: NDArray[np.float64] | NDArray[np.int64]) -> Tensor:
        tensor = torch.from_numpy(np.ascontiguousarray(array))
        if self._device.type == "cuda":
            tensor = tensor.pin_memory()
        return tensor.to(self._device, non_blocking=True)

    def _buffer(self, height: int, width: int) -> NDArray[np.int32]:
        pinned = self._device.type == "cuda"
        buffer: NDArray[np.int32] = torch.full((height, width), -1, dtype=torch.int32, pin_memory=pinned).numpy()
        return buffer


def _is_lack_of_memory(error: RuntimeError) -> bool:
    """Tell by the type, or by the words of pinned memory (``CUDA error: out of memory``) and of nvdiffrast."""
    said = str(error).lower()
    return isinstance(error, torch.OutOfMemoryError) or "out of memory" in said or "cudamalloc" in said


def _blacken_bars(face_idx: Tensor, still: Still, side: int) -> None:
    """Take away what is drawn outside of the active part, in place."""
    active = still.view.active
    x0, y0, x1, y1 = (int(edge) * side for edge in (active.x0, active.y0, active.x1, active.y1))
    for bar in (face_idx[:y0], face_idx[y1:], face_idx[:, :x0], face_idx[:, x1:]):
        bar.fill_(-1)
