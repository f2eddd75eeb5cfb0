"""Frames per second: 600,000 faces, 1280x720, normal, id, depth and rgb in memory, against pyrender and VTK.

Renderers take turns, a few frames each, so that a machine whose speed drifts drifts for all; the median of the turns.
"""

import os
import statistics
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from queue import SimpleQueue

import numpy as np
from numpy.typing import NDArray

from benchmarks.peers.process import NAMES, Drawn, Peer
from benchmarks.peers.turning import COUNT, FOCAL_PX, HEIGHT, NEAR_M, WIDTH, balls, world_from_ball
from r2s2r.geometry.framing import Rectangle
from r2s2r.stages.render.cpu import CpuRasteriser
from r2s2r.stages.render.renderer import Renderer
from r2s2r.stages.render.scene_mesh import SceneMesh, merge
from r2s2r.stages.render.view import View

TURNS, FRAMES = 5, 12

Draw = Callable[[range], Drawn]


def main() -> None:
    """Measure and print frames per second and ratios."""
    mesh = merge(balls())
    threads = os.cpu_count() or 1
    ours = {f"r2s2r, {count} thread{'s' * (count > 1)}": _ours(mesh, count) for count in sorted({threads, 1})[::-1]}
    renderers = ours | _peers()
    first = {name: draw(range(1)).ids for name, draw in renderers.items()}
    rates: dict[str, list[float]] = {name: [] for name in renderers}
    for turn in range(TURNS):
        for name, draw in renderers.items():
            rates[name].append(FRAMES / draw(range(turn * FRAMES, (turn + 1) * FRAMES)).seconds)
    print(
        f"{len(mesh.faces)} faces, {WIDTH}x{HEIGHT}, four passes; frames/s, median of {TURNS} turns of {FRAMES} frames"
    )
    _report(rates, first)


def _ours(mesh: SceneMesh, threads: int) -> Draw:
    idle: SimpleQueue[Renderer] = SimpleQueue()
    for _ in range(threads):
        rasteriser = CpuRasteriser(mesh, height=HEIGHT, width=WIDTH)
        idle.put(Renderer(mesh, rasteriser, height=HEIGHT, width=WIDTH))

    def draw_one(frame: int) -> NDArray[np.uint16]:
        renderer = idle.get()
        ids = renderer.render(_view(frame)).ids
        idle.put(renderer)
        return ids

    def draw(frames: range) -> Drawn:
        started = time.perf_counter()
        with ThreadPoolExecutor(threads) as pool:
            ids = list(pool.map(draw_one, frames))[-1]
        return Drawn(time.perf_counter() - started, ids.astype(np.uint8))

    return draw


def _view(frame: int) -> View:
    camera_from_world = np.diag([1.0, -1.0, -1.0, 1.0])
    return View(
        camera_from_entity=np.array([camera_from_world @ world_from_ball(index, frame) for index in range(COUNT)]),
        visible=np.ones(COUNT, bool),
        intrinsics=np.array([[FOCAL_PX, 0, WIDTH / 2], [0, FOCAL_PX, HEIGHT / 2], [0, 0, 1]]),
        height=HEIGHT,
        width=WIDTH,
        active=Rectangle(0, 0, WIDTH, HEIGHT),
        near_m=NEAR_M,
    )


def _peers() -> dict[str, Draw]:
    found: dict[str, Draw] = {}
    for name in NAMES:
        try:
            found[name] = Peer(name).draw
        except Exception as error:  # noqa: BLE001 - whatever keeps a peer from running is said, not hidden
            print(f"  {name} does not run here: {type(error).__name__}: {error}")
    return found


def _report(rates: dict[str, list[float]], first: dict[str, NDArray[np.uint8]]) -> None:
    ours, best = next((name, statistics.median(turns)) for name, turns in rates.items())
    for name, turns in rates.items():
        rate = statistics.median(turns)
        equal = 100 * np.mean(first[name] == first[ours])
        print(
            f"  {name:17} {rate:5.1f}  ({min(turns):.1f} to {max(turns):.1f}); "
            f"{ours}: {best / rate:.2f} times that; ids equal at {equal:.2f} % of the pixels"
        )
