"""``r2s2r doctor``."""

import hashlib
import json
import shutil
import struct

import pytest
from safetensors.torch import load_file, save_file

from pipelines import doctor
from r2s2r.models import machine
from scenes.tiny_model import write_tiny_model, write_tiny_vace

SCENE = """\
version: 1
name: tiny
source: {{clip: clip.mp4}}
entities:
  bunny: {{select: {{box_px: [1, 2, 30, 40]}}}}
diffuse:
  backend: {backend}
  animate: {{weights: ./base, adapter: ./adapter, device: cpu, precision: fp32, segment_frames: 9}}
  vace: {{weights: ./vace, device: cpu, precision: fp32, segment_frames: 9}}
shots:
  still: {{frames: 9}}
output: {{width: 96, height: 64}}
"""


@pytest.fixture(scope="module")
def models(tmp_path_factory):
    """Folder with the tiny models; not to be written to."""
    folder = tmp_path_factory.mktemp("models")
    write_tiny_model(folder)
    write_tiny_vace(folder / "vace")
    return folder


@pytest.fixture
def tiny(folder, models):
    """The current folder with its own copy of the tiny models, and a scene for each backend."""
    shutil.copytree(models, folder, dirs_exist_ok=True)
    for backend in ("animate", "vace", "compositor"):
        (folder / f"{backend}.yaml").write_text(SCENE.format(backend=backend), encoding="utf-8")
    return folder


@pytest.fixture
def states(r2s2r):
    """Runs doctor and returns the exit code and name -> (state, said)."""

    def run(*arguments):
        ended = r2s2r("doctor", "--json", *arguments)
        checks = json.loads(ended.out)["checks"]
        return ended.code, {check["name"]: (check["state"], check["said"]) for check in checks}

    return run


def rewritten(file, change):
    """Write a safetensors file again with changed tensors."""
    tensors = load_file(file)
    change(tensors)
    save_file(tensors, file)


def test_whole_weights_are_ok(states, tiny):
    assert states("vace.yaml")[0] == 0
    code, found = states("animate.yaml")
    assert code == 0
    parts = {"transformer", "text_encoder", "image_encoder", "vae", "tokenizer", "adapter"}
    assert {found[f"tiny/still {part}"][0] for part in parts} == {"ok"}
    assert found["tiny/still adapter"][1] == "32 tensors of rank 4, alpha 2, and the pose patch embedding"
    assert "9 frames: time not known (no earlier run on this CPU)" in found["tiny/still"][1]


@pytest.mark.parametrize("backend", ["animate", "vace"])
def test_a_missing_tensor_a_left_one_and_another_shape_are_wrong(states, tiny, backend):
    base = tiny / ("base" if backend == "animate" else "vace")
    (transformer,) = (base / "transformer").glob("*.safetensors")
    (vae,) = (base / "vae").glob("*.safetensors")
    (text_encoder,) = (base / "text_encoder").glob("*.safetensors")
    rewritten(transformer, lambda tensors: tensors.pop("blocks.0.attn1.to_q.weight"))
    rewritten(vae, lambda tensors: tensors.update(extra=tensors["decoder.conv_in.bias"].clone()))
    rewritten(text_encoder, lambda tensors: tensors.update({"shared.weight": tensors["shared.weight"][:, :-1].clone()}))
    code, found = states(f"{backend}.yaml")
    assert code == 2
    assert found["tiny/still transformer"] == (
        "wrong",
        f"{base / 'transformer'}: does not fit this model; tensors missing: blocks.0.attn1.to_q.weight",
    )
    assert found["tiny/still vae"] == ("wrong", f"{base / 'vae'}: does not fit this model; tensors left over: extra")
    assert found["tiny/still text_encoder"][0] == "wrong"
    assert "shared.weight" in found["tiny/still text_encoder"][1]
    assert found["tiny/still tokenizer"][0] == "ok"


def test_a_lora_of_mixed_ranks_and_one_of_another_model_are_wrong(states, tiny):
    lora = tiny / "adapter" / "lora_diffusion_pytorch_model.safetensors"
    name = "blocks.1.cross_attn.k.lora_B.weight"
    rewritten(lora, lambda tensors: tensors.update({name: tensors[name][:, :2].clone()}))
    code, found = states("animate.yaml")
    assert code == 2
    assert f"{name} has shape (24, 2), expected (24, 4)" in found["tiny/still adapter"][1]
    rewritten(lora, lambda tensors: [tensors.pop(key) for key in list(tensors) if key.startswith("blocks.1.")])
    assert "tensors missing: blocks.1." in states("animate.yaml")[1]["tiny/still adapter"][1]


def test_truncated_files_and_pickles_are_wrong(states, tiny):
    (vae,) = (tiny / "base" / "vae").glob("*.safetensors")
    vae.write_bytes(vae.read_bytes()[:-100])
    (transformer,) = (tiny / "base" / "transformer").glob("*.safetensors")
    transformer.rename(transformer.with_suffix(".bin"))
    code, found = states("animate.yaml")
    assert code == 2
    assert "is truncated: 100 of" in found["tiny/still vae"][1]
    assert "is a pickle, which runs whatever code it holds" in found["tiny/still transformer"][1]


