"""COLMAP's camera models: which numbers mean what.

Source: ``src/colmap/sensor/models.h``. Fisheye models are refused: their pictures are not those of a pinhole.
"""

from collections.abc import Sequence

from r2s2r.errors import MediaError
from r2s2r.media.cameras.solved import Lens, lens_from

# By COLMAP's number: name, and how many parameters there are. The last two columns of those with a single focal length
# start with one f.
_MODELS = {
    0: ("SIMPLE_PINHOLE", 3),
    1: ("PINHOLE", 4),
    2: ("SIMPLE_RADIAL", 4),
    3: ("RADIAL", 5),
    4: ("OPENCV", 8),
    6: ("FULL_OPENCV", 12),
}
_COUNTS = dict(_MODELS.values())
_ONE_FOCAL = frozenset({"SIMPLE_PINHOLE", "SIMPLE_RADIAL", "RADIAL"})


def model_of(number: int, where: str) -> tuple[str, int]:
    """Return name and number of parameters of a model. Raises MediaError for one that is not a pinhole's."""
    if number not in _MODELS:
        raise _refused(f"number {number}", where)
    return _MODELS[number]


def lens_of(model: str, size: tuple[int, int], numbers: Sequence[float], where: str) -> Lens:
    """Return the lens of a model's parameters; ``size`` is (width, height). Raises MediaError for impossible ones."""
    if model not in _COUNTS:
        raise _refused(model, where)
    if len(numbers) != _COUNTS[model]:
        raise MediaError(f"{where}: {model} has {_COUNTS[model]} parameters, not {len(numbers)}")
    focal = (numbers[0], numbers[0]) if model in _ONE_FOCAL else (numbers[0], numbers[1])
    rest = numbers[1:] if model in _ONE_FOCAL else numbers[2:]
    return lens_from(size=size, focal=focal, centre=(rest[0], rest[1]), distortion=tuple(rest[2:]), where=where)


def _refused(model: str, where: str) -> MediaError:
    return MediaError(
        f"{where}: camera model {model} is not read; undistort the pictures (`colmap image_undistorter`), or solve "
        f"with one of {', '.join(_COUNTS)}"
    )
