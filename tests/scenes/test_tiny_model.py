"""The tiny model has the form of the published ones: stock pipelines load it and draw finite noise."""

import filecmp
from pathlib import Path

import numpy as np
import pytest
import torch
from diffusers import FlowMatchEulerDiscreteScheduler, WanAnimatePipeline, WanVACEPipeline
from PIL import Image
from safetensors import safe_open

from r2s2r.media.clip import read_clip
from r2s2r.spec.load import load_scene
from scenes.tiny_model import write_clip, write_tiny_model, write_tiny_vace

_MORE_BLOCKS = ("blocks.2.", "blocks.3.", "blocks.4.")  # than the tiny model's two
SCENE = Path(__file__).resolve().parents[2] / "scenes" / "tiny.yaml"


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    folder = tmp_path_factory.mktemp("model")
    write_tiny_model(folder)
    return folder


@pytest.fixture
def offline(monkeypatch):
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")


def _files(folder):
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def test_the_stock_pipeline_loads_it_and_draws_finite_frames(model, offline):
    pipeline = WanAnimatePipeline.from_pretrained(model / "base", local_files_only=True)
    pipeline.set_progress_bar_config(disable=True)
    pipeline.scheduler = FlowMatchEulerDiscreteScheduler(1000, shift=5.0)
    picture = Image.new("RGB", (96, 64), (200, 90, 40))
    frames = pipeline(
        image=picture,
        pose_video=[picture] * 13,
        face_video=[Image.new("RGB", (16, 16))] * 13,
        prompt="a red box",
        height=64,
        width=96,
        num_inference_steps=2,
        segment_frame_length=9,
        prev_segment_conditioning_frames=1,
        guidance_scale=4.5,
        output_type="np",
        generator=torch.Generator().manual_seed(0),
    ).frames[0]
    assert frames.shape == (13, 64, 96, 3)
    assert np.isfinite(frames).all()
    assert frames.std() > 0.05


def test_the_stock_vace_pipeline_loads_its_own(tmp_path, offline):
    write_tiny_vace(tmp_path)
    pipeline = WanVACEPipeline.from_pretrained(tmp_path, local_files_only=True)
    pipeline.set_progress_bar_config(disable=True)
    frames = pipeline(
        video=[Image.new("RGB", (96, 64), (90, 90, 90))] * 5,
        mask=[Image.new("L", (96, 64), 255)] * 5,
        reference_images=[Image.new("RGB", (96, 64), (200, 90, 40))],
        prompt="a red box",
        height=64,
        width=96,
        num_frames=5,
        num_inference_steps=1,
        output_type="np",
        generator=torch.Generator().manual_seed(0),
    ).frames[0]
    assert np.isfinite(frames).all()
    assert frames.std() > 0.05


def test_the_adapter_has_the_released_names(model, shared):
    released = shared / "fixtures" / "animate_parity"
    for name in ("lora_diffusion_pytorch_model.safetensors", "pose_patch_embedding.safetensors"):
        with safe_open(released / name, "pt") as theirs, safe_open(model / "adapter" / name, "pt") as ours:
            assert ours.metadata() == theirs.metadata()
            few_blocks = {key for key in theirs.keys() if not key.startswith(_MORE_BLOCKS)}  # noqa: SIM118 - no dict
            assert set(ours.keys()) == few_blocks
            assert {ours.get_tensor(key).dtype for key in few_blocks} == {torch.bfloat16}
            assert all(ours.get_tensor(key).shape == theirs.get_tensor(key).shape for key in few_blocks)


def test_equal_seeds_give_equal_files_and_leave_the_global_generator_alone(model, tmp_path):
    torch.manual_seed(7)
    expected = torch.rand(3)
    torch.manual_seed(7)
    write_tiny_model(tmp_path / "same")
    assert torch.equal(torch.rand(3), expected)
    files = _files(model)
    assert _files(tmp_path / "same") == files
    assert filecmp.cmpfiles(model, tmp_path / "same", files, shallow=False)[0] == files
    write_tiny_model(tmp_path / "other", seed=1, layers=3)
    weights = "adapter/lora_diffusion_pytorch_model.safetensors"
    assert not filecmp.cmp(model / weights, tmp_path / "other" / weights, shallow=False)


def test_it_is_small_and_holds_no_pickles(model):
    files = [path for path in model.rglob("*") if path.is_file()]
    assert sum(path.stat().st_size for path in files) < 6_000_000
    assert {path.suffix for path in files} <= {".json", ".safetensors"}


def test_the_scene_that_uses_it_is_right(tmp_path):
    (tmp_path / "tiny.yaml").write_text(SCENE.read_text())
    write_clip(tmp_path / "media" / "tiny" / "clip.mkv")
    write_tiny_model(tmp_path / "media" / "tiny")
    scene = load_scene(tmp_path / "tiny.yaml")
    assert {shot.diffuse.backend for shot in scene.shots.values()} == {"animate"}
    assert [len(shot.variants) for shot in scene.shots.values()] == [0, 2]
    assert all(Path(shot.files[role]).is_dir() for shot in scene.shots.values() for role in ("weights", "adapter"))
    clip = read_clip(scene.clip)
    assert scene.source.frame < len(clip.timeline.times_s)
