"""A long camera: processor seconds of many frames through many keys."""

import tempfile
import time
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import numpy as np
from pydantic import TypeAdapter

from benchmarks.rendering.asked import at_most
from r2s2r.artifacts.footage import Footage, FootageFacts
from r2s2r.artifacts.source_camera import SourceCamera
from r2s2r.geometry.camera import Camera, intrinsics_from_fov, source_world_from_camera
from r2s2r.spec.camera import CameraMove
from r2s2r.spec.edit import EditSpec
from r2s2r.spec.output import OutputSpec
from r2s2r.stages.edit import EditInputs
from r2s2r.stages.edit.timeline import Timeline
from r2s2r.stages.edit.world import World

FRAMES, KEYS, ROUNDS = 10_000, 200, 5
"""What it must reach."""
MOST_MS = 50

_MOVES: TypeAdapter[tuple[CameraMove, ...]] = TypeAdapter(tuple[CameraMove, ...])
_HEIGHT, _WIDTH = 720, 1280


def evaluate() -> None:
    """Measure and print, for keys that look at points, keys that turn, and both in turn."""
    print(f"  {FRAMES} frames of a camera with {KEYS} keys: positions, aims and fields of view")
    for aims in ("look_at", "rotate_deg", "orientation_wxyz", "all in turn"):
        for curve in ("smooth", "catmull_rom"):
            at_most(MOST_MS, _cpu_ms(list(_keys(aims)), curve), f"CPU ms, {aims}, {curve}")


def _cpu_ms(keys: list[dict[str, object]], curve: str) -> float:
    moves = _MOVES.validate_python([{"type": "keyframes", "curve": curve, "keys": keys}], strict=False)
    spec = EditSpec(frames=FRAMES, camera=moves, edits={}, output=OutputSpec())
    timeline, taken_s = Timeline.whole(FRAMES, Fraction(spec.output.fps)), []
    with tempfile.TemporaryDirectory() as folder:
        for _ in range(ROUNDS):
            world = World(spec, _inputs(Path(folder)))
            started = time.thread_time()
            world.camera(timeline)
            taken_s.append(time.thread_time() - started)
    return 1000 * min(taken_s)


def _keys(aims: str) -> Iterator[dict[str, object]]:
    random = np.random.default_rng(0)
    ways = ("look_at", "look_at", "rotate_deg", "orientation_wxyz") if aims == "all in turn" else (aims,)
    for index in range(KEYS):
        values = {
            "look_at": random.normal([0, 1, -5], 0.5).tolist(),
            "rotate_deg": random.normal(0, 10, 3).tolist(),
            "orientation_wxyz": random.normal([0, 1, 0, 0], 0.1).tolist(),
        }
        way = ways[index % len(ways)]
        position_m, fov_deg = random.normal([0, 1.2, 0], 0.3).tolist(), random.uniform(30, 60)
        at = index * (FRAMES - 1) / (KEYS - 1)
        yield {"at": at, "position_m": position_m, "fov_deg": fov_deg, way: values[way]}


def _inputs(folder: Path) -> EditInputs:
    intrinsics = intrinsics_from_fov(45, height=_HEIGHT, width=_WIDTH)
    camera = Camera(source_world_from_camera(1.2, -4), intrinsics, _HEIGHT, _WIDTH)
    facts = FootageFacts(height=_HEIGHT, width=_WIDTH, fps="25/1", times_s=(0.0,), reference=0, clip_frames=(0,))
    filmed = SourceCamera.static(camera, np.zeros(1), reference=0)
    return EditInputs(Footage(folder, facts), filmed, entities={}, motions={})
