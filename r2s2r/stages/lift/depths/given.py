"""A depth map from a file: EXR, NumPy array or 16-bit PNG, brought to the footage's size."""

from pathlib import Path

import cv2
import numpy as np
import OpenEXR
from numpy.typing import NDArray

from r2s2r.artifacts.depth import DepthFacts
from r2s2r.errors import MediaError
from r2s2r.spec.depth import DepthFileSpec
from r2s2r.stages.lift.depths.found import FoundDepth, sparse_findings
from r2s2r.stages.lift.depths.resize import resized

_FIELD = "file.path"
# Where nothing is nearer, the unit is wrong: no entity could be made out.
_FARTHEST_M = 1e5


def read_given(spec: DepthFileSpec, path: Path, *, height: int, width: int) -> FoundDepth:
    """Read a depth map and bring it to the footage's size; 0, NaN and infinity mean unknown.

    Raises:
        MediaError: If it cannot be read, has another shape than the picture's, negative values, or no value at all.
    """
    raw = _read(path)
    if raw.ndim == 3 and raw.shape[2] == 1:
        raw = raw[..., 0]
    _check_shape(path, raw.shape, height=height, width=width)
    values = np.asarray(raw, np.float64) * spec.metres_per_unit
    known = np.isfinite(values) & (values != 0)
    if not known.any():
        raise MediaError(f"{path}: says nothing: all its values are 0, NaN or infinite", field=_FIELD)
    if (values[known] < 0).any():
        share = float((values[known] < 0).mean())
        raise MediaError(
            f"{path}: {share:.1%} of its values are negative; depth counts from the camera forwards: write 0 where it "
            "is unknown",
            field=_FIELD,
        )
    if (nearest_m := float(values[known].min())) > _FARTHEST_M:
        raise MediaError(
            f"{path}: its nearest value is {nearest_m:.3g} m away; correct depth.file.metres_per_unit, or write 0 "
            "where the depth is unknown",
            field=_FIELD,
        )
    depth = resized(np.where(known, values, 0).astype(np.float32), height=height, width=width)
    share = round(float((depth > 0).mean()), 6)
    facts = DepthFacts(measures=spec.measures, known=share, findings=sparse_findings(share))
    return FoundDepth(depth, facts)


def _read(path: Path) -> NDArray[np.generic]:
    match path.suffix.lower():
        case ".exr":
            return _read_exr(path)
        case ".npy":
            return _read_npy(path)
        case ".png":
            return _read_png(path)
        case _:
            raise MediaError(
                f"{path}: is not a kind of depth map that is read; give .exr, .npy or a 16-bit .png", field=_FIELD
            )


def _read_exr(path: Path) -> NDArray[np.generic]:
    try:
        with OpenEXR.File(str(path), separate_channels=True) as file:
            channels = {name: np.array(channel.pixels) for name, channel in file.channels().items()}
    except (RuntimeError, ValueError, TypeError, OSError) as error:
        raise MediaError(f"{path}: cannot be read as EXR ({error})", field=_FIELD) from error
    # Besides depth, opacity is all that such a file has: it comes before Z.
    named = [name for name in channels if name.rpartition(".")[2] != "A"] or list(channels)
    if not named:
        raise MediaError(f"{path}: has no channel", field=_FIELD)
    return channels["Z" if "Z" in channels else named[0]]


def _read_npy(path: Path) -> NDArray[np.generic]:
    try:
        array: NDArray[np.generic] = np.load(path, mmap_mode="r", allow_pickle=False)
    except (OSError, ValueError, EOFError) as error:
        # What NumPy says of pickles is how to open them all the same.
        why = "" if "pickle" in str(error) else f" ({error})"
        raise MediaError(
            f"{path}: cannot be read as a NumPy array{why}; write it with numpy.save, as one array of floats (pickled "
            "objects are not opened)",
            field=_FIELD,
        ) from error
    if not isinstance(array, np.ndarray) or array.dtype.kind not in "fui":
        raise MediaError(f"{path}: holds no numbers; save one array of floats, in .npy", field=_FIELD)
    return array


def _read_png(path: Path) -> NDArray[np.generic]:
    try:
        image = cv2.imread(str(path), cv2.IMREAD_UNCHANGED)
    except cv2.error as error:
        raise MediaError(f"{path}: the picture is too large; scale it to the size of the clip", field=_FIELD) from error
    if image is None:
        raise MediaError(f"{path}: not a picture that can be read", field=_FIELD)
    if image.dtype != np.uint16 or image.ndim != 2:
        raise MediaError(
            f"{path}: is no 16-bit grey PNG, which a depth map needs (8 bits tell 255 depths); write one, or .exr",
            field=_FIELD,
        )
    return np.asarray(image)


def _check_shape(path: Path, shape: tuple[int, ...], *, height: int, width: int) -> None:
    if len(shape) != 2 or min(shape) < 2:
        raise MediaError(f"{path}: is an array of shape {shape}; a depth map is [height, width]", field=_FIELD)
    rows, columns = shape
    # A size that was rounded is a pixel off; of the smaller of the two pictures, that is a share this large.
    if abs(columns * height / (rows * width) - 1) > 1.01 / min(rows, columns, height, width):
        raise MediaError(
            f"{path}: is {columns} x {rows}, the clip {width} x {height}: another shape; give the depth of the whole "
            "reference frame, not cropped",
            field=_FIELD,
        )
