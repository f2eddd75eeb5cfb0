"""The backend ``animate`` as a stage."""

import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from shutil import copytree

import numpy as np
import pytest
from transformers import UMT5EncoderModel

from r2s2r.artifacts.footage import Footage
from r2s2r.errors import InputError, StageError
from r2s2r.media.images import write_rgb
from r2s2r.models.checkpoint import Checkpoints
from r2s2r.models.colour import Distribution
from r2s2r.models.decode import decoded
from r2s2r.stages.diffuse import animate, video_model
from scenes.tiny_model import write_tiny_model
from tests.diffuse.models import Ask, Run, run, write_control, write_reference

OUT_OF_MEMORY = "CUDA out of memory. Tried to allocate 20.00 MiB"


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny model; not to be written to."""
    folder = tmp_path_factory.mktemp("models")
    write_tiny_model(folder / "animate")
    return folder


@pytest.fixture
def ask(models) -> Ask:
    """Sixteen frames: two segments."""
    return Ask("animate", models)


@pytest.fixture(scope="module")
def plain(models, tmp_path_factory) -> Run:
    """What the shot is with the toy's settings."""
    return run(Ask("animate", models), tmp_path_factory.mktemp("plain"))


def with_settings(ask: Ask, **settings: object) -> Ask:
    return replace(ask, settings={**ask.settings, **settings})


def differing(first: Run, second: Run) -> float:
    return float((np.array(first.frames) != np.array(second.frames)).mean())


def findings(made: Run) -> tuple[str, ...]:
    return Footage.load(made.out).facts.findings


@pytest.mark.parametrize("frames", [2, 9, 10, 17, 18])
def test_shots_of_any_length_are_made(ask, tmp_path, frames):
    assert len(run(replace(ask, frames=frames), tmp_path).frames) == frames


@pytest.mark.parametrize(
    "setting",
    [
        {"steps": 3},
        {"guidance": 2.0},
        {"guidance": 1.0},
        {"shift": 9.0},
        {"adapter_scale": 0.0},
        {"injection_scale": 0.0},
        {"injection_schedule": ({"at": 0, "strength": 1}, {"at": 1, "strength": 0})},
        {"negative_prompt": "something else"},
        {"segment_frames": 13},
        {"precision": "bf16"},
        {"colour_match": "reference"},
    ],
)
def test_every_setting_changes_the_frames(ask, plain, tmp_path, setting):
    assert differing(plain, run(with_settings(ask, **setting), tmp_path)) > 0


@pytest.mark.parametrize(
    "setting",
    [
        {"precision": "bf16", "decode": "bf16"},
        {"precision": "bf16", "decode": "fp32"},
        {"precision": "fp8", "decode": "bf16"},
        {"step_cache": "taylorseer"},
        {"step_cache": "first_block"},
        {"vae_tiling": True},
    ],
)
def test_what_saves_memory_or_time_gives_the_same_twice(ask, tmp_path, setting):
    first, second = (run(with_settings(ask, **setting), tmp_path / str(n)) for n in range(2))
    assert differing(first, second) == 0


def test_prompt_control_and_reference_change_the_frames(ask, plain, tmp_path):
    told = run(replace(ask, prompt="The ball turns."), tmp_path / "told")
    control = write_control(tmp_path / "control", "normal", frames=16, seed=1)
    steered = run(ask, tmp_path / "steered", control=control)
    white = write_reference(tmp_path / "white")
    write_rgb(white.folder / "reference.png", np.full_like(white.picture(), 255))
    shown = run(ask, tmp_path / "shown", reference=white)
    assert min(differing(plain, other) for other in (told, steered, shown)) > 0


def test_its_record_says_what_it_took(ask, tmp_path):
    measured = run(with_settings(ask, guidance=1.0), tmp_path).measured
    assert measured["seconds_per_step"] > 0
    assert measured["peak_host_bytes"] > 0
    known = {"segments": 2, "steps": 2, "height": 32, "width": 48, "forwards_per_step": 1, "precision": "fp32"}
    assert known.items() <= measured.items()


