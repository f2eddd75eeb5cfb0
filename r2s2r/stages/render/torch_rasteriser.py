"""The rasteriser in plain torch operations, in double precision, on any device: the reference for the fast ones.

It is written to be seen to be right, and shares no step with the CPU's kernels: no scan conversion, no clipping. The
ray through a sample (x, y, 1) meets a face with the homogeneous corners a, b and c where the three edge functions
``ray . (b x c)``, ``ray . (c x a)`` and ``ray . (a x b)`` have the sign of the volume ``a . (b x c)``; divided by their
sum they are the perspective-correct weights of the corners, so also the depth comes from them. All of this holds for
corners behind the camera too (Olano and Greer, Triangle scan conversion using 2D homogeneous coordinates, 1997), so
that the near plane is a mere comparison. An edge function is the exact negative of the one that the face on the other
side of the edge has: a sample lies in one of the two faces, never in both or in none.

Only the integers that say which face is nearest are reduced, so that the order of reduction does not show: equal
inputs give equal bytes, whatever the number of threads.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from r2s2r.stages.render.rasteriser import Raster, Visibility, blank_visibility
from r2s2r.stages.render.scene_mesh import SceneMesh
from r2s2r.stages.render.still import Still
from r2s2r.stages.render.view import View

# Each takes about half a kilobyte while it is worked on.
FACES_AT_ONCE = 1 << 17
PAIRS_AT_ONCE = 1 << 18

_LAST_FACE = (1 << 31) - 1
# How far beside its true place, in samples, rounding can put a corner: of a face wholly in front, and of one whose
# corners are found by cutting it, which may lie a million samples outside the picture.
_SLACK, _SLACK_CUT = 2.0**-10, 1.0


@dataclass(frozen=True, eq=False)
class _Samples:
    """The places that are looked at: the centres of a picture ``scale`` times as fine, in the active window only."""

    width: int
    low: Tensor  # [2], x and y of the window's first sample
    high: Tensor  # [2], of the first beyond it
    pixel_from_entity: Tensor  # [E, 3, 4]
    near_m: float


@dataclass(frozen=True, eq=False)
class _Facets:
    """F faces as the samples see them.

    Attributes:
        edges: [F, 3, 3] by corner, the edge function opposite to it as (A, B, C) of A x + B y + C; positive inside.
        depths_m: [F, 3] by corner.
        whole: [F], no corner is nearer than the near plane.
        low: [F, 2] x and y of the first sample of the box that holds the face.
        sides: [F, 2] the box's columns and rows, 0 for a face that is not drawn.
    """

    edges: Tensor
    depths_m: Tensor
    whole: Tensor
    low: Tensor
    sides: Tensor


class TorchRasteriser:
    """A ``Rasteriser`` by torch; keeps the faces on the device, takes the vertices anew with each still."""

    batch_frames = 1

    def __init__(self, mesh: SceneMesh, raster: Raster, *, device: torch.device) -> None:
        self._raster, self._device = raster, device
        self._faces = torch.tensor(mesh.faces, device=device)

    def new_visibility(self) -> Visibility:
        """Return buffers for a frame."""
        return blank_visibility(self._raster)

    def draw(self, stills: Sequence[Still], into: Sequence[Visibility]) -> None:
        """Find what is seen, as ``Rasteriser`` says."""
        for still, seen in zip(stills, into, strict=True):
            seen.face_idx[...] = self._nearest(still, 1)
            if self._raster.supersampling > 1:
                seen.samples[...] = self._nearest(still, self._raster.supersampling)

    def _nearest(self, still: Still, scale: int) -> NDArray[np.int32]:
        """Return the nearest face at each sample, [H * scale, W * scale]."""
        view, mesh = still.view, still.mesh
        samples = _samples(view, scale, self._device)
        vertices = torch.tensor(mesh.vertices, device=self._device, dtype=torch.float64)
        nearest = torch.zeros(view.height * scale * view.width * scale, dtype=torch.int64, device=self._device)
        for entity in np.flatnonzero(view.visible):
            own = vertices[mesh.vertex_start[entity] : mesh.vertex_start[entity + 1]]
            last = int(mesh.face_start[entity + 1])
            for first in range(int(mesh.face_start[entity]), last, FACES_AT_ONCE):
                faces = self._faces[first : min(first + FACES_AT_ONCE, last)].long() - int(mesh.vertex_start[entity])
                facets = _facets(own[faces], samples.pixel_from_entity[entity], samples)
                for face, place in _pairs(facets, samples):
                    _keep_nearest(nearest, facets, face, place, first, samples)
        face_idx = torch.where(nearest > 0, _LAST_FACE - (nearest & _LAST_FACE), -1)
        return face_idx.to(torch.int32).reshape(view.height * scale, view.width * scale).cpu().numpy()


def _samples(view: View, scale: int, device: torch.device) -> _Samples:
    pixel_from_entity = np.diag([scale, scale, 1.0]) @ view.pixel_from_entity
    active = view.active
    window = np.array([[active.x0, active.y0], [active.x1, active.y1]]) * scale
    first = torch.tensor(np.ceil(window - 0.5).astype(np.int64), device=device)
    return _Samples(
        width=view.width * scale,
        low=first[0],
        high=first[1],
        pixel_from_entity=torch.tensor(pixel_from_entity, dtype=torch.float64, device=device),
        near_m=view.near_m,
    )


def _facets(corners: Tensor, pixel_from_entity: Tensor, samples: _Samples) -> _Facets:
    """Return faces [F, 3, 3], given by corners in the entity's frame, as the samples see them."""
    m = pixel_from_entity
    x, y, z = corners[..., :1], corners[..., 1:2], corners[..., 2:]
    seen = x * m[:, 0] + y * m[:, 1] + z * m[:, 2] + m[:, 3]
    edges = _cross(seen.roll(-1, dims=1), seen.roll(-2, dims=1))
    volume = _dot(seen[:, 0], edges[:, 0])
    # Of corners on one line the volume may differ from 0, by rounding; the area does not.
    area = _cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    drawn = (volume != 0) & (area != 0).any(dim=-1)
    whole = (seen[..., 2] >= samples.near_m).all(dim=-1)
    low, sides = _boxes(seen, whole, samples)
    return _Facets(edges * volume.sign()[:, None, None], seen[..., 2], whole, low, sides * drawn[:, None])


