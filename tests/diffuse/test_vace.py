"""The backend ``vace`` as a stage."""

from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from shutil import copytree

import numpy as np
import pytest
from numpy.typing import NDArray

from r2s2r.artifacts.control import FRAMES, Control
from r2s2r.artifacts.footage import Footage
from r2s2r.errors import InputError
from r2s2r.media.images import write_rgb
from r2s2r.media.video import LosslessWriter
from r2s2r.models.decode import decoded
from scenes.tiny_model import write_tiny_vace
from tests.diffuse.models import WIDTH, Ask, Case, run, write_control, write_reference

MODES: tuple[Case, ...] = ("vace depth", "vace outpaint")


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny model; not to be written to."""
    folder = tmp_path_factory.mktemp("models")
    write_tiny_vace(folder / "vace")
    return folder


@pytest.fixture(params=MODES)
def ask(request, models) -> Ask:
    """Both modes."""
    return Ask(request.param, models)


@pytest.fixture
def depth(models) -> Ask:
    """One mode, where the mode does not matter."""
    return Ask("vace depth", models)


def differing(first: list[NDArray[np.uint8]], second: list[NDArray[np.uint8]]) -> float:
    return float((np.array(first) != np.array(second)).mean())


def with_settings(ask: Ask, **settings: object) -> Ask:
    return replace(ask, settings={**ask.settings, **settings})


@pytest.fixture(scope="module")
def plain(models, tmp_path_factory) -> list[NDArray[np.uint8]]:
    """What ``depth`` makes as it is."""
    return run(Ask("vace depth", models), tmp_path_factory.mktemp("plain")).frames


@pytest.mark.parametrize("frames", [2, 9, 10, 14])
def test_shots_of_any_length_are_made(depth, tmp_path, frames):
    assert len(run(replace(depth, frames=frames), tmp_path).frames) == frames


def test_its_record_says_what_it_took(depth, tmp_path):
    made = run(depth, tmp_path)
    assert made.measured["segments"] == 3
    assert made.measured["seconds_per_step"] > 0
    assert {"height", "width", "steps", "forwards_per_step", "precision", "peak_host_bytes"} <= set(made.measured)
    assert len(Footage.load(made.out).facts.drift_delta_e) == 3


@pytest.mark.parametrize(
    "setting",
    [
        {"steps": 3},
        {"guidance": 2.0},
        {"shift": 9.0},
        {"conditioning_scale": 0.0},
        {"negative_prompt": "something else"},
        {"overlap_frames": 1},
        {"segment_frames": 13},
        {"precision": "bf16"},
        {"colour_match": "reference"},
    ],
)
def test_every_setting_changes_the_frames(depth, plain, tmp_path, setting):
    assert differing(plain, run(with_settings(depth, **setting), tmp_path).frames) > 0


@pytest.mark.parametrize(
    "setting",
    [{"precision": "fp8"}, {"step_cache": "taylorseer"}, {"vae_tiling": True}, {"precision": "bf16", "decode": "bf16"}],
)
def test_what_saves_memory_or_time_gives_the_same_twice(depth, tmp_path, setting):
    quick = with_settings(replace(depth, frames=9), **setting)
    first, second = (run(quick, tmp_path / str(n)) for n in range(2))
    assert differing(first.frames, second.frames) == 0


def test_prompt_and_reference_change_the_frames(ask, tmp_path):
    ask = replace(ask, frames=9)
    plain = run(ask, tmp_path / "plain").frames
    told = run(replace(ask, prompt="The ball turns."), tmp_path / "told").frames
    reference = write_reference(tmp_path / "white")
    write_rgb(reference.folder / "reference.png", np.full_like(reference.picture(), 255))
    shown = run(ask, tmp_path / "shown", reference=reference).frames
    assert differing(plain, told) > 0
    assert differing(plain, shown) > 0


def test_what_is_outside_of_the_mask_matters_and_what_is_inside_does_not(models, tmp_path):
    """Where the model fills it is shown nothing, whatever the compositor invented there."""
    ask = Ask("vace outpaint", models, frames=9)
    plain = run(ask, tmp_path / "plain").frames
    for side, changes in (("left", False), ("right", True)):
        control = write_control(tmp_path / side, "outpaint", frames=9)
        half = slice(0, WIDTH // 2) if side == "left" else slice(WIDTH // 2, None)
        control = _darkened(control, half, tmp_path / f"dark-{side}")
        assert (differing(plain, run(ask, tmp_path / f"run-{side}", control=control).frames) > 0) == changes


def test_a_killed_run_goes_on_with_equal_results(depth, plain, tmp_path):
    def kill(done: int, total: int) -> None:
        if done == 4:
            raise KeyboardInterrupt

    told: list[int] = []
    with pytest.raises(KeyboardInterrupt):
        run(depth, tmp_path / "killed", progress=kill)
    checkpoints = tmp_path / "killed" / "inputs" / "checkpoints"
    again = run(depth, tmp_path / "again", checkpoints=checkpoints, progress=lambda done, total: told.append(done))
    assert told[0] == 3
    assert differing(plain, again.frames) == 0


def test_memory_that_does_not_suffice_is_met_with_what_is_allowed(depth, tmp_path, monkeypatch):
    tried = []

    def short(vae, latents):
        tried.append(vae.use_tiling)
        if not vae.use_tiling:
            raise RuntimeError("CUDA out of memory. Tried to allocate 20.00 MiB")
        return decoded(vae, latents)

    monkeypatch.setattr("r2s2r.models.vace.generate.decoded", short)
    made = run(with_settings(depth, allow_fallback=("tiling",)), tmp_path)
    assert tried == [False, True, True, True]
    assert made.measured["fallbacks"] == ["tiling"]
    assert "made with tiling" in Footage.load(made.out).facts.findings[0]


def test_a_prompt_that_is_too_long_says_what_was_cut(depth, tmp_path):
    long = " ".join(f"box{number}" for number in range(600))
    (finding,) = Footage.load(run(replace(depth, prompt=long), tmp_path).out).facts.findings
    assert "512" in finding
    assert finding.startswith("prompt: has ")


def test_a_control_of_one_frame_is_refused(depth, tmp_path):
    with pytest.raises(InputError, match="frames: 2"):
        run(replace(depth, frames=1), tmp_path)


def test_a_reference_of_another_size_is_refused(depth, tmp_path):
    with pytest.raises(InputError, match="reference picture is 64x64"):
        run(depth, tmp_path, reference=write_reference(tmp_path / "other", height=64, width=64))


def test_another_frame_rate_is_told(depth, tmp_path):
    control = write_control(tmp_path / "control", "depth", frames=9, fps="24/1")
    made = run(depth, tmp_path, control=control)
    assert "24" in Footage.load(made.out).facts.findings[0]


def _darkened(control, columns, out):
    copytree(control.folder, out)
    facts = control.facts
    with LosslessWriter(out / FRAMES, height=facts.height, width=facts.width, fps=Fraction(facts.fps)) as writer:
        for frame in control.frames():
            frame = frame.copy()
            frame[:, columns] //= 4
            writer.write(frame)
    return Control.load(out)