def test_the_text_encoder_runs_once_for_all_segments(ask, tmp_path, monkeypatch):
    calls, real = [], UMT5EncoderModel.forward

    def counted(self, *given, **named):
        calls.append(1)
        return real(self, *given, **named)

    monkeypatch.setattr(UMT5EncoderModel, "forward", counted)
    run(ask, tmp_path)
    assert len(calls) == 2  # prompt and negative prompt


def test_drift_is_that_of_the_frames_which_are_delivered(ask, plain, tmp_path):
    for made in (plain, run(with_settings(ask, colour_match="reference"), tmp_path)):
        first = Distribution.of(made.frames[:1])
        expected = [Distribution.of(part).delta_e(first) for part in (made.frames[:9], made.frames[9:])]
        np.testing.assert_allclose(Footage.load(made.out).facts.drift_delta_e, expected, atol=1e-3)


def test_colours_are_matched_in_what_is_delivered_and_never_fed_back(ask, plain, tmp_path):
    matched = run(with_settings(ask, colour_match="reference"), tmp_path)
    kept = [Checkpoints(made.out.parent / "inputs" / "checkpoints").resume() for made in (plain, matched)]
    for one, other in zip(*kept, strict=True):
        np.testing.assert_array_equal(one.frames(), other.frames())
        np.testing.assert_array_equal(one.last().numpy(), other.last().numpy())
    np.testing.assert_array_equal(np.concatenate([one.frames() for one in kept[1]]), plain.frames)
    wanted = Distribution.of([write_reference(tmp_path / "reference").picture()])
    for part in (matched.frames[:9], matched.frames[9:]):
        assert Distribution.of(part).delta_e(wanted) < min(3.0, Distribution.of(plain.frames).delta_e(wanted))


def test_a_killed_process_goes_on_at_its_segment_with_equal_bytes(ask, plain, tmp_path):
    script = f"""
import os, signal
from pathlib import Path
from tests.diffuse.models import Ask, run

def kill(done, total):
    if done == 4:
        os.kill(os.getpid(), signal.SIGKILL)

run(Ask("animate", Path({str(ask.models)!r})), Path({str(tmp_path / "killed")!r}), progress=kill)
"""
    (tmp_path / "killed").mkdir()
    root = Path(__file__).resolve().parents[2]
    killed = subprocess.run([sys.executable, "-c", script], cwd=root, capture_output=True, check=False)
    assert killed.returncode == -signal.SIGKILL, killed.stderr.decode()
    checkpoints = tmp_path / "killed" / "inputs" / "checkpoints"
    told: list[int] = []
    again = run(ask, tmp_path / "again", checkpoints=checkpoints, progress=lambda done, total: told.append(done))
    assert told == [3, 4]
    assert (plain.out / "frames.mkv").read_bytes() == (again.out / "frames.mkv").read_bytes()
    assert (plain.out / "facts.json").read_bytes() == (again.out / "facts.json").read_bytes()


def test_a_run_killed_after_its_last_segment_loads_nothing_again(ask, tmp_path, monkeypatch):
    long = replace(ask, prompt="box " * 600)
    whole = run(long, tmp_path / "whole")
    monkeypatch.setattr(animate, "load", lambda *_, **__: pytest.fail("loaded"))
    again = run(long, tmp_path / "again", checkpoints=tmp_path / "whole" / "inputs" / "checkpoints")
    assert differing(whole, again) == 0
    assert findings(again) == findings(whole) != ()


def test_segments_of_another_library_are_not_mixed_with_new_ones(ask, plain, tmp_path, monkeypatch):
    checkpoints = tmp_path / "checkpoints"
    with monkeypatch.context() as patched:
        patched.setattr(video_model, "_made_with", lambda _: {"torch": "0.0.1"})
        run(ask, tmp_path / "old", checkpoints=checkpoints)
    told: list[int] = []
    again = run(ask, tmp_path / "new", checkpoints=checkpoints, progress=lambda done, total: told.append(done))
    assert told == [1, 2, 3, 4]
    assert differing(plain, again) == 0


def test_a_damaged_checkpoint_is_made_again(ask, plain, tmp_path):
    checkpoints = tmp_path / "checkpoints"
    copytree(plain.out.parent / "inputs" / "checkpoints", checkpoints)
    file = sorted(checkpoints.glob("*.safetensors"))[1]
    file.write_bytes(file.read_bytes()[:-100])
    assert differing(plain, run(ask, tmp_path, checkpoints=checkpoints)) == 0


