"""Loading segmentation models: from local safetensors, wholly, or not at all."""

import json
import shutil
from typing import Any

import numpy as np
import pytest
import torch

from r2s2r.errors import InputError, MissingError
from r2s2r.models.segment.sam2 import load_sam2
from r2s2r.models.segment.sam3 import load_sam3
from r2s2r.models.segment.tracker import Tracker
from r2s2r.spec.segment import Sam2Spec, Sam3Spec
from tests.models.segment.tiny import SIDE

LOADERS: dict[str, Any] = {"sam2": (load_sam2, Sam2Spec), "sam3": (load_sam3, Sam3Spec)}


@pytest.fixture(params=[*LOADERS])
def name(request):
    return request.param


@pytest.fixture
def folder(name, request, tmp_path):
    """A copy that may be changed."""
    return shutil.copytree(request.getfixturevalue(f"{name}_folder"), tmp_path / name)


def load(name, folder, **options):
    loader, spec = LOADERS[name]
    return loader(folder, spec(weights=str(folder), **({"device": "cpu"} | options)))


def test_the_weights_of_the_other_model_are_refused(name, sam2_folder, sam3_folder):
    other = sam3_folder if name == "sam2" else sam2_folder
    with pytest.raises(InputError, match=f"has the weights of a sam[23]_video, but a {name}_video is needed"):
        load(name, other)


def test_weights_that_lack_a_part_are_named(name, folder):
    from safetensors.torch import load_file, save_file

    tensors = load_file(folder / "model.safetensors")
    del tensors[next(key for key in tensors if key.endswith("mask_downsample.weight"))]
    save_file(tensors, folder / "model.safetensors", {"format": "pt"})
    with pytest.raises(InputError, match=rf"{name}: .*missing keys: \S*mask_downsample.weight"):
        load(name, folder)


def test_weights_that_are_left_over_are_named(name, folder):
    from safetensors.torch import load_file, save_file

    tensors = load_file(folder / "model.safetensors") | {"stray.weight": torch.zeros(1)}
    save_file(tensors, folder / "model.safetensors", {"format": "pt"})
    with pytest.raises(InputError, match=r"unexpected keys: stray.weight"):
        load(name, folder)


def test_a_pickle_is_refused(name, folder):
    (folder / "model.safetensors").rename(folder / "model.pt")
    with pytest.raises(InputError, match=r"model.pt is a pickle"):
        load(name, folder)


def test_truncated_weights_are_refused(name, folder):
    data = (folder / "model.safetensors").read_bytes()
    (folder / "model.safetensors").write_bytes(data[:-100])
    with pytest.raises(InputError, match="is truncated"):
        load(name, folder)


def test_a_folder_without_a_tokenizer_is_refused(sam3_folder, tmp_path):
    folder = shutil.copytree(
        sam3_folder, tmp_path / "sam3", ignore=shutil.ignore_patterns("*token*", "vocab*", "merg*")
    )
    with pytest.raises(InputError, match="has no tokenizer"):
        load("sam3", folder)


def test_the_tokenizer_of_another_model_is_refused(sam3_folder, tmp_path):
    folder = shutil.copytree(sam3_folder, tmp_path / "sam3")
    for file in ("tokenizer.json", "vocab.json"):
        said = json.loads((folder / file).read_text())
        words = said["model"]["vocab"] if file == "tokenizer.json" else said
        words |= {f"other{index}": len(words) + index for index in range(20)}
        (folder / file).write_text(json.dumps(said))
    with pytest.raises(InputError, match="its tokenizer knows 74 tokens, but the model beside it 64"):
        load("sam3", folder)


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a GPU here")
def test_without_a_gpu_device_auto_says_what_to_do(name, folder):
    with pytest.raises(MissingError, match=r"device: auto needs a GPU.*device: cpu"):
        load(name, folder, device="auto")


def test_half_precision_follows_too(name, folder):
    loaded = load(name, folder, precision="bf16")
    tracking = loaded if name == "sam2" else loaded.tracking
    assert tracking.dtype == torch.bfloat16
    frames = np.random.default_rng(0).integers(0, 256, (3, SIDE, SIDE, 3), dtype=np.uint8)
    tracker = Tracker(tracking)
    tracker.begin_with_mask(1, frames[1], np.pad(np.ones((20, 20), bool), 20))
    for index in (2, 0):
        seen = tracker.step(index, frames[index])
        assert seen.logits.dtype == torch.float32
        assert np.isfinite(seen.score)
    if name == "sam3":
        assert loaded.sightings("red ball", frames[0])
