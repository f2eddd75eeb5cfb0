"""How exact the passes are: against the reference backend, and the flow against the meshes' own vertices.

Backends share the resolve, so depth and normals differ only where the faces do; tests hold the resolve itself against a
brute-force one.
"""

import copy

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import map_coordinates

from benchmarks.peers.turning import NEAR_M, animation, balls
from benchmarks.rendering.asked import at_most
from r2s2r.geometry.transforms import Array
from r2s2r.spec.render import RenderBackend, RenderSpec
from r2s2r.stages.render import choose_backend
from r2s2r.stages.render.frames import RenderJob, draw_frames
from r2s2r.stages.render.layers import FOUR_PASSES, Layers, Wanted
from r2s2r.stages.render.rasteriser import Raster, Visibility
from r2s2r.stages.render.scene_mesh import SceneMesh, merge
from r2s2r.stages.render.still import Film
from r2s2r.stages.render.view import View, view_at

AGREEING, FLOWING = range(0, 60, 20), range(6)
# A vertex is taken for hidden if it lies so much behind what the picture shows there, of its distance.
_HIDDEN = 1e-3


def check(faces: int) -> None:
    """Measure and print."""
    mesh = merge(balls(faces))
    _check_agreement(mesh)
    _check_flow(mesh)


def _check_agreement(mesh: SceneMesh) -> None:
    """Hold the passes of frames that lie far apart against those of the reference backend."""
    others, far, turned = [], [], []
    for ours, true in zip(*(_drawn(mesh, AGREEING, name, FOUR_PASSES) for name in ("cpu", "torch")), strict=True):
        both = (ours.ids > 0) & (true.ids > 0)
        others.append(int(np.count_nonzero(ours.ids != true.ids)))
        far.append(np.abs(ours.depth_m[both].astype(float) / true.depth_m[both] - 1))
        turned.append(_angle_deg(ours.normal[both], true.normal[both]))
    at_most(10, max(others), "pixels of a frame whose ids are not torch's")
    at_most(1e-5, _permille(far), "depth against torch's, relative, at the 99.9th percentile")
    at_most(0.05, _permille(turned), "normals against torch's, degrees, at the 99.9th percentile")
    print(f"    at most {max(off.max() for off in far):.2g} and {max(off.max() for off in turned):.2g} degrees")


def _permille(frames: list[Array]) -> float:
    """Return what all but a thousandth of a frame's pixels hold, for the worst frame."""
    return max(float(np.percentile(off, 99.9)) for off in frames)


def _check_flow(mesh: SceneMesh) -> None:
    """Warp every vertex that is seen by the flow, and look how far from it the mesh then has it."""
    film = animation(FLOWING)
    off_px: list[Array] = []
    for frame, layers in enumerate(_drawn(mesh, FLOWING, "cpu", Wanted(motion=True))[:-1]):
        now, then = (_projected(mesh, view_at(film, at, near_m=NEAR_M)) for at in (frame, frame + 1))
        shown = _is_shown(mesh, now, layers)
        places = now[shown, 1::-1].T - 0.5  # row and column, counted from the first pixel's centre
        move_px = layers.forward.move_px
        moved = np.stack([map_coordinates(move_px[..., axis], places, order=1) for axis in (0, 1)], axis=-1)
        off_px.append(np.linalg.norm(now[shown, :2] + moved - then[shown, :2], axis=-1))
    off = np.concatenate(off_px)
    at_most(0.02, float(off.mean()), f"px that {len(off)} vertices warped by the flow are off, mean")
    print(f"    99th percentile {np.percentile(off, 99):.2g} px, the farthest {off.max():.2g} px")


def _is_shown(mesh: SceneMesh, vertices: Array, layers: Layers) -> NDArray[np.bool_]:
    """Tell which vertices are seen, and at all four pixels round them the same entity, not hidden in the next frame.

    Where one of the four shows something else there is no flow to be had between them.
    """
    height, width = layers.ids.shape
    left, top = np.floor(vertices[:, :2] - 0.5).astype(int).T
    shown: NDArray[np.bool_] = (left >= 0) & (top >= 0) & (left + 1 < width) & (top + 1 < height)
    left, top = np.where(shown, left, 0), np.where(shown, top, 0)
    entity = np.repeat(np.arange(len(mesh.names)), np.diff(mesh.vertex_start))
    for row, column in ((top, left), (top, left + 1), (top + 1, left), (top + 1, left + 1)):
        shown &= (layers.ids[row, column] == entity + 1) & layers.forward.seen[row, column]
        shown &= np.abs(layers.depth_m[row, column] - vertices[:, 2]) < _HIDDEN * vertices[:, 2]
    return shown


def _projected(mesh: SceneMesh, view: View) -> Array:
    """Return where the vertices are in the picture, and how deep: [V, 3]."""
    projected = np.empty(mesh.vertices.shape)
    for entity, camera_from_entity in enumerate(view.camera_from_entity):
        own = slice(mesh.vertex_start[entity], mesh.vertex_start[entity + 1])
        projected[own] = mesh.vertices[own] @ camera_from_entity[:3, :3].T + camera_from_entity[:3, 3]
    depth_m = projected[:, 2:]
    return np.concatenate([(projected @ view.intrinsics.T)[:, :2] / depth_m, depth_m], axis=1)


def _drawn(mesh: SceneMesh, frames: range, backend: RenderBackend, wanted: Wanted) -> list[Layers]:
    film = Film.of(animation(frames), mesh, near_m=NEAR_M)
    raster = Raster(film.animation.facts.height, film.animation.facts.width)
    return list(draw_frames(RenderJob(film, choose_backend(RenderSpec(backend=backend)), raster, wanted, _kept)))


def _kept(frame: int, layers: Layers, seen: Visibility) -> Layers:
    return copy.deepcopy(layers)


def _angle_deg(some: NDArray[np.float32], others: NDArray[np.float32]) -> Array:
    """Return the angles [N] between unit vectors, by the chord: a float32's cosine cannot tell 0.02 degree."""
    chord = np.linalg.norm(some.astype(float) - others, axis=-1)
    angles: Array = np.degrees(2 * np.arcsin(np.minimum(chord / 2, 1)))
    return angles
