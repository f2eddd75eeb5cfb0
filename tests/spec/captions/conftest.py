"""Scenes whose captions are drafted."""

import pytest

from r2s2r.spec.captions import caption
from tests.spec.conftest import HEAD

TWIN = HEAD + "  twin: {copy: bunny, place: {move_m: [0.9, 0, -1.6]}}\n"


@pytest.fixture
def draft(load):
    """Returns the caption of shot ``a``, written in flow style."""

    def run(shot, head=HEAD):
        scene = load(f"shots: {{a: {{{shot}}}}}\n", head=head)
        return caption(scene, scene.shots["a"])

    return run


def keys(*written, more=""):
    return f"edits: {{bunny: [{{type: transform, keys: [{', '.join(written)}]}}]}}{more}"
