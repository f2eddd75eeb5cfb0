"""Meshes that fall on each other."""

import numpy as np
import pytest
import trimesh
from scipy.spatial.transform import Rotation

from r2s2r.geometry.contact import Surface, fall_m
from r2s2r.geometry.topology import volume_m3

BOX = trimesh.creation.box((1, 1, 1))
BALL = trimesh.creation.icosphere(3)


def _placed(shape, position_m, turn_deg=(0, 0, 0)):
    turn = Rotation.from_euler("XYZ", turn_deg, degrees=True).as_matrix()
    return Surface(shape.vertices @ turn.T + np.array(position_m), shape.faces.astype(np.int32))


def _fall(upper, lower):
    return fall_m(upper, lower, tolerance_m=0.01)


def test_a_face_falls_on_a_face():
    assert _fall(_placed(BOX, [0.4, 3, 0.2]), _placed(BOX, [0, 0, 0])) == pytest.approx(2)


def test_a_corner_falls_on_a_face_and_a_face_on_a_corner():
    tip = _placed(BOX, [0, 0, 0], (45, np.degrees(np.arctan(np.sqrt(0.5))), 0))
    reach = tip.vertices[:, 1].max()
    assert _fall(Surface(tip.vertices + np.array([0, 3, 0]), tip.faces), _placed(BOX, [0, 0, 0])) == pytest.approx(
        2.5 - reach
    )
    assert _fall(_placed(BOX, [0, 3, 0]), tip) == pytest.approx(2.5 - reach)


def test_an_edge_falls_across_an_edge():
    fall = _fall(_placed(BOX, [0, 3, 0], (45, 0, 0)), _placed(BOX, [0, 0, 0], (0, 0, 45)))
    assert fall == pytest.approx(3 - np.sqrt(2))


def test_what_is_beside_or_above_is_missed():
    assert _fall(_placed(BOX, [1.001, 3, 0]), _placed(BOX, [0, 0, 0])) == np.inf
    assert _fall(_placed(BOX, [0, -3, 0]), _placed(BOX, [0, 0, 0])) == np.inf


def test_what_is_cut_a_little_is_lifted_out():
    assert _fall(_placed(BOX, [0, 0.995, 0]), _placed(BOX, [0, 0, 0])) == pytest.approx(-0.005)


@pytest.mark.parametrize("seed", range(6))
def test_after_the_fall_they_touch_and_do_not_cut(seed):
    rng = np.random.default_rng(seed)
    upper = _placed(BOX if seed % 2 else BALL, [*rng.uniform(-0.4, 0.4, 1), 4, 0.1], rng.uniform(-180, 180, 3))
    lower = _placed(BALL if seed % 3 else BOX, [0, 0, 0], rng.uniform(-180, 180, 3))
    fall = _fall(upper, lower)
    landed = Surface(upper.vertices - [0, fall, 0], upper.faces)
    assert _fall(landed, lower) == pytest.approx(0, abs=1e-9)
    assert _common_m3(landed, lower) < 1e-9
    assert _common_m3(Surface(landed.vertices - [0, 0.02, 0], landed.faces), lower) > 1e-9


def _common_m3(one, other):
    solids = [trimesh.Trimesh(surface.vertices, surface.faces) for surface in (one, other)]
    common = trimesh.boolean.intersection(solids, engine="manifold")
    return volume_m3(common.vertices, common.faces) if len(common.faces) else 0.0


def test_many_faces_give_what_few_do():
    fine = BOX
    for _ in range(5):
        fine = fine.subdivide()
    assert _fall(_placed(fine, [0.3, 3, 0.1], (20, 30, 40)), _placed(fine, [0, 0, 0], (5, 0, 8))) == pytest.approx(
        _fall(_placed(BOX, [0.3, 3, 0.1], (20, 30, 40)), _placed(BOX, [0, 0, 0], (5, 0, 8)))
    )