def test_weights_of_another_model_are_wrong(states, tiny):
    shutil.rmtree(tiny / "base")
    shutil.copytree(tiny / "vace", tiny / "base")
    code, found = states("animate.yaml")
    assert code == 2
    assert "has the weights of WanVACETransformer3DModel" in found["tiny/still transformer"][1]


def test_weights_that_were_never_downloaded_are_missing_with_the_command(states, tmp_path, monkeypatch):
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path / "hub"))
    code, found = states()
    assert code == 3
    assert found["animate weights"][0] == found["animate adapter"][0] == found["vace weights"][0] == "missing"
    assert "`hf download Wan-AI/Wan2.2-Animate-14B-Diffusers`" in found["animate weights"][1]
    assert "1280x704, 77 frames" in found["animate"][1]


def test_a_scene_without_a_video_model_needs_no_weights_and_no_packages(states, tiny, monkeypatch):
    monkeypatch.setattr("pipelines.doctor.PACKAGES", ("torch", "not-installed"))
    code, found = states("compositor.yaml")
    assert code == 0
    assert found["not-installed"][0] == "warning"
    assert not any(name.startswith("tiny") for name in found)


def test_without_torch_the_files_are_checked_and_the_packages_asked_for(states, tiny, monkeypatch):
    for module in (doctor, machine):
        monkeypatch.setattr(module, "find_spec", lambda name: None if name == "torch" else name)
    monkeypatch.setattr("pipelines.doctor.PACKAGES", ("not-installed",))
    (vae,) = (tiny / "base" / "vae").glob("*.safetensors")
    code, found = states("animate.yaml")
    assert code == 3
    assert found["not-installed"] == ("missing", "not installed: `pip install -e '.[neural]'` in the checkout of r2s2r")
    assert "whether they fit the model cannot be said" in found[str(vae)][1]
    vae.write_bytes(struct.pack("<Q", 9) + b"{}")
    assert states("animate.yaml")[0] == 2


def test_a_scene_for_a_gpu_misses_it(states, tiny, monkeypatch):
    monkeypatch.setattr(machine, "gpu", lambda: None)
    monkeypatch.setattr("pipelines.doctor.gpu", lambda: None)
    scene = (tiny / "animate.yaml").read_text(encoding="utf-8").replace("device: cpu, precision: fp32, ", "")
    (tiny / "animate.yaml").write_text(scene, encoding="utf-8")
    code, found = states("animate.yaml")
    assert code == 3
    assert found["GPU"][0] == "missing"


def test_hashes_are_compared_with_those_of_the_hub(states, tiny):
    (vae,) = (tiny / "base" / "vae").glob("*.safetensors")
    (encoder,) = (tiny / "base" / "text_encoder").glob("*.safetensors")
    right = hashlib.sha256(vae.read_bytes()).hexdigest()
    blobs = tiny / "blobs"  # as in the hub's cache: a link to a file named by its hash
    blobs.mkdir()
    vae.rename(blobs / right)
    vae.symlink_to(blobs / right)
    note = tiny / "base" / ".cache" / "huggingface" / "download" / "text_encoder" / f"{encoder.name}.metadata"
    note.parent.mkdir(parents=True)
    note.write_text(f"commit\n{'0' * 64}\n1.5\n", encoding="utf-8")
    code, found = states("animate.yaml", "--hashes")
    assert code == 2
    assert found[str(vae)] == ("ok", f"SHA-256 {right}, as published")
    assert found[str(encoder)][0] == "wrong"
    assert f"but {'0' * 64} was published; download again" in found[str(encoder)][1]
    (lora,) = (found[name] for name in found if name.endswith("lora_diffusion_pytorch_model.safetensors"))
    assert lora[0] == "ok"
    assert "published" not in lora[1]


def test_a_folder_that_is_not_there_is_missing_and_its_line_printed_whole(r2s2r, tiny, monkeypatch):
    monkeypatch.setenv("COLUMNS", "60")
    shutil.rmtree(tiny / "adapter")
    ended = r2s2r("doctor", "animate.yaml")
    assert ended.code == 3
    start = f"missing weights   tiny/still adapter: {tiny / 'adapter'}: no such folder of weights"
    assert any(line.startswith(start) for line in ended.out.splitlines())


def test_a_full_disk_is_a_warning(states, tiny, monkeypatch):
    monkeypatch.setattr("shutil.disk_usage", lambda _: type("Usage", (), {"free": 10**9})())
    code, found = states("animate.yaml")
    assert code == 0
    assert found["disk"][0] == "warning"
    assert "r2s2r gc" in found["disk"][1]


def test_a_wrong_scene_is_refused(r2s2r):
    ended = r2s2r("doctor", "bad.yaml")
    assert ended.code == 2
    assert "shots.orbit.camera[0].degrees" in ended.err
