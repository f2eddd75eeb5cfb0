"""Short films of normals, drawn by the renderer, whose axes are known."""

from collections.abc import Callable

import numpy as np
import trimesh
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

from r2s2r.geometry.mesh import Mesh
from r2s2r.geometry.transforms import Array
from tests.render.conftest import drawn, scene_mesh
from tests.render.shapes import box, mesh_of, placed, sphere, view_of

Pictures = list[NDArray[np.uint8]]
HEIGHT, WIDTH = 90, 160


def turned(x_deg: float, y_deg: float) -> Array:
    matrix: Array = Rotation.from_euler("xyz", [x_deg, y_deg, 20], degrees=True).as_matrix()
    return matrix


def torus() -> Mesh:
    return mesh_of(trimesh.creation.torus(1, 0.4), smooth=True)


def slab() -> Mesh:
    return mesh_of(trimesh.creation.box((2, 2, 0.02)), smooth=False)


def film(*entities: tuple[Mesh, Callable[[float], Array]], frames: int = 4) -> Pictures:
    """Return normals [H, W, 3] of entities, each a mesh and where it stands at a moment from 0 to 1."""
    mesh = scene_mesh(*(solid for solid, _ in entities))
    return [
        drawn(
            mesh, view_of(*(track(frame / frames) for _, track in entities), height=HEIGHT, width=WIDTH)
        ).encoded_normal()
        for frame in range(frames)
    ]


FILMS: dict[str, Callable[[], Pictures]] = {
    "a sphere": lambda: film((sphere(), lambda _: placed(0, 0, -4))),
    "a turning torus": lambda: film((torus(), lambda moment: placed(0, 0, -5, turned(40, 90 * moment)))),
    "several things": lambda: film(
        (sphere(), lambda moment: placed(-1.2, 0, -5 - moment)),
        (box(), lambda moment: placed(0.2, 0, -5, turned(20, 60 * moment))),
        (torus(), lambda moment: placed(1.2, 0.3, -6, turned(30, 60 * moment) * 0.8)),
    ),
    "cut by the border": lambda: film((sphere(), lambda _: placed(1.87, 0, -4))),
    "cut by a corner": lambda: film((sphere(), lambda _: placed(1.4, -0.79, -3))),
    "small": lambda: film((sphere(), lambda moment: placed(moment, 0, -12)), frames=12),
}
FLAT: dict[str, Callable[[], Pictures]] = {
    "a tilted slab": lambda: film((slab(), lambda _: placed(0, 0, -4, turned(10, 35)))),
    "a box from the front": lambda: film((box(), lambda _: placed(0, 0, -2.2))),
    "a speck": lambda: film((sphere(), lambda _: placed(0, 0, -40))),
    "nothing": lambda: [np.zeros((HEIGHT, WIDTH, 3), np.uint8)] * 3,
    "no background": lambda: [np.full((HEIGHT, WIDTH, 3), (128, 128, 255), np.uint8)] * 3,
}