def test_memory_that_does_not_suffice_is_met_with_what_is_allowed_from_the_first_segment_on(ask, tmp_path, monkeypatch):
    tried: list[bool] = []

    def short(vae, latents):
        tried.append(vae.use_tiling)
        if len(tried) == 2:
            raise RuntimeError(OUT_OF_MEMORY)
        return decoded(vae, latents)

    monkeypatch.setattr("r2s2r.models.animate.generate.decoded", short)
    made = run(with_settings(ask, allow_fallback=("tiling",)), tmp_path / "short")
    assert tried == [False, False, True, True]
    assert made.measured["fallbacks"] == ["tiling"]
    assert findings(made) == ("made with tiling: whole frames did not fit in memory",)
    assert differing(made, run(with_settings(ask, vae_tiling=True), tmp_path / "asked")) == 0


def test_a_resumed_run_goes_on_with_the_fallbacks_it_had_taken(ask, tmp_path, monkeypatch):
    tried: list[int] = []

    def short(vae, latents):
        tried.append(1)
        if len(tried) == 1:
            raise RuntimeError(OUT_OF_MEMORY)
        if len(tried) == 3:
            raise KeyboardInterrupt
        return decoded(vae, latents)

    monkeypatch.setattr("r2s2r.models.animate.generate.decoded", short)
    allowed = with_settings(ask, precision="bf16", decode="bf16", allow_fallback=("fp8",))
    with pytest.raises(KeyboardInterrupt):
        run(allowed, tmp_path / "killed")
    again = run(allowed, tmp_path / "again", checkpoints=tmp_path / "killed" / "inputs" / "checkpoints")
    assert len(tried) == 4, "the first of two segments was there"
    assert findings(again) == ("made with fp8: bf16 did not fit in memory",)
    asked = run(with_settings(ask, precision="fp8", decode="bf16"), tmp_path / "asked")
    assert differing(again, asked) == 0


def test_without_a_fallback_too_little_memory_is_an_error_that_says_what_to_set(ask, tmp_path, monkeypatch):
    def short(vae, latents):
        raise RuntimeError(OUT_OF_MEMORY)

    monkeypatch.setattr("r2s2r.models.animate.generate.decoded", short)
    with pytest.raises(StageError, match="allow_fallback"):
        run(ask, tmp_path)


def test_a_prompt_that_is_too_long_says_what_was_cut(ask, tmp_path):
    (said,) = findings(run(replace(ask, prompt="the box " * 300 + "ends"), tmp_path))
    assert said.startswith("prompt: has ")
    assert "of which the model reads 512; cut: " in said


@pytest.mark.parametrize(("fps", "looks"), [("24/1", "slower"), ("12/1", "faster"), ("30000/1001", "slower")])
def test_another_frame_rate_is_told(ask, tmp_path, fps, looks):
    control = write_control(tmp_path / "control", "normal", frames=9, fps=fps)
    (said,) = findings(run(replace(ask, frames=9), tmp_path, control=control))
    assert said.startswith("output.fps: the model was trained at 16 frames a second; the control has ")
    assert said.endswith(looks)


def test_a_control_of_one_frame_is_refused_before_anything_is_loaded(ask, tmp_path, monkeypatch):
    monkeypatch.setattr(animate, "load", lambda *_, **__: pytest.fail("loaded"))
    with pytest.raises(InputError, match="set frames: 2 or more"):
        run(replace(ask, frames=1), tmp_path)


def test_a_reference_of_another_size_is_refused(ask, tmp_path):
    with pytest.raises(InputError, match="reference picture is 64x32, the control 48x32") as caught:
        run(ask, tmp_path, reference=write_reference(tmp_path / "other", height=32, width=64))
    assert caught.value.field == "reference"


def test_sides_the_model_cannot_make_are_refused(ask, tmp_path, monkeypatch):
    for name, value in (("HEIGHT", 40), ("WIDTH", 48)):
        monkeypatch.setattr(f"tests.diffuse.models.{name}", value)
    reference = write_reference(tmp_path / "reference", height=40, width=48)
    with pytest.raises(InputError, match="48x40; both sides must be multiples of 16") as caught:
        run(ask, tmp_path, reference=reference)
    assert caught.value.field == "size"
