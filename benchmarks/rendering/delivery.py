"""A shot to disk: seconds, and peak memory of a process that does nothing else, for more and more passes."""

import multiprocessing
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import NamedTuple

import numpy as np

from benchmarks.peers.process import peak_bytes
from benchmarks.peers.turning import animation, balls
from benchmarks.rendering.asked import at_most
from r2s2r.artifacts.entity import Entity, EntityFacts
from r2s2r.artifacts.progress import unheard
from r2s2r.spec.render import RenderSpec
from r2s2r.stages.render import make_passes

FRAMES, MORE_FRAMES = 77, 308
HEIGHT, WIDTH = 480, 832

_ALL = RenderSpec(backend="cpu", supersampling=2, extra_passes=("motion", "uv"))
SPECS = {
    "four passes": RenderSpec(backend="cpu"),
    "four passes and motion": RenderSpec(backend="cpu", extra_passes=("motion",)),
    "all passes, 2x2": _ALL,
    "all passes, 2x2, and multilayer": _ALL.model_copy(update={"multilayer": True}),
}


class Delivered(NamedTuple):
    """What it took to write a shot: seconds on the clock, processor seconds, and two sizes."""

    seconds: float
    cpu_s: float
    peak_bytes: int
    disk_bytes: int


def deliver(faces: int) -> None:
    """Measure the seconds of a shot and print; the balls have ``faces`` in all."""
    print(f"  {FRAMES} frames {WIDTH}x{HEIGHT}, {faces} faces")
    with tempfile.TemporaryDirectory() as folder:
        entities = _write_entities(Path(folder), faces)
        for name, spec in SPECS.items():
            shot = _apart(entities, spec, FRAMES)
            at_most(8, shot.seconds, f"s to disk, {name}")
            sizes = f"peak {shot.peak_bytes / 1e6:.0f} MB, {shot.disk_bytes / 1e6:.0f} MB on disk"
            print(f"    {shot.cpu_s:.1f} CPU s, {sizes}")


def lengthen(faces: int) -> None:
    """Measure the memory of a short and a long shot and print."""
    with tempfile.TemporaryDirectory() as folder:
        entities = _write_entities(Path(folder), faces)
        short, long = (_apart(entities, _ALL, frames).peak_bytes for frames in (FRAMES, MORE_FRAMES))
    at_most(1.05, long / short, f"peak memory of {MORE_FRAMES} frames over that of {FRAMES}")
    print(f"    {long / 1e6:.0f} MB, {short / 1e6:.0f} MB")


def _write_entities(folder: Path, faces: int) -> Path:
    facts = EntityFacts(world_from_entity=tuple(tuple(row) for row in np.eye(4).tolist()), height_m=2.0)
    for name, mesh in balls(faces).items():
        (folder / "entities" / name).mkdir(parents=True)
        Entity.write(folder / "entities" / name, mesh, facts)
    return folder / "entities"


def _apart(entities: Path, spec: RenderSpec, frames: int) -> Delivered:
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        return pool.submit(_deliver, entities, spec, frames).result()


def _deliver(folder: Path, spec: RenderSpec, frames: int) -> Delivered:
    """Write a shot; before it two frames, so that no kernel is compiled on the clock."""
    entities = {path.name: Entity.load(path) for path in folder.iterdir()}
    with tempfile.TemporaryDirectory(dir=folder.parent) as written:
        for name, count in (("first", 2), ("shot", frames)):
            out = Path(written) / name
            out.mkdir()
            started, cpu_started = time.perf_counter(), time.process_time()
            make_passes(spec, animation(range(count), height=HEIGHT, width=WIDTH), entities, out, unheard)
            seconds, cpu_s = time.perf_counter() - started, time.process_time() - cpu_started
        size = sum(path.stat().st_size for path in out.rglob("*") if path.is_file())
    return Delivered(seconds, cpu_s, peak_bytes(), size)
