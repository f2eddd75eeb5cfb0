"""Lifting: seconds of each node for the demo's entity, and what each shape keeps of silhouettes drawn by hand."""

import resource
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from benchmarks.pictures.drawn import CLIPS, all_drawn
from r2s2r.artifacts.entity import Entity
from r2s2r.artifacts.footage import Footage
from r2s2r.artifacts.mask import Mask
from r2s2r.artifacts.progress import unheard
from r2s2r.artifacts.source_camera import SourceCamera
from r2s2r.geometry.camera import Camera, intrinsics_from_fov, source_world_from_camera
from r2s2r.geometry.topology import is_closed
from r2s2r.spec.entities import PlaceSpec
from r2s2r.spec.film_camera import FilmCameraSpec
from r2s2r.spec.footage import FootageSpec
from r2s2r.spec.lift import InflateSpec, LiftSpec, Shape
from r2s2r.spec.segment import SegmentSpec
from r2s2r.spec.selection import SelectSpec
from r2s2r.stages import lift
from r2s2r.stages.lift.entities.contact import ground_contact
from r2s2r.stages.lift.entities.inflate import Inflater
from r2s2r.stages.lift.entities.lifter import View
from r2s2r.stages.lift.entities.silhouette import iou, silhouette

CLIP = CLIPS / "bigbuckbunny.mp4"
FRAME, BOX_PX = 125, (262.0, 45.0, 605.0, 635.0)
SHAPES: tuple[Shape, ...] = ("inflate", "slab", "box", "revolve")
# The entities are this large.
LONG_PX = 512


def main() -> None:
    """Measure and print."""
    _shapes()
    if not CLIP.exists():
        print("the demo's clip is not here: `make demo` fetches it")
        return
    with tempfile.TemporaryDirectory() as folder:
        _nodes(Path(folder))
    print(f"  peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


def _shapes() -> None:
    """Print, for each picture and shape at 512 px: silhouette IoU, seconds, faces, and whether it is closed."""
    print("silhouette IoU / seconds / faces (! if not closed)")
    print(" " * 11 + "".join(f"{shape:>24}" for shape in SHAPES))
    for drawn in all_drawn():
        scale = LONG_PX / max(drawn.picture.shape[:2])
        width, height = (round(side * scale) for side in drawn.picture.shape[1::-1])
        small = np.asarray(cv2.resize(drawn.picture, (width, height), interpolation=cv2.INTER_AREA), np.uint8)
        mask = drawn.mask(height, width)
        print(f"{drawn.name:10} " + "".join(f"{_lifted(small, mask, shape):>24}" for shape in SHAPES))


def _lifted(frame: NDArray[np.uint8], mask: NDArray[np.bool_], shape: Shape) -> str:
    height, width = mask.shape
    intrinsics = intrinsics_from_fov(50.0, height=height, width=width)
    camera = Camera(source_world_from_camera(1.6, -10.0), intrinsics, height, width)
    started = time.perf_counter()
    mesh = Inflater(InflateSpec(shape=shape)).lift(View(frame, mask, camera, ground_contact(mask, camera))).mesh
    seconds = time.perf_counter() - started
    covered = iou(silhouette(mesh.vertices.astype(np.float64), mesh.faces, camera), mask)
    return f"{covered:.4f} {seconds:5.2f} {len(mesh.faces):6d}{' ' if is_closed(mesh.faces) else '!'}"


def _nodes(folder: Path) -> None:
    select, wanted = SelectSpec(box_px=BOX_PX), FootageSpec(frame=FRAME)
    out = _timed("footage", folder, lambda out: lift.make_footage(wanted, CLIP, out, unheard))
    footage = Footage.load(out)
    print(f"    {len(footage.facts.times_s)} frames {footage.facts.width}x{footage.facts.height}")
    segment = SegmentSpec(backend="grabcut")
    out = _timed("mask", folder, lambda out: lift.make_mask(select, segment, footage, {}, out, unheard))
    mask = Mask.load(out)
    seen = lift.CameraInputs(footage, {}, None, {}, None)
    out = _timed("camera", folder, lambda out: lift.make_camera(FilmCameraSpec(), seen, out, unheard))
    inputs = lift.LiftInputs(footage, mask, SourceCamera.load(out), None, folder / "kept")
    spec = LiftSpec(backend="inflate")
    _timed("imports", folder, lambda out: lift.make_entity(spec, PlaceSpec(), inputs, out, unheard))
    out = _timed("entity", folder, lambda out: lift.make_entity(spec, PlaceSpec(), inputs, out, unheard))
    print(f"    silhouette IoU {Entity.load(out).facts.silhouette_iou}")
    plate = lift.PlateInputs(footage, {"bunny": mask}, {})
    _timed("plate", folder, lambda out: lift.make_plate(plate, out, unheard))


def _timed(name: str, folder: Path, make: Callable[[Path], None]) -> Path:
    out = folder / name
    out.mkdir()
    started = time.perf_counter()
    make(out)
    print(f"  {name:8} {time.perf_counter() - started:6.2f} s")
    return out
