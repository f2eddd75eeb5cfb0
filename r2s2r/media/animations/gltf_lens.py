"""The lens of a glTF camera, as K. The reverse of ``media.glb.camera``."""

import numpy as np

from r2s2r.errors import MediaError
from r2s2r.geometry.transforms import Array
from r2s2r.media.animations.lens import RecordedLens
from r2s2r.media.assets.gltf.document import GltfCamera
from r2s2r.media.assets.gltf.pointers import Pointers
from r2s2r.media.gltf_names import CENTRE, HEIGHT, WIDTH, own_extras

# Of a file that does not say how large its picture is; only its shape and the angle count.
_USUAL_HEIGHT = 1080
_USUAL_ASPECT = 16 / 9


def recorded_lens(
    camera: GltfCamera, pointers: Pointers, index: int, *, times_s: Array, where: str
) -> RecordedLens | None:
    """Return what camera ``index`` sees at times [N]; None of an orthographic one.

    Raises MediaError for an angle that none has.
    """
    if camera.perspective is None:
        return None
    place = f"/cameras/{index}/perspective/yfov"
    pointed = [pointers.at(place, float(time_s)) for time_s in times_s]
    yfov = np.array([camera.perspective.yfov if one is None else float(one[0]) for one in pointed])
    aspect = camera.perspective.aspect_ratio or _USUAL_ASPECT
    if not ((yfov > 0) & (yfov < np.pi)).all() or not 0.01 < aspect < 100:
        raise MediaError(f"{where}: has an angle of view that no camera has; export it again")
    own = own_extras(camera.extras)
    height, width = own.get(HEIGHT), own.get(WIDTH)
    if not (isinstance(height, int) and isinstance(width, int) and height > 0 and width > 0):
        height, width = _USUAL_HEIGHT, max(1, round(_USUAL_HEIGHT * aspect))
    intrinsics = np.tile(np.eye(3), (len(times_s), 1, 1))
    intrinsics[:, 1, 1] = height / 2 / np.tan(yfov / 2)
    intrinsics[:, 0, 0] = width / 2 / (np.tan(yfov / 2) * aspect)
    intrinsics[:, :2, 2] = _centre(own.get(CENTRE), height, width)
    return RecordedLens(intrinsics, height, width)


def _centre(written: object, height: int, width: int) -> tuple[float, float]:
    """Return the principal point: what we wrote, else the middle, which is all that glTF knows."""
    if isinstance(written, list) and len(written) == 2 and all(isinstance(one, (int, float)) for one in written):
        return float(written[0]), float(written[1])
    return width / 2, height / 2
