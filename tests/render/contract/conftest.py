"""Every test here is run with every backend that runs on this machine; ``test_contenders`` says why others do not."""

import pytest

from r2s2r.spec.render import RenderSpec
from tests.render.contract.contenders import CONTENDERS, Contender
from tests.render.kaolin.contender import KaolinStandIn

# Where there is no GPU, all of the Kaolin backend but Kaolin is still held against the contract.
STAND_IN = KaolinStandIn("kaolin-stand-in", RenderSpec(backend="kaolin"), ("torch",), in_doubles=True)


@pytest.fixture(
    params=[
        pytest.param(known, marks=[pytest.mark.gpu] * known.gpu, id=known.name)
        for known in (*CONTENDERS, STAND_IN)
        if not known.lacks()
    ]
)
def contender(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Contender:
    asked: Contender = request.param
    if asked is STAND_IN:
        monkeypatch.setattr("r2s2r.stages.render.kaolin.kaolin_backend", lambda spec: STAND_IN.backend())
    return asked
