"""Depth Pro (Bochkovskii et al. 2024, arXiv:2410.02073), as transformers has it: metres, and the focal length."""

from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import functional
from transformers import DepthProConfig, DepthProForDepthEstimation

from r2s2r.models.components import load_whole
from r2s2r.models.depth.estimate import DepthEstimate
from r2s2r.models.perception import device_of, dtype_of
from r2s2r.models.quiet import quiet_libraries
from r2s2r.spec.depth import DepthProSpec

_LEAST, _MOST = 1e-4, 1e4


class DepthPro:
    """The model, loaded."""

    def __init__(self, weights: Path, spec: DepthProSpec) -> None:
        """Load it from a local folder, onto the device the spec asks for.

        Raises:
            InputError: If the folder holds other weights, incomplete ones, or a pickle.
            MissingError: If the spec wants a GPU and there is none.
        """
        self._device, self._dtype = device_of(spec), dtype_of(spec)
        quiet_libraries()
        self._model = load_whole(DepthProForDepthEstimation, weights, dtype=self._dtype).to(self._device).eval()

    @torch.inference_mode()
    def estimate(self, frame: NDArray[np.uint8]) -> DepthEstimate:
        """Measure the depth of a picture [H, W, 3], in metres."""
        output = self._model(prepared(frame, side_of(self._model.config)).to(self._device, self._dtype))
        fov = output.field_of_view
        fov_deg = None if fov is None else float(fov.float()[0])
        return metres(output.predicted_depth.float().cpu()[0], fov_deg, height=frame.shape[0], width=frame.shape[1])


def side_of(config: DepthProConfig) -> int:
    """Return the side, in pixels, of the square the model looks at: its smallest copy is a single patch."""
    assert isinstance(config.patch_size, int), "Depth Pro's patches are square"
    return round(config.patch_size / min(config.scaled_images_ratios))


def prepared(frame: NDArray[np.uint8], side: int) -> torch.Tensor:
    """Return a picture [H, W, 3] as the model takes it [1, 3, side, side]: -1 to 1, then stretched to a square.

    As ``DepthProImageProcessor`` of transformers does: bilinear, without a filter against aliasing.
    """
    values = torch.from_numpy(np.ascontiguousarray(frame)).permute(2, 0, 1)[None].float() / 127.5 - 1
    return functional.interpolate(values, size=(side, side), mode="bilinear", align_corners=False)


def metres(inverse: torch.Tensor, fov_deg: float | None, *, height: int, width: int) -> DepthEstimate:
    """Return what the model says [side, side], 1 / depth for a focal length of one picture's width, in metres.

    Without a field of view (``use_fov_model`` is off) a focal length of one width is what there is to go by.
    """
    focal_px = None if fov_deg is None else 0.5 * width / float(np.tan(np.radians(fov_deg) / 2))
    per_metre = inverse * (1.0 if focal_px is None else width / focal_px)
    resized = functional.interpolate(per_metre[None, None], size=(height, width), mode="bilinear", align_corners=False)
    depth_m = 1 / resized[0, 0].clamp(_LEAST, _MOST)
    return DepthEstimate(depth_m.numpy().astype(np.float32), "z", focal_px)
