"""How pictures become a model's input."""

import json

import numpy as np
import pytest
import torch
from PIL import Image
from transformers.image_transforms import normalize, rescale, resize

from r2s2r.errors import InputError
from r2s2r.models.segment.form import Form, read_form

MEAN, DEVIATION = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
CPU = torch.device("cpu")


def read(folder):
    return read_form(folder, side=64, mean=(0.5, 0.5, 0.5), deviation=(0.5, 0.5, 0.5))


@pytest.mark.parametrize("size", [(70, 113), (40, 50)])
def test_pixels_are_what_transformers_own_functions_make(size):
    frame = np.random.default_rng(0).integers(0, 256, (*size, 3), dtype=np.uint8)
    form = Form(64, MEAN, DEVIATION)
    pixels = form.pixels(form.reduced(frame), device=CPU, dtype=torch.float32)
    theirs = resize(frame, (64, 64), resample=Image.Resampling.BILINEAR)
    theirs = normalize(rescale(theirs, 1 / 255), MEAN, DEVIATION).transpose(2, 0, 1)
    assert pixels.shape == (3, 64, 64)
    assert np.allclose(pixels.numpy(), theirs, atol=1e-5)


def test_without_a_preprocessor_the_published_constants_hold(tmp_path):
    assert read(tmp_path) == Form(64, (0.5, 0.5, 0.5), (0.5, 0.5, 0.5))


@pytest.mark.parametrize(
    ("name", "part"),
    [
        ("preprocessor_config.json", None),
        ("video_preprocessor_config.json", None),
        ("processor_config.json", "image_processor"),
        ("processor_config.json", "video_processor"),
    ],
)
def test_a_preprocessor_beside_the_weights_goes_before_them(tmp_path, name, part):
    said = {"image_mean": MEAN, "image_std": DEVIATION, "size": {"height": 64, "width": 64}}
    (tmp_path / name).write_text(json.dumps({part: said} if part else said))
    assert read(tmp_path) == Form(64, MEAN, DEVIATION)


@pytest.mark.parametrize(
    ("text", "match"),
    [
        ("{", "cannot be read as JSON"),
        ("[]", "is no JSON object"),
        ('{"image_mean": [0, 0, 0], "image_std": [1, 1, 1], "size": {"height": 1024, "width": 1024}}', "takes 64 x 64"),
        ('{"image_mean": [0, 0], "image_std": [1, 1, 1]}', "image_mean must be three numbers"),
        ('{"image_mean": [0, 0, 0]}', "image_std must be three numbers"),
        ('{"image_mean": [0, 0, 0], "image_std": [1, 0, 1]}', "image_std must be above 0"),
    ],
)
def test_a_preprocessor_that_cannot_be_meant_is_refused(tmp_path, text, match):
    (tmp_path / "preprocessor_config.json").write_text(text)
    with pytest.raises(InputError, match=match):
        read(tmp_path)
