"""How far actors have left their places."""

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from r2s2r.geometry.transforms import rotation, scaling, translation
from r2s2r.stages.diffuse.film_set import film_set_from
from r2s2r.stages.diffuse.outline import outline

HOME = translation((-0.4, 0.0, -7.0))


@pytest.fixture
def film_set(inputs, block, shot):
    return film_set_from(inputs(shot(blocks={"a": block()})))


@pytest.fixture
def actor(film_set):
    return film_set.actors["a"]


def test_an_actor_is_there_at_home_and_gone_half_its_height_away(actor):
    assert actor.presence(HOME) == 1.0
    steps = [actor.presence(translation((step, 0, 0)) @ HOME) for step in np.linspace(0, 0.75, 9)]
    assert steps == sorted(steps, reverse=True)
    assert steps[-1] == 0.0


def test_hopping_tipping_over_and_shrinking_are_leaving_but_turning_on_the_spot_is_not(actor):
    turned = HOME @ rotation(Rotation.from_euler("y", 90, degrees=True))
    tipped = HOME @ rotation(Rotation.from_euler("x", 90, degrees=True))
    assert actor.presence(turned) == pytest.approx(1.0)
    assert actor.presence(tipped) == 0.0
    assert actor.presence(HOME @ scaling(0.2)) < 0.5
    assert actor.presence(translation((0, 1.0, 0)) @ HOME) == 0.0


def test_the_fringe_holds_at_the_source_camera_and_while_it_only_turns(
    film_set, actor, inputs, shot, world_from_source
):
    camera = inputs(shot()).animation.camera(0)
    turned = camera.world_from_camera.copy()
    turned[:3, :3] = rotation(Rotation.from_euler("y", 5, degrees=True))[:3, :3] @ turned[:3, :3]
    panned = type(camera)(turned, camera.intrinsics, camera.height, camera.width)
    aside = type(camera)(translation((0.5, 0, 0)) @ world_from_source, camera.intrinsics, camera.height, camera.width)
    seen = {"source": film_set.source, "proxy": film_set.proxy}
    assert actor.fringe(HOME, camera=camera, **seen) == pytest.approx(1.0)
    assert actor.fringe(HOME, camera=panned, **seen) == pytest.approx(1.0)
    assert actor.fringe(HOME, camera=aside, **seen) == 0.0
    assert actor.fringe(HOME @ rotation(Rotation.from_euler("y", 60, degrees=True)), camera=camera, **seen) == 0.0


def test_the_fringe_goes_as_the_shape_changes_on_the_spot(film_set, actor, inputs, shot):
    seen = {"camera": inputs(shot()).animation.camera(0), "source": film_set.source, "proxy": film_set.proxy}
    lower = [actor.vertices * np.array([1, height, 1], np.float32) for height in (1, 0.995, 0.6)]
    fringes = [actor.fringe(HOME, **seen, vertices=vertices) for vertices in lower]
    assert fringes[0] == pytest.approx(actor.fringe(HOME, **seen))
    assert fringes[0] > fringes[1] > fringes[2] == 0.0


def test_the_outline_is_what_a_ray_tracer_sees(inputs, block, block_mesh, shot):
    given = inputs(shot(blocks={"a": block()}, height=480, width=832))
    drawn = outline(block_mesh(block()), block().home, given.animation.camera(0))
    traced = given.passes.ids(0) > 0
    assert (drawn & traced).sum() / (drawn | traced).sum() >= 0.98
    assert drawn[traced].all()
