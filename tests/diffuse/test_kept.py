"""A model that stays loaded for the next shot: loaded once, one at a time, and with the bytes of a new one."""

import gc
import weakref
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from r2s2r.errors import MissingError, StageError, StoppedError
from r2s2r.models.checkpoint import Checkpoints
from r2s2r.models.kept import KeptModel
from r2s2r.stages.diffuse.animate import Animate
from r2s2r.stages.diffuse.vace import Vace
from tests.diffuse.models import Ask, Case, run, write_models

CACHED: dict[str, Any] = {"step_cache": "taylorseer", "steps": 6}
SMALL: dict[str, Any] = {"vae_tiling": True, "precision": "fp8", "decode": "bf16"}
SHOTS: tuple[tuple[Case, dict[str, Any]], ...] = (
    ("animate", {}),
    ("animate", CACHED),
    ("animate", SMALL),
    ("vace depth", CACHED),
    ("vace outpaint", SMALL),
)


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Tiny models of all backends; not to be written to."""
    return write_models(tmp_path_factory.mktemp("models"))


@pytest.fixture(params=["animate", "vace depth"])
def ask(request, models) -> Ask:
    """A shot of two segments, of every backend."""
    return Ask(request.param, models, frames=10)


class Loads:
    """What was loaded; asserts that what was loaded before is gone by then."""

    def __init__(self) -> None:
        self.transformers: list[weakref.ref[Any]] = []

    @property
    def count(self) -> int:
        return len(self.transformers)

    def note(self, load: Callable[[], Any]) -> Any:
        assert all(seen() is None for seen in self.transformers), "two models at once"
        pipeline = load()
        self.transformers.append(weakref.ref(pipeline.transformer))
        return pipeline


@pytest.fixture
def loads(monkeypatch) -> Loads:
    """Every loading of a model, as it happens."""
    found = Loads()
    for kind in (Animate, Vace):

        def noted(self: Any, load: Any = kind.load) -> Any:
            return found.note(lambda: load(self))

        monkeypatch.setattr(kind, "load", noted)
    return found


def with_settings(ask: Ask, **settings: object) -> Ask:
    return replace(ask, settings={**ask.settings, **settings})


def frames_of(ask: Ask, folder: Path, **replaced: Any) -> bytes:
    run(ask, folder, **replaced)
    gc.collect()  # what is not kept leaves rings of references
    return b"".join(path.read_bytes() for path in sorted((folder / "out").iterdir()))


@pytest.mark.parametrize(("case", "settings"), SHOTS)
def test_shots_on_a_kept_model_have_the_bytes_of_shots_on_a_new_one(case, settings, models, loads, tmp_path):
    first = Ask(case, models, frames=10, settings=settings)
    second = replace(with_settings(first, guidance=3.0, negative_prompt="a blue ball"), seed=1, prompt="Another.")
    kept = KeptModel()
    on_kept = [frames_of(one, tmp_path / f"kept{n}", kept=kept) for n, one in enumerate((first, second, first))]
    assert loads.count == 1
    kept.drop()
    on_new = [frames_of(one, tmp_path / f"new{n}") for n, one in enumerate((first, second))]
    assert loads.count == 3
    assert on_kept == [*on_new, on_new[0]]


@pytest.mark.parametrize("changed", [{"shift": 2.0}, {"vae_tiling": True}, {"precision": "bf16"}])
def test_a_model_that_is_loaded_otherwise_takes_the_place_of_the_one_before(changed, models, loads, tmp_path):
    ask, kept = Ask("animate", models, frames=10), KeptModel()
    frames_of(ask, tmp_path / "before", kept=kept)
    on_kept = frames_of(with_settings(ask, **changed), tmp_path / "kept", kept=kept)
    assert loads.count == 2
    kept.drop()
    assert on_kept == frames_of(with_settings(ask, **changed), tmp_path / "new")


def test_weights_that_changed_at_their_place_are_loaded_anew(ask, loads, tmp_path):
    kept = KeptModel()
    for content in ("a", "b", "b"):
        frames_of(ask, tmp_path / f"{content}{loads.count}{len(list(tmp_path.iterdir()))}", kept=kept,
                  digests={"weights": content})  # fmt: skip
    assert loads.count == 2


def test_after_an_error_nothing_is_kept(ask, loads, tmp_path):
    kept = KeptModel()

    def interrupted(done: int, total: int) -> None:
        raise StageError("in the midst of a segment")

    with pytest.raises(StageError, match="in the midst"):
        run(ask, tmp_path / "failed", kept=kept, progress=interrupted)
    after = frames_of(ask, tmp_path / "after", kept=kept)
    assert loads.count == 2
    kept.drop()
    assert after == frames_of(ask, tmp_path / "new")


def test_memory_that_ran_out_is_free_before_the_fallback_is_loaded(ask, loads, tmp_path):
    kept, told = KeptModel(), []

    def full(done: int, total: int) -> None:
        told.append(done)
        if len(told) == 3:
            raise RuntimeError("CUDA out of memory")

    frames_of(ask, tmp_path / "first", kept=kept)
    run(with_settings(ask, allow_fallback=("tiling",)), tmp_path / "second", kept=kept, progress=full)
    assert loads.count == 2


def test_a_gpu_that_fails_is_no_fault_of_the_shot(ask, loads, tmp_path):
    kept = KeptModel()

    def broken(done: int, total: int) -> None:
        raise RuntimeError("CUDA error: an illegal memory access was encountered\nCompile with ...")

    with pytest.raises(MissingError, match=r"the GPU failed \(CUDA error: an illegal memory access was encountered\)"):
        run(ask, tmp_path / "failed", kept=kept, progress=broken)
    frames_of(ask, tmp_path / "after", kept=kept)
    assert loads.count == 2, "nothing is kept of it"


def test_a_stop_ends_at_the_next_segment_and_the_shot_goes_on_from_there(ask, tmp_path):
    told: list[int] = []
    folder = tmp_path / "inputs" / "checkpoints"
    with pytest.raises(StoppedError, match="1 of 2 segments kept"):
        run(ask, tmp_path, progress=lambda done, total: told.append(done), stop=lambda: bool(told))
    assert len(Checkpoints(folder).resume()) == 1
    steps = len(told)
    resumed = frames_of(ask, tmp_path / "resumed", checkpoints=folder,
                        progress=lambda done, total: told.append(done))  # fmt: skip
    assert len(told) == 2 * steps, "only the second segment is made"
    assert resumed == frames_of(ask, tmp_path / "at once")


def test_a_stop_in_the_last_segment_finishes_the_shot(ask, tmp_path):
    told: list[int] = []
    made = frames_of(ask, tmp_path / "stopped", progress=lambda done, total: told.append(total - done),
                     stop=lambda: 0 in told)  # fmt: skip
    assert made == frames_of(ask, tmp_path / "at once")
