"""Random scenes, held pixel by pixel against brute force, and dense ones against the torch oracle."""

import numpy as np
import pytest

from r2s2r.stages.render.layers import Layers
from tests.render.contract.contenders import ORACLE
from tests.render.contract.scenes import dense_scene, random_scene, truth_of_random_scene
from tests.render.oracle import Truth


def assert_agrees(layers: Layers, truth: Layers | Truth) -> None:
    assert np.count_nonzero(layers.ids != truth.ids) <= 10
    both = (layers.ids == truth.ids) & (truth.ids > 0)
    depth_error = np.abs(layers.depth_m[both] / truth.depth_m[both] - 1)
    assert np.percentile(depth_error, 99.9) <= 1e-5
    apart_deg = np.degrees(np.linalg.norm(layers.normal[both] - truth.normal[both], axis=-1))
    assert np.percentile(apart_deg, 99.9) <= 0.05


@pytest.mark.parametrize("seed", range(3))
def test_random_scenes_are_what_brute_force_sees(contender, seed):
    mesh, view = random_scene(seed)
    truth, layers = truth_of_random_scene(seed), contender.drawn(mesh, view)
    assert set(np.unique(truth.ids)) == {1, 2, 3, 4}
    assert_agrees(layers, truth)


@pytest.mark.parametrize("supersampling", [1, 2])
def test_dense_scenes_are_what_the_torch_oracle_sees(contender, supersampling):
    mesh, view = dense_scene(2)
    truth = ORACLE.drawn(mesh, view, supersampling=supersampling)
    layers = contender.drawn(mesh, view, supersampling=supersampling)
    assert len(np.unique(truth.ids)) == 5
    assert_agrees(layers, truth)


@pytest.mark.parametrize("supersampling", [1, 2])
def test_nearly_every_sample_shows_the_oracles_very_face(contender, supersampling):
    mesh, view = dense_scene(7)
    truth, seen = (one.visibility(mesh, view, supersampling) for one in (ORACLE, contender))
    for ours, theirs in ((seen.face_idx, truth.face_idx), (seen.samples, truth.samples)):
        assert np.count_nonzero(ours != theirs) <= 1e-4 * theirs.size
