"""A picture in the terminal."""

import io

import numpy as np
from PIL import Image
from rich.console import Console

from r2s2r.cli.thumbnail import thumbnail


def test_a_picture_is_two_pixels_a_character_in_its_own_colours(tmp_path):
    pixels = np.zeros((4, 8, 3), np.uint8)
    pixels[:2] = (255, 0, 0)
    pixels[2:] = (0, 0, 255)
    Image.fromarray(pixels).save(tmp_path / "picture.png")
    text = io.StringIO()
    console = Console(file=text, force_terminal=True, color_system="truecolor", width=80)
    console.print(thumbnail(tmp_path / "picture.png", columns=4))
    (row,) = text.getvalue().splitlines()
    assert row.count("▀") == 4
    assert "38;2;255;0;0" in row  # above: the letter's colour
    assert "48;2;0;0;255" in row  # below: its background
