"""Depth Anything (Yang et al. 2024, arXiv:2406.09414), as transformers has it: metres or disparity, by its weights."""

from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch.nn import functional
from transformers import DepthAnythingForDepthEstimation

from r2s2r.models.components import load_whole
from r2s2r.models.depth.estimate import DepthEstimate
from r2s2r.models.perception import device_of, dtype_of
from r2s2r.models.quiet import quiet_libraries
from r2s2r.spec.depth import DepthAnythingSpec

_MEAN = np.array([0.485, 0.456, 0.406], np.float32)
_DEVIATION = np.array([0.229, 0.224, 0.225], np.float32)


class DepthAnything:
    """The model, loaded."""

    def __init__(self, weights: Path, spec: DepthAnythingSpec) -> None:
        """Load it from a local folder, onto the device the spec asks for.

        Raises:
            InputError: If the folder holds other weights, incomplete ones, or a pickle.
            MissingError: If the spec wants a GPU and there is none.
        """
        self._device, self._dtype = device_of(spec), dtype_of(spec)
        quiet_libraries()
        self._model = load_whole(DepthAnythingForDepthEstimation, weights, dtype=self._dtype).to(self._device).eval()

    @torch.inference_mode()
    def estimate(self, frame: NDArray[np.uint8]) -> DepthEstimate:
        """Measure the depth of a picture [H, W, 3]: in metres by metric weights, else as disparity."""
        config = self._model.config
        side, patch = int(config.backbone_config.image_size), int(config.patch_size)
        output = self._model(prepared(frame, side, patch).to(self._device, self._dtype))
        said = resized(output.predicted_depth.float().cpu()[0], height=frame.shape[0], width=frame.shape[1])
        is_metric = config.depth_estimation_type == "metric"
        return DepthEstimate(np.maximum(said, 0), "z" if is_metric else "disparity")


def prepared(frame: NDArray[np.uint8], side: int, patch: int) -> torch.Tensor:
    """Return a picture [H, W, 3] as the model takes it [1, 3, h, w].

    As ``DPTImageProcessorPil`` of transformers does with the settings of the published weights: one side becomes
    ``side`` pixels, the one that changes the picture's size less, and both become whole patches.
    """
    height, width = frame.shape[:2]
    scale_y, scale_x = side / height, side / width
    scale = scale_x if abs(1 - scale_x) < abs(1 - scale_y) else scale_y
    size = (max(1, round(scale * width / patch)) * patch, max(1, round(scale * height / patch)) * patch)
    small = np.asarray(Image.fromarray(frame).resize(size, Image.Resampling.BICUBIC), np.float32)
    values = (small / 255 - _MEAN) / _DEVIATION
    return torch.from_numpy(values).permute(2, 0, 1)[None].contiguous()


def resized(said: torch.Tensor, *, height: int, width: int) -> NDArray[np.float32]:
    """Return what the model says [h, w] at a picture's size, as ``post_process_depth_estimation`` does."""
    full = functional.interpolate(said[None, None], size=(height, width), mode="bicubic", align_corners=False)
    return full[0, 0].numpy().astype(np.float32)
