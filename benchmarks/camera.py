"""Source cameras solved from rendered clips whose cameras are known: ATE, lens, turns and seconds; and their plates."""

import tempfile
import time
from pathlib import Path

from benchmarks.worlds.clip import Clip, travelled, turned
from benchmarks.worlds.errors import CameraError, camera_error, psnr
from r2s2r.artifacts.plate import Plate
from r2s2r.artifacts.progress import unheard
from r2s2r.artifacts.source_camera import SourceCamera
from r2s2r.spec.film_camera import FilmCameraSpec
from r2s2r.stages import lift

HEIGHT, WIDTH, FRAMES = 540, 960, 80
"""What it must reach: 0.1 % of the path."""
MOST_ATE = 0.001


def main(height: int = HEIGHT, width: int = WIDTH, frames: int = FRAMES) -> None:
    """Measure and print. Fails when the solve is worse than promised."""
    print(f"  {frames} frames {width}x{height}, a rolling ball masked out")
    with tempfile.TemporaryDirectory() as folder:
        for name, make in (("travel", travelled), ("pan", turned)):
            clip = make(Path(folder) / name, frames=frames, height=height, width=width)
            error = _solve(name, clip, Path(folder))
            _plates(clip, Path(folder) / name)
            assert error.ate is None or error.ate <= MOST_ATE, "the solve is worse than promised"


def _solve(name: str, clip: Clip, folder: Path) -> CameraError:
    out = folder / f"{name}-camera"
    out.mkdir()
    spec = FilmCameraSpec.model_validate({"camera": {"solve": "sfm"}, "ground": clip.ground})
    started = time.perf_counter()
    lift.make_camera(spec, lift.CameraInputs(clip.footage, {"ball": clip.mask}, None, {}, None), out, unheard)
    seconds, found = time.perf_counter() - started, SourceCamera.load(out)
    error = camera_error(found, clip.truth)
    ate = "-" if error.ate is None else f"{error.ate:.4%} of the path (scale {error.scale:.4f})"
    print(
        f"  {name:6} {seconds:5.1f} s  ATE {ate}  rotation {error.rotation_deg:.4f} deg mean  "
        f"focal length {error.focal:+.2%}  registered {found.facts.registered:.0%}"
    )
    return error


def _plates(clip: Clip, folder: Path) -> None:
    for name, camera in (("by homography", None), ("by the camera", clip.truth)):
        out = folder / name
        out.mkdir()
        started = time.perf_counter()
        lift.make_plate(lift.PlateInputs(clip.footage, {"ball": clip.mask}, {}, camera), out, unheard)
        seconds, plate = time.perf_counter() - started, Plate.load(out)
        hole = plate.replaced()
        print(
            f"    plate {name:14} {seconds:5.1f} s  {psnr(plate.picture()[hole], clip.behind[hole]):.1f} dB in the hole"
        )
