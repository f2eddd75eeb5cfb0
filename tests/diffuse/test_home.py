"""What the photograph adds round entities that stand in it."""

from dataclasses import replace

import numpy as np
import pytest

from r2s2r.artifacts.entity import Entity
from r2s2r.geometry.transforms import translation
from r2s2r.media.images import framed
from r2s2r.stages.diffuse.film_set import film_set_from
from r2s2r.stages.diffuse.home import retouched


@pytest.fixture
def film_set(inputs, block, shot):
    def build(**blocks):
        given = inputs(shot(blocks={name: block(**kinds) for name, kinds in blocks.items()}))
        return given, film_set_from(given)

    return build


def shown(film_set, given, weights):
    """Return the retouched canvas as the source camera shows it."""
    picture = retouched(film_set.canvas, [(film_set.traces[name], *weights[name]) for name in weights])
    left, top = film_set.canvas.corner
    framing = given.animation.framing
    return picture[-top : framing.height - top, -left : framing.width - left]


def test_with_all_traces_the_photograph_is_back_outside_the_outlines(film_set):
    given, built = film_set(a={}, b={"home_m": (1.2, 0.0, -7.0)})
    reference = framed(given.footage.reference_frame(), given.animation.framing)
    picture = shown(built, given, {"a": (1.0, 1.0), "b": (1.0, 1.0)})
    outside = given.passes.ids(0) == 0
    assert np.abs(picture.astype(int) - reference)[outside].max() <= 4


def test_without_traces_it_is_the_plate(film_set):
    given, built = film_set(a={})
    plate = framed(given.plate.picture(), given.animation.framing)
    np.testing.assert_array_equal(shown(built, given, {"a": (0.0, 1.0)}), plate)


def test_deep_inside_an_outline_there_is_no_picture_of_the_entity(film_set):
    given, built = film_set(a={})
    plate = framed(given.plate.picture(), given.animation.framing)
    picture = shown(built, given, {"a": (1.0, 1.0)})
    rows, columns = np.nonzero(given.passes.ids(0))
    upper = np.s_[rows.min() + 6 : rows.min() + 40, columns.min() + 6 : columns.max() - 6]
    np.testing.assert_allclose(picture[upper].astype(int), plate[upper], atol=2)


def test_each_entity_takes_only_its_own_trace_along(film_set):
    given, built = film_set(a={}, b={"home_m": (1.2, 0.0, -7.0)})
    plate = framed(given.plate.picture(), given.animation.framing)
    picture = shown(built, given, {"a": (0.0, 0.0), "b": (1.0, 1.0)})
    changed = (picture != plate).any(axis=2)
    columns_of_a = np.nonzero((given.passes.ids(0) == 1).any(axis=0))[0]
    assert not changed[:, : columns_of_a.max() - 10].any()
    assert changed.any()


def test_what_was_never_in_the_photograph_has_no_trace(film_set):
    _, built = film_set(a={}, c={"home_m": (1.2, 0.0, -7.0), "photographed": False})
    assert set(built.traces) == {"a"}


def test_an_entity_whose_place_the_plate_was_not_cleaned_at_has_no_trace(inputs, block, shot):
    """It was selected in the photograph, then placed elsewhere."""
    given = inputs(shot(blocks={"a": block()}))
    elsewhere = Entity(
        given.entities["a"].folder, given.entities["a"].facts.model_copy(update=moved_to(1.5, 0.0, -6.0))
    )
    assert film_set_from(replace(given, entities={"a": elsewhere})).traces == {}


def moved_to(x, y, z):
    rows = tuple(tuple(float(value) for value in row) for row in translation((x, y, z)))
    return {"world_from_entity": rows}
