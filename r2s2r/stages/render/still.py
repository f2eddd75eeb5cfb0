"""Still: what one frame shows, ready to be drawn."""

from collections.abc import Mapping
from dataclasses import dataclass

from r2s2r.artifacts.animation import Animation
from r2s2r.stages.render.bending import Bender, Edges, edges_of, own_shapes
from r2s2r.stages.render.scene_mesh import SceneMesh
from r2s2r.stages.render.view import View, view_at


@dataclass(frozen=True, eq=False)
class Still:
    """One frame.

    Attributes:
        frame: Which.
        mesh: All entities, in the shape they have at this frame.
        view: Where they and the camera are.
    """

    frame: int
    mesh: SceneMesh
    view: View


@dataclass(frozen=True, eq=False)
class Film:
    """An animation and its meshes: frame by frame what is to be drawn.

    Attributes:
        animation: Where camera and entities are.
        mesh: All entities, merged.
        edges: Index of each entity that bends -> its edges.
        near_m: Nothing nearer to the camera's plane is drawn.
    """

    animation: Animation
    mesh: SceneMesh
    edges: Mapping[int, Edges]
    near_m: float

    @classmethod
    def of(cls, animation: Animation, mesh: SceneMesh, *, near_m: float) -> "Film":
        """Return the film of merged meshes."""
        return cls(animation, mesh, edges_of(mesh, animation), near_m)


class Poser:
    """Poses a film's mesh, one frame at a time; what bends, bends in a copy of its own. Serves one thread."""

    def __init__(self, film: Film) -> None:
        self._film = film
        self._mesh = own_shapes(film.mesh) if film.edges else film.mesh
        self._bender = Bender(self._mesh, film.animation, film.edges)

    def at(self, frame: int) -> Still:
        """Return a frame; valid until the next call. Raises StageError, naming frame and entity, as ``view_at``."""
        self._bender.bend(frame)
        return Still(frame, self._mesh, view_at(self._film.animation, frame, near_m=self._film.near_m))
