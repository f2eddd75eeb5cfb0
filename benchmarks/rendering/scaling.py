"""What a frame costs on one thread as faces and pixels grow, and how far that is from a straight line."""

import statistics
import time
from collections.abc import Callable, Mapping
from functools import partial

import numpy as np

from benchmarks.peers.turning import HEIGHT, NEAR_M, WIDTH, animation, balls
from benchmarks.rendering.asked import at_most
from r2s2r.stages.render.cpu.cpu_rasteriser import CpuRasteriser
from r2s2r.stages.render.rasteriser import Raster
from r2s2r.stages.render.renderer import Renderer
from r2s2r.stages.render.scene_mesh import SceneMesh, merge
from r2s2r.stages.render.view import view_at

FACES = (200_000, 600_000, 1_000_000, 1_500_000, 2_000_000)
SIZES = ((360, 640), (540, 960), (720, 1280), (1080, 1920))
ROUNDS = 7


def scale(faces: int) -> None:
    """Measure and print; ``faces`` are those in pictures of several sizes."""
    meshes = {count: merge(balls(count)) for count in FACES}
    by_faces = {len(mesh.faces): partial(_cost_s, mesh, HEIGHT, WIDTH) for mesh in meshes.values()}
    _print("faces", by_faces)
    mesh = merge(balls(faces))
    _print("pixels", {height * width: partial(_cost_s, mesh, height, width) for height, width in SIZES})


def _cost_s(mesh: SceneMesh, height: int, width: int) -> Callable[[int], float]:
    """Return what draws a frame and tells the processor seconds it took."""
    raster = Raster(height, width)
    renderer = Renderer(mesh, CpuRasteriser(mesh, raster), raster)
    frames = animation(range(ROUNDS + 1), height=height, width=width)

    def draw(frame: int) -> float:
        view = view_at(frames, frame, near_m=NEAR_M)
        started = time.thread_time()
        renderer.render(view)
        return time.thread_time() - started

    return draw


def _print(what: str, opened: Mapping[int, Callable[[], Callable[[int], float]]]) -> None:
    """Draw frames of all sizes in turn; the first of each is not counted."""
    draws = {count: open_() for count, open_ in opened.items()}
    costs: dict[int, list[float]] = {count: [] for count in draws}
    for frame in range(ROUNDS + 1):
        for count, draw in draws.items():
            costs[count].append(draw(frame))
    counts = np.array(list(costs), float)
    seconds = np.array([statistics.median(rounds[1:]) for rounds in costs.values()])
    each, fixed = np.polyfit(counts, seconds, 1, w=1 / seconds)
    off = np.abs(each * counts + fixed - seconds) / seconds
    row = ", ".join(f"{count / 1e6:.2g} M {1e3 * cost:.1f} ms" for count, cost in zip(costs, seconds, strict=True))
    print(f"  {what}: {row}; {1e9 * each:.1f} ns each and {1e3 * fixed:.1f} ms")
    at_most(15, 100 * off.max(), f"% off a straight line in {what}")
