"""The contract suite's contender that is all of the Kaolin backend but Kaolin."""

from dataclasses import dataclass
from functools import partial

from r2s2r.stages.render.rasteriser import Backend
from tests.render.contract.contenders import Contender
from tests.render.kaolin.drawing import on_kaolin


@dataclass(frozen=True)
class KaolinStandIn(Contender):
    """Kaolin's backend on the CPU, with a stand-in for its one function."""

    def backend(self) -> Backend:
        return Backend(partial(on_kaolin, batch_frames=3), on_threads=False)
