"""A renderer: a rasteriser, the shared resolve, and the buffers of one thread."""

from r2s2r.stages.render.layers import Layers, blank_layers
from r2s2r.stages.render.rasteriser import Rasteriser
from r2s2r.stages.render.resolve import resolve
from r2s2r.stages.render.scene_mesh import SceneMesh
from r2s2r.stages.render.view import View


class Renderer:
    """Draws views of one mesh, all passes at once. Serves one thread; nothing is allocated from frame to frame."""

    def __init__(self, mesh: SceneMesh, rasteriser: Rasteriser, *, height: int, width: int) -> None:
        self._mesh = mesh
        self._rasteriser = rasteriser
        self._layers = blank_layers(height, width)

    def render(self, view: View) -> Layers:
        """Return the passes of a view; valid until the next call."""
        resolve(self._mesh, view, face_idx=self._rasteriser.face_idx(view), layers=self._layers)
        return self._layers
