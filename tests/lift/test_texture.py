"""What an entity looks like from where the source's camera never was."""

import cv2
import numpy as np
import pytest
from skimage import data

from r2s2r.stages.lift.entities.texture import project_texture
from tests.lift.material import disc

FACE = disc(512, 512, 224, 118, 62)  # the astronaut's head
PERSON = FACE | ((np.indices((512, 512))[0] > 175) & (np.abs(np.indices((512, 512))[1] - 224) < 160))


def halves(*, seamless):
    """The front and the back of the astronaut's texture, at the head, and where the head is."""
    texture = project_texture(data.astronaut(), PERSON, seamless=seamless)
    front, back = np.split(texture.picture, 2)
    x0, y0 = texture.origin_px.astype(int)
    head = np.s_[70 - y0 : 166 - y0, 176 - x0 : 272 - x0]
    return front[head].astype(np.float32), back[head].astype(np.float32)


def detail(picture):
    """The energy of what is finer than a few pixels."""
    grey = picture.mean(axis=2)
    return float(np.square(grey - cv2.GaussianBlur(grey, (0, 0), 4)).mean())


@pytest.mark.parametrize("seamless", [True, False])
def test_there_is_no_face_behind_the_head(seamless):
    front, back = halves(seamless=seamless)
    assert detail(back) < 0.04 * detail(front)
    inner = np.s_[20:76, 20:76]
    shown, hidden = (half[inner].mean(axis=2) for half in (front, back))
    # What is left is neither the face nor its mirror picture: nearly nothing of its contrast.
    assert hidden.std() < 0.15 * shown.std()


def test_the_back_has_the_fronts_colours():
    front, back = halves(seamless=True)
    assert np.abs(front.mean(axis=(0, 1)) - back.mean(axis=(0, 1))).max() < 40


def test_front_and_back_meet_at_the_outline():
    picture = data.astronaut()
    mask = disc(512, 512, 224, 250, 150)
    texture = project_texture(picture, mask, seamless=True)
    front, back = np.split(texture.picture.astype(float), 2)
    x0, y0 = texture.origin_px
    ring = [
        (round(250 + 149.5 * np.sin(angle) - y0 - 0.5), round(224 + 149.5 * np.cos(angle) - x0 - 0.5))
        for angle in np.linspace(0, 2 * np.pi, 90)
    ]
    differences = [np.abs(front[at] - back[at]).max() for at in ring]
    assert np.mean(differences) < 12


def test_along_the_rim_nothing_is_fine_enough_to_streak_over_the_side():
    rows, columns = np.indices((300, 300))
    rays = np.sin(60 * np.arctan2(rows - 149.5, columns - 149.5))[..., None]  # a wave each 15 pixels of the rim
    picture = np.repeat((128 + 100 * rays).astype(np.uint8), 3, axis=2)
    texture = project_texture(picture, disc(300, 300, 150, 150, 140), seamless=True)
    front = np.split(texture.picture, 2)[0].astype(float)
    x0, y0 = texture.origin_px

    def contrast(radius):
        angle = np.linspace(0, 2 * np.pi, 720)
        at = (
            (150 + radius * np.sin(angle) - y0 - 0.5).round().astype(int),
            (150 + radius * np.cos(angle) - x0 - 0.5).round().astype(int),
        )
        return front[at].std()

    assert contrast(139.5) < 0.5 * contrast(120)
    assert contrast(130) > 0.9 * contrast(120)