def _boxes(corners: Tensor, whole: Tensor, samples: _Samples) -> tuple[Tensor, Tensor]:
    """Return first sample and size, [F, 2] each, of boxes that hold what is beyond the near plane and in the window."""
    following = corners.roll(-1, dims=1)
    depth_m, next_m = corners[..., 2], following[..., 2]
    share = ((samples.near_m - depth_m) / (next_m - depth_m))[..., None]
    cuts = corners + share * (following - corners)
    beyond = depth_m >= samples.near_m
    there = torch.cat([beyond, beyond != (next_m >= samples.near_m)], dim=1)[..., None]
    places = torch.cat([corners[..., :2] / corners[..., 2:], cuts[..., :2] / samples.near_m], dim=1) - 0.5
    slack = torch.where(whole, _SLACK, _SLACK_CUT)[:, None]
    least = torch.where(there, places, torch.inf).amin(dim=1) - slack
    most = torch.where(there, places, -torch.inf).amax(dim=1) + slack
    low = torch.minimum(torch.maximum(least.ceil(), samples.low), samples.high).long()
    high = torch.minimum(torch.maximum(most.floor() + 1, samples.low), samples.high).long()
    return low, (high - low).clamp(min=0)


def _pairs(facets: _Facets, samples: _Samples) -> Iterator[tuple[Tensor, Tensor]]:
    """Yield all samples in the faces' boxes: face [N] and place [N, 2] as x and y, so many at once as memory allows."""
    counts = facets.sides.prod(dim=-1)
    ends = counts.cumsum(dim=0)
    starts, total = ends - counts, int(ends[-1]) if len(ends) else 0
    for first in range(0, total, PAIRS_AT_ONCE):
        pair = torch.arange(first, min(first + PAIRS_AT_ONCE, total), device=counts.device)
        face = torch.searchsorted(ends, pair, right=True)
        within, columns = pair - starts[face], facets.sides[face, 0]
        place = torch.stack([within % columns, within // columns], dim=-1)
        yield face, facets.low[face] + place


def _keep_nearest(
    nearest: Tensor, facets: _Facets, face: Tensor, place: Tensor, first_face: int, samples: _Samples
) -> None:
    """Keep for each sample the nearest of the faces it lies in.

    A face is kept as one integer: the bits of 1 / depth in single precision, which are in the order of the numbers, and
    below them its index, the lower the greater. Faces that single precision cannot tell apart are equally near.
    """
    x, y = place[:, :1] + 0.5, place[:, 1:] + 0.5
    edges = facets.edges[face]
    weights = edges[..., 0] * x + edges[..., 1] * y + edges[..., 2]
    # On an edge: the face lies right of it, or below it if it is level.
    right = (edges[..., 0] > 0) | ((edges[..., 0] == 0) & (edges[..., 1] > 0))
    inside = ((weights > 0) | ((weights == 0) & right)).all(dim=-1)
    face, place, weights = face[inside], place[inside], weights[inside]
    depth_m = _dot(weights, facets.depths_m[face]) / weights.sum(dim=-1)
    beyond = depth_m >= torch.where(facets.whole[face], 0.0, samples.near_m)
    face, place, depth_m = face[beyond], place[beyond], depth_m[beyond]
    bits = (1 / depth_m).float().view(torch.int32).long()
    kept = (bits << 31) | (_LAST_FACE - first_face - face)
    nearest.scatter_reduce_(0, place[:, 1] * samples.width + place[:, 0], kept, "amax")


def _cross(a: Tensor, b: Tensor) -> Tensor:
    """Return cross products [..., 3]; ``b x a`` is exactly ``-(a x b)``, which fused operations do not promise."""
    x = a[..., 1] * b[..., 2] - a[..., 2] * b[..., 1]
    y = a[..., 2] * b[..., 0] - a[..., 0] * b[..., 2]
    z = a[..., 0] * b[..., 1] - a[..., 1] * b[..., 0]
    return torch.stack([x, y, z], dim=-1)


def _dot(a: Tensor, b: Tensor) -> Tensor:
    """Return inner products [...] of [..., 3]."""
    return a[..., 0] * b[..., 0] + a[..., 1] * b[..., 1] + a[..., 2] * b[..., 2]
