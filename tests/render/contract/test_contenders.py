"""Which backends are held against the contract here, and what keeps the others from it: said once for each."""

import pytest

from tests.render.conftest import scene_mesh
from tests.render.contract.contenders import CONTENDERS
from tests.render.shapes import box, placed, view_of


@pytest.mark.parametrize("known", CONTENDERS, ids=lambda known: known.name)
def test_a_backend_draws_or_it_is_said_why_nothing_here_was_run_with_it(known):
    lacks = known.lacks()
    if lacks:
        pytest.skip(f"{lacks}; no test of the contract is run with it")
    assert known.faces(scene_mesh(box()), view_of(placed(z=-5.0))).max() >= 0
