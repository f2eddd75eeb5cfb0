"""A renderer: a rasteriser and the shared resolve, for single views of one mesh."""

from r2s2r.stages.render.layers import FOUR_PASSES, Layers, Wanted, blank_layers
from r2s2r.stages.render.rasteriser import Raster, Rasteriser
from r2s2r.stages.render.resolve import resolve
from r2s2r.stages.render.scene_mesh import SceneMesh
from r2s2r.stages.render.still import Still
from r2s2r.stages.render.view import View


class Renderer:
    """Draws views of one mesh, all passes but motion at once. Serves one thread.

    Shots are drawn by ``frames.draw_frames``, which knows what comes before and after.
    """

    def __init__(self, mesh: SceneMesh, rasteriser: Rasteriser, raster: Raster, wanted: Wanted = FOUR_PASSES) -> None:
        self._mesh = mesh
        self._rasteriser = rasteriser
        self._wanted = wanted
        self._seen = rasteriser.new_visibility()
        self._layers = blank_layers(raster.height, raster.width, wanted)

    def render(self, view: View) -> Layers:
        """Return the passes of a view; valid until the next call."""
        still = Still(0, self._mesh, view)
        self._rasteriser.draw([still], [self._seen])
        resolve(still, self._seen, self._layers, self._wanted)
        return self._layers
