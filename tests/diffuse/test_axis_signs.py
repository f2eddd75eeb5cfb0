"""The axes of normals, told by silhouettes: right wherever it is sure, and unsure where nothing tells."""

from functools import cache

import numpy as np
import pytest
from numpy.typing import NDArray

from r2s2r.media.clip import read_clip
from r2s2r.stages.diffuse.axes import in_convention
from r2s2r.stages.diffuse.axis_signs import are_normals, axis_signs, channel_order, fitting
from r2s2r.stages.diffuse.silhouettes import Evidence, evidence_of
from tests.diffuse.normal_films import FILMS, FLAT, HEIGHT, WIDTH, Pictures
from tests.media.clips import write_clip

SIGNS = {"opengl": (1, 1, 1), "directx": (1, -1, 1), "opencv": (1, -1, -1)}
drawn = cache(lambda name: {**FILMS, **FLAT}[name]())


def seen(pictures: Pictures) -> Evidence:
    return sum(map(evidence_of, pictures), start=Evidence.none())


def signs(pictures: Pictures) -> tuple[int, ...]:
    return tuple(sign.sign for sign in axis_signs(seen(pictures)))


def compressed(pictures: Pictures, folder, *, crf: int) -> Pictures:
    file = write_clip(folder / "normals.mp4", pictures, rate=16, options={"crf": str(crf)})
    return list(read_clip(file).pictures(0, len(pictures) - 1))


def noisy(pictures: Pictures) -> Pictures:
    rng = np.random.default_rng(0)
    return [
        np.clip(picture + rng.normal(0, 12, picture.shape), 0, 255).astype(np.uint8)  # background and all
        for picture in pictures
    ]


def mirrored(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return the normals with x to the left."""
    shown = picture.any(axis=2)
    left = picture.copy()
    left[shown, 0] = 255 - left[shown, 0]
    return left


@pytest.mark.parametrize("convention", SIGNS)
@pytest.mark.parametrize("name", FILMS)
def test_the_axes_of_a_drawn_film_are_known(name, convention):
    pictures = [in_convention(picture, convention) for picture in drawn(name)]
    assert signs(pictures) == SIGNS[convention]
    assert fitting(axis_signs(seen(pictures))) == (convention,)


@pytest.mark.parametrize("convention", SIGNS)
@pytest.mark.parametrize("name", FILMS)
def test_noise_and_h264_do_not_change_them(tmp_path, name, convention):
    pictures = noisy([in_convention(picture, convention) for picture in drawn(name)])
    assert signs(compressed(pictures, tmp_path, crf=30)) == SIGNS[convention]


@pytest.mark.parametrize("convention", SIGNS)
@pytest.mark.parametrize("name", FLAT)
def test_what_does_not_tell_is_not_guessed(tmp_path, name, convention):
    pictures = [in_convention(picture, convention) for picture in drawn(name)]
    for shown in (pictures, compressed(pictures, tmp_path, crf=23)):
        assert signs(shown)[:2] == (0, 0)
        assert convention in fitting(axis_signs(seen(shown)))


def test_a_mirrored_x_fits_no_convention():
    found = axis_signs(seen([mirrored(picture) for picture in drawn("several things")]))
    assert [sign.sign for sign in found] == [-1, 1, 1]
    assert fitting(found) == ()


def test_channels_in_another_order_are_named():
    pictures = drawn("several things")
    assert channel_order(seen(pictures)) is None
    assert channel_order(seen([picture[..., ::-1] for picture in pictures])) == ("blue", "green", "red")


def test_colours_that_are_no_normals_are_told_apart():
    rng = np.random.default_rng(1)
    blob = drawn("a sphere")[0].max(axis=2, keepdims=True) > 0
    paint = rng.integers(60, 200, (HEIGHT // 10, WIDTH // 10, 3), np.uint8).repeat(10, axis=0).repeat(10, axis=1)
    assert not are_normals(evidence_of(np.where(blob, paint, np.uint8(0))))
    assert all(are_normals(seen(drawn(name))) for name in FILMS)


def test_evidence_adds_up_over_pictures_and_says_how_much_there_is():
    one, all_of_them = (axis_signs(seen(pictures)) for pictures in (drawn("a sphere")[:1], drawn("a sphere")))
    for alone, together in zip(one, all_of_them, strict=True):
        assert together.evidence_px == pytest.approx(4 * alone.evidence_px, abs=2)
        assert together.agreement == pytest.approx(alone.agreement)
    x, _, _ = one  # a circle of 40 px, each part by the square of the cosine: half of its length
    assert x.evidence_px == pytest.approx(np.pi * 40, rel=0.12)


@pytest.mark.parametrize("shape", [(16, 16), (1, 1), (3, 700)])
def test_pictures_of_any_size_are_taken(shape):
    picture = np.zeros((*shape, 3), np.uint8)
    picture[: -(-shape[0] // 2)] = (128, 128, 255)
    assert evidence_of(picture).facing_px.max() < 100
