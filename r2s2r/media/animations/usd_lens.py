"""The lens of a USD camera, as K. The reverse of ``media.usd_camera.lens``."""

from typing import Any

import numpy as np
from pxr import Usd, UsdGeom

from r2s2r.geometry.transforms import Array
from r2s2r.media.animations.lens import RecordedLens
from r2s2r.media.usd_names import HEIGHT, WIDTH

# Of a file that does not say how large its picture is; only the shape of the picture and the angle it shows count.
_USUAL_WIDTH = 1920


def recorded_lens(prim: Usd.Prim, codes: Array) -> RecordedLens:
    """Return what a camera sees at time codes [N]. Values that make no sense come out as they are."""
    camera = UsdGeom.Camera(prim)
    focal = _values(camera.GetFocalLengthAttr(), codes)
    across, down = _values(camera.GetHorizontalApertureAttr(), codes), _values(camera.GetVerticalApertureAttr(), codes)
    right, up = (
        _values(camera.GetHorizontalApertureOffsetAttr(), codes),
        _values(camera.GetVerticalApertureOffsetAttr(), codes),
    )
    height, width = _size(prim, float(down[0]), float(across[0]))
    intrinsics = np.tile(np.eye(3), (len(codes), 1, 1))
    with np.errstate(all="ignore"):
        intrinsics[:, 0, 0] = focal / across * width
        intrinsics[:, 1, 1] = focal / down * height
        intrinsics[:, 0, 2] = width * (0.5 - right / across)
        intrinsics[:, 1, 2] = height * (0.5 + up / down)
    return RecordedLens(intrinsics, height, width)


def _values(attribute: Any, codes: Array) -> Array:  # noqa: ANN401 - USD has no types
    if not attribute.ValueMightBeTimeVarying():
        return np.full(len(codes), float(attribute.Get(Usd.TimeCode.EarliestTime()) or 0.0))
    return np.array([float(attribute.Get(Usd.TimeCode(float(code)))) for code in codes])


def _size(prim: Usd.Prim, down: float, across: float) -> tuple[int, int]:
    """Return height and width of the picture: what we wrote, else of a usual size and the aperture's shape."""
    written = prim.GetCustomDataByKey(HEIGHT), prim.GetCustomDataByKey(WIDTH)
    if all(isinstance(one, int) and one > 0 for one in written):
        return written
    shape = down / across if across > 0 and 0.01 < down / across < 100 else 9 / 16
    return max(1, round(_USUAL_WIDTH * shape)), _USUAL_WIDTH
