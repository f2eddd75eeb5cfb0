"""Structure from motion by pycolmap: pictures on disk in, a sparse model out."""

import signal
import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

import cv2
import numpy as np
from numpy.typing import NDArray

from r2s2r.errors import MissingError
from r2s2r.geometry.transforms import Array, inverse
from r2s2r.stages.lift.cameras.background import Background

if TYPE_CHECKING:
    import pycolmap

_SEED = 0
# Larger pictures take longer, and are hardly more exact.
_LONG_PX, _FEATURES = 800, 1500
_NEIGHBOURS = 10
# All is refined whenever there is so much more of it, until the error falls by less than this share.
_GROWN, _CONVERGED = 1.3, 1e-6
_LOCAL_STEPS, _GLOBAL_STEPS, _REFINEMENTS, _FIRST_PAIRS = 15, 30, 3, 40
# In long sides of the picture: 118 to 12 degrees. A camera that hardly travels would else pass for a telescope.
_FOCALS = 0.3, 4.75
# A clip's frames are close to each other: COLMAP's own bounds are for photographs from all round.
_FIRST_ANGLE_DEG, _SMALLEST_ANGLE_DEG = 4.0, 0.5


@dataclass(frozen=True, eq=False)
class Sighting:
    """What one registered frame shows of the model.

    Attributes:
        world_from_camera: [4, 4], OpenCV camera axes.
        points: [P], indices into the model's.
        pixels: [P, 2], where they are seen; pixel centres at +0.5.
    """

    world_from_camera: Array
    points: NDArray[np.intp]
    pixels: Array


@dataclass(frozen=True, eq=False)
class Model:
    """The largest model: K [3, 3], points [P, 3], and what each registered frame shows, by the frame's index."""

    intrinsics: Array
    points: Array
    sightings: Mapping[int, Sighting]


def reconstruct(frames: Iterable[Background], folder: Path, *, fewest_points: int) -> Model | None:
    """Solve frames of one size with one shared lens; None when no two of them can be laid together.

    One thread and fixed seeds: the same bytes each time. Raises MissingError without pycolmap.

    Args:
        frames: In the order of time.
        folder: Scratch.
        fewest_points: A frame that shows fewer points of the model does not count as registered.
    """
    colmap = _imported()
    names = _written(frames, folder)
    database = folder / "database.db"
    _match(colmap, database, folder, names)
    options = colmap.IncrementalPipelineOptions(
        num_threads=1, random_seed=_SEED, extract_colors=False, multiple_models=False, init_num_trials=_FIRST_PAIRS
    )
    options.mapper.num_threads, options.mapper.random_seed = 1, _SEED
    options.mapper.init_min_tri_angle = _FIRST_ANGLE_DEG
    options.mapper.filter_min_tri_angle = options.triangulation.min_angle = _SMALLEST_ANGLE_DEG
    options.triangulation.random_seed = _SEED
    options.ba_global_frames_ratio = options.ba_global_points_ratio = _GROWN
    options.ba_global_function_tolerance = _CONVERGED
    options.ba_local_max_num_iterations, options.ba_global_max_num_iterations = _LOCAL_STEPS, _GLOBAL_STEPS
    options.ba_global_max_refinements = _REFINEMENTS
    options.min_focal_length_ratio, options.max_focal_length_ratio = _FOCALS
    models = colmap.incremental_mapping(database, folder / "pictures", folder, options)
    if not models:
        return None
    return _model(max(models.values(), key=lambda model: model.num_reg_images()), fewest_points)


def _imported() -> ModuleType:
    on_term = signal.getsignal(signal.SIGTERM)
    try:
        pycolmap = import_module("pycolmap")
    except ImportError as error:
        raise MissingError(
            "source.camera.solve: sfm needs pycolmap, which is not installed: pip install 'r2s2r[sfm]'"
        ) from error
    pycolmap.logging.minloglevel = int(pycolmap.logging.FATAL)
    # Its logger takes the signal for itself; whoever runs this stage means to end it in their own way.
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, on_term)
    return pycolmap


def _written(frames: Iterable[Background], folder: Path) -> list[str]:
    """Write pictures and masks (black hides), as COLMAP wants them; return the pictures' names."""
    names = []
    for part in ("pictures", "masks"):
        (folder / part).mkdir()
    for frame in frames:
        names.append(f"{frame.index:06d}.png")
        fast = (cv2.IMWRITE_PNG_COMPRESSION, 1)
        cv2.imwrite(str(folder / "pictures" / names[-1]), frame.grey, fast)
        cv2.imwrite(str(folder / "masks" / f"{names[-1]}.png"), frame.free.astype(np.uint8) * 255, fast)
    return names


def _match(colmap: ModuleType, database: Path, folder: Path, names: list[str]) -> None:
    extraction = colmap.FeatureExtractionOptions(num_threads=1, use_gpu=False, max_image_size=_LONG_PX)
    extraction.sift.max_num_features = _FEATURES
    colmap.extract_features(
        database,
        folder / "pictures",
        image_names=names,
        camera_mode=colmap.CameraMode.SINGLE,
        reader_options=colmap.ImageReaderOptions(camera_model="SIMPLE_PINHOLE", mask_path=folder / "masks"),
        extraction_options=extraction,
        device=colmap.Device.cpu,
    )
    verification = colmap.TwoViewGeometryOptions()
    verification.ransac.random_seed = _SEED
    colmap.match_sequential(
        database,
        colmap.FeatureMatchingOptions(num_threads=1, use_gpu=False),
        colmap.SequentialPairingOptions(overlap=_NEIGHBOURS, quadratic_overlap=True, num_threads=1),
        verification,
        device=colmap.Device.cpu,
    )


def _model(solved: "pycolmap.Reconstruction", fewest_points: int) -> Model:
    order = {point: index for index, point in enumerate(sorted(solved.points3D))}
    (camera,) = solved.cameras.values()
    images = [image for image in solved.images.values() if image.has_pose and image.num_points3D >= fewest_points]
    return Model(
        intrinsics=np.asarray(camera.calibration_matrix(), np.float64),
        points=np.array([solved.points3D[point].xyz for point in order]).reshape(-1, 3),
        sightings={int(Path(image.name).stem): _sighting(image, order) for image in images},
    )


def _sighting(image: "pycolmap.Image", order: Mapping[int, int]) -> Sighting:
    camera_from_world = np.eye(4)
    camera_from_world[:3] = image.cam_from_world().matrix()
    seen = image.get_observation_points2D()
    return Sighting(
        world_from_camera=inverse(camera_from_world),
        points=np.array([order[point.point3D_id] for point in seen], np.intp),
        pixels=np.array([point.xy for point in seen], np.float64).reshape(-1, 2),
    )
