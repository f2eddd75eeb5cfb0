"""Lifting the demo's entity: seconds of each node and peak memory, from the clip to mask, mesh and plate."""

import resource
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from r2s2r.artifacts.entity import Entity
from r2s2r.artifacts.footage import Footage
from r2s2r.artifacts.mask import Mask
from r2s2r.artifacts.progress import unheard
from r2s2r.spec.entities import PlaceSpec, SelectSpec
from r2s2r.spec.lift import LiftSpec
from r2s2r.spec.source import SourceSpec
from r2s2r.stages import lift

CLIP = Path(__file__).resolve().parents[1] / "scenes" / "media" / "bigbuckbunny.mp4"
FRAME, BOX_PX = 125, (262.0, 45.0, 605.0, 635.0)


def main() -> None:
    """Measure and print."""
    if not CLIP.exists():
        print("the demo's clip is not here: `make demo` fetches it")
        return
    with tempfile.TemporaryDirectory() as folder:
        _measure(Path(folder))
    print(f"  peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


def _measure(folder: Path) -> None:
    source, select = SourceSpec(clip=CLIP.name, frame=FRAME), SelectSpec(box_px=BOX_PX)
    out = _timed("footage", folder, lambda out: lift.make_footage(source, CLIP, out, unheard))
    footage = Footage.load(out)
    print(f"    {len(footage.facts.times_s)} frames {footage.facts.width}x{footage.facts.height}")
    mask = Mask.load(_timed("mask", folder, lambda out: lift.make_mask(select, footage, None, out, unheard)))
    inputs = lift.LiftInputs(footage, mask)
    spec = LiftSpec(backend="inflate")
    _timed("imports", folder, lambda out: lift.make_entity(spec, PlaceSpec(), inputs, out, unheard))
    out = _timed("entity", folder, lambda out: lift.make_entity(spec, PlaceSpec(), inputs, out, unheard))
    print(f"    silhouette IoU {Entity.load(out).facts.silhouette_iou}")
    _timed("plate", folder, lambda out: lift.make_plate(footage, {"bunny": mask}, out, unheard))


def _timed(name: str, folder: Path, make: Callable[[Path], None]) -> Path:
    out = folder / name
    out.mkdir()
    started = time.perf_counter()
    make(out)
    print(f"  {name:8} {time.perf_counter() - started:6.2f} s")
    return out
