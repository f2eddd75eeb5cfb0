"""The one call of Kaolin: which face is nearest at each sample."""

from math import lcm
from typing import Any, Literal, Protocol

import torch
from torch import Tensor

from r2s2r.errors import StageError

# A sample on an edge belongs to the face right of it or below it: as if it lay a little to the right, and far less
# below. In samples; far above what double precision loses (1e-13), far below what could be seen.
_RIGHT, _DOWN = 2.0**-26, 2.0**-38
# Kaolin adds this to twice a face's area before it divides by it. Its own 1e-8 makes small faces seem farther.
_EPS = 1e-30
# From the first face to the last, each is taken for a little farther than it is, so that of equally near ones the first
# is seen, whatever rounding says: in all by half of what the CPU's single precision cannot tell apart.
_FARTHER = 2.0**-25
# nvdiffrast gives indices as floats, and Kaolin reads them as if all fitted.
_MOST_NVDIFFRAST_FACES = 2**24


class Rasterize(Protocol):
    """``kaolin.render.mesh.rasterize``, as its documentation describes it (Kaolin 0.18)."""

    def __call__(
        self,
        height: int,
        width: int,
        z: Tensor,
        image: Tensor,
        features: Tensor,
        /,
        **options: Any,  # noqa: ANN401 - Kaolin's
    ) -> tuple[Tensor, Tensor]:
        """Return features [B, H, W, D] and the index of the face [B, H, W] of largest z, -1 where there is none.

        The picture is between -1 and 1, x right and y up; corners [B, F, 3, 2] may lie outside. z [B, F, 3] and
        features [B, F, 3, D] are interpolated affinely.
        """


class FaceFinder:
    """Calls Kaolin so that its answer is exact.

    - 1 / depth goes in as z: on the screen it is linear, so affine interpolation gives what perspective asks for, and
      the largest is the nearest. Of exactly equal ones Kaolin keeps the first; a bias far below single precision makes
      it so for those that rounding alone sets apart.
    - y goes in pointing down, and the rows that come out are turned over. A face's box then holds its top edge and not
      its bottom edge, which is our rule.
    - Kaolin's own rasteriser places samples at ``multiplier / width * (2 x + 1 - width)`` in single precision: exact
      for a multiplier that both sides of the picture divide. All else is in double precision.
    - nvdiffrast takes single precision, and rounds corners to a part of a pixel (1/16 with its CUDA rasteriser).
    """

    def __init__(self, rasterize: Rasterize, rasteriser: Literal["cuda", "nvdiffrast"]) -> None:
        self._rasterize = rasterize
        self._rasteriser = rasteriser

    def find(self, corners: Tensor, *, height: int, width: int, side: int) -> Tensor:
        """Return the nearest face [B, H * S, W * S] int64 at S x S samples a pixel; -1 where there is none.

        Args:
            corners: [B, F, 3, 3] float64: x and y in pixels, 1 / depth.
            height: Rows of pixels, H.
            width: Columns of pixels, W.
            side: S.
        """
        rows, columns = height * side, width * side
        x = (corners[..., 0] * side - _RIGHT) * (2 / columns) - 1
        y = (corners[..., 1] * side - _DOWN) * (2 / rows) - 1
        image, inverse_depth = torch.stack([x, y], dim=-1), _biased(corners[..., 2])
        options: dict[str, Any] = {"backend": self._rasteriser}
        if self._rasteriser == "cuda":
            options |= {"multiplier": lcm(rows, columns), "eps": _EPS}
        else:
            self._check(corners.shape[1])
            image, inverse_depth = image.float(), inverse_depth.float()
        # Features are asked for though nobody wants them: the cheapest are there already.
        _, face_idx = self._rasterize(rows, columns, inverse_depth, image, inverse_depth[..., None], **options)
        return face_idx.flip(1)

    def _check(self, faces: int) -> None:
        if faces > _MOST_NVDIFFRAST_FACES:
            raise StageError(
                f"nvdiffrast draws {_MOST_NVDIFFRAST_FACES} faces at most, and here are {faces}; take "
                "`render: {kaolin: {rasteriser: cuda}}`, or simplify the meshes (`lift: {max_faces: ...}`)"
            )


def _biased(inverse_depth: Tensor) -> Tensor:
    """Return 1 / depth [B, F, 3] with later faces a little farther."""
    count = inverse_depth.shape[1]
    order = torch.arange(count, dtype=inverse_depth.dtype, device=inverse_depth.device)
    return inverse_depth * (1 - order * (_FARTHER / count))[:, None]
