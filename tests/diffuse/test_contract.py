"""What holds for every frame generator, whatever it is made of."""

import gc
import hashlib
import shutil
import tracemalloc
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from r2s2r.artifacts.footage import Footage
from r2s2r.errors import InputError, MissingError, StageError
from tests.diffuse.models import CASES, HEIGHT, MODELS, WIDTH, Ask, run, transformer_file, write_models


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Tiny models of all backends; not to be written to."""
    return write_models(tmp_path_factory.mktemp("models"))


@pytest.fixture
def copies(models, tmp_path) -> Path:
    """Copies of them that a test may spoil."""
    return Path(shutil.copytree(models, tmp_path / "models"))


@pytest.fixture(params=CASES)
def ask(request, models) -> Ask:
    """Every backend and mode."""
    return Ask(request.param, models)


@pytest.fixture(params=MODELS)
def model_ask(request, models) -> Ask:
    """Those with weights."""
    return Ask(request.param, models)


def digests(folder: Path) -> dict[str, str]:
    return {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in sorted(folder.iterdir())}


def test_it_makes_every_frame_of_the_shot_at_its_size(ask, tmp_path):
    made = run(ask, tmp_path)
    frames = made.frames
    assert len(frames) == ask.frames
    assert {frame.shape for frame in frames} == {(HEIGHT, WIDTH, 3)}
    assert {str(frame.dtype) for frame in frames} == {"uint8"}
    footage = Footage.load(made.out)
    assert (footage.facts.height, footage.facts.width, len(footage.facts.times_s)) == (HEIGHT, WIDTH, ask.frames)
    assert (footage.reference_frame() == frames[0]).all()


def test_progress_rises_to_its_total(ask, tmp_path):
    told: list[tuple[int, int]] = []
    run(ask, tmp_path, progress=lambda done, total: told.append((done, total)))
    assert [done for done, _ in told] == list(range(1, told[-1][1] + 1))
    assert {total for _, total in told} == {told[-1][0]}


def test_it_gives_the_same_bytes_twice(ask, tmp_path):
    first, second = (run(ask, tmp_path / name).out for name in ("first", "second"))
    assert digests(first) == digests(second)


def test_another_seed_gives_another_video(model_ask, tmp_path):
    first, second = (run(replace(model_ask, seed=seed), tmp_path / str(seed)) for seed in (0, 1))
    assert digests(first.out)["frames.mkv"] != digests(second.out)["frames.mkv"]


def test_frames_leave_one_at_a_time(ask, tmp_path):
    quick = replace(ask, settings={"steps": 1})
    run(replace(quick, frames=2), tmp_path / "warm")  # what is imported and compiled on first use is not meant
    peaks = {}
    for frames in (10, 24):
        tracemalloc.start()
        run(replace(quick, frames=frames), tmp_path / str(frames))
        peaks[frames] = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    frame_bytes = HEIGHT * WIDTH * 3
    # Kept, the 14 frames more would be 14; a frame's matrices, and what the set-up happens to need, are a few.
    assert peaks[24] - peaks[10] < 7 * frame_bytes


def test_no_more_than_a_segment_lies_in_tensors(model_ask, tmp_path):
    peaks = {}
    for frames in (18, 27):
        alive: list[int] = []
        run(
            replace(model_ask, frames=frames, settings={"steps": 1}),
            tmp_path / str(frames),
            progress=lambda done, total, alive=alive: alive.append(tensor_bytes()),
        )
        peaks[frames] = max(alive[1:])
    assert peaks[27] <= peaks[18]


def tensor_bytes() -> int:
    """Return the bytes of all tensors that are held by anything."""
    held = [one for one in gc.get_objects() if type(one) is torch.Tensor]
    return sum(tensor.numel() * tensor.element_size() for tensor in held)


def test_a_cancel_stops_it_and_leaves_no_video(ask, tmp_path):
    told = []

    def cancel(done: int, total: int) -> None:
        told.append(done)
        if done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(ask, tmp_path, progress=cancel)
    assert told == [1, 2]
    assert not {"frames.mkv", "facts.json"} & {file.name for file in (tmp_path / "out").iterdir()}


def no_decoding(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("animate", "vace"):
        monkeypatch.setattr(f"r2s2r.models.{module}.generate.decoded", lambda *_: pytest.fail("decoded"))


def test_missing_weights_are_told_before_anything_is_made(model_ask, copies, tmp_path, monkeypatch):
    no_decoding(monkeypatch)
    file = transformer_file(model_ask.case, copies)
    file.unlink()
    with pytest.raises((InputError, MissingError), match=str(file.parent)):
        run(replace(model_ask, models=copies), tmp_path)
    assert list((tmp_path / "out").iterdir()) == []


def test_without_a_gpu_the_default_device_is_missed_before_anything_is_read(model_ask, tmp_path, monkeypatch):
    monkeypatch.setattr("torch.cuda.is_available", lambda: False)
    with pytest.raises(MissingError, match="GPU"):
        run(replace(model_ask, models=tmp_path / "nowhere", settings={"device": "auto"}), tmp_path)


def test_numbers_that_are_not_finite_stop_it_at_once_and_name_the_step(model_ask, copies, tmp_path, monkeypatch):
    no_decoding(monkeypatch)
    file = transformer_file(model_ask.case, copies)
    weights = load_file(file)
    weights["proj_out.weight"][0, 0] = float("nan")
    save_file(weights, file, metadata={"format": "pt"})
    with pytest.raises(StageError, match="step 1 of 2 in segment 1 of"):
        run(replace(model_ask, models=copies), tmp_path)
    assert list((tmp_path / "out").iterdir()) == []
