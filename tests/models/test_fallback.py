"""When memory runs out, what the spec allows is tried, and nothing else."""

import pytest
import torch

from r2s2r.errors import StageError
from r2s2r.models.fallback import in_first_that_fits, is_out_of_memory, noted_fallbacks, with_fallbacks
from r2s2r.models.placement import from_fastest
from r2s2r.spec.animate import AnimateSpec

BOTH = AnimateSpec(allow_fallback=("fp8", "tiling"))
OOM = torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 20.00 GiB.\nmore of it")


class Maker:
    """Makes a shot, and runs out of memory until it has been given enough."""

    def __init__(self, *, enough, error=OOM):
        self.enough, self.error = set(enough), error
        self.tried = []

    def __call__(self, fallbacks):
        self.tried.append(fallbacks)
        if not self.enough <= set(fallbacks):
            raise self.error
        return "shot"


@pytest.fixture
def noted(tmp_path):
    return tmp_path / "checkpoints" / "fallbacks.json"


def run(make, spec, noted, **options):
    discarded = []
    options = {"discard": lambda: discarded.append(1), **options}
    return with_fallbacks(make, spec, noted=noted, **options), len(discarded)


def test_without_trouble_nothing_is_noted(noted):
    make = Maker(enough=())
    assert run(make, BOTH, noted) == ("shot", 0)
    assert make.tried == [()]
    assert not noted.exists()


def test_fallbacks_are_taken_in_order_until_it_fits(noted):
    make = Maker(enough=("fp8", "tiling"))
    assert run(make, BOTH, noted) == ("shot", 2)
    assert make.tried == [(), ("fp8",), ("fp8", "tiling")]
    assert noted_fallbacks(noted) == ("fp8", "tiling")


def test_the_order_is_the_specs(noted):
    make = Maker(enough=("tiling",))
    run(make, AnimateSpec(allow_fallback=("tiling", "fp8")), noted)
    assert make.tried == [(), ("tiling",)]


def test_a_later_run_goes_on_with_what_was_noted(noted):
    run(Maker(enough=("fp8",)), BOTH, noted)
    make = Maker(enough=("fp8",))
    assert run(make, BOTH, noted) == ("shot", 0)
    assert make.tried == [("fp8",)]


def test_what_is_on_already_is_no_fallback(noted):
    make = Maker(enough=("never",))
    spec = AnimateSpec(allow_fallback=("fp8", "tiling"), precision="fp8", vae_tiling=True)
    with pytest.raises(StageError):
        run(make, spec, noted)
    assert make.tried == [()]


def test_the_error_says_what_was_tried_what_is_needed_and_what_to_set(noted):
    with pytest.raises(StageError) as caught:
        run(Maker(enough=("never",)), AnimateSpec(allow_fallback=("fp8",)), noted, memory="needs 56 GB, has 24 GB")
    assert str(caught.value) == (
        "memory ran out, also with fp8: CUDA out of memory. Tried to allocate 20.00 GiB.; needs 56 GB, has 24 GB; "
        "set a smaller area_side_px, or fewer segment_frames, or vae_tiling: true, "
        "or allow_fallback: [tiling], which tries that by itself"
    )


def test_without_leave_nothing_is_switched_on(noted):
    make = Maker(enough=("fp8",))
    with pytest.raises(StageError, match=r"precision: fp8, or vae_tiling: true, or allow_fallback: \[fp8, tiling\]"):
        run(make, AnimateSpec(), noted)
    assert make.tried == [()]


@pytest.mark.parametrize(
    "error",
    [
        OOM,
        MemoryError(),
        RuntimeError("CUDA error: out of memory"),
        RuntimeError("CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling `cublasCreate(handle)`"),
        RuntimeError("cuDNN error: CUDNN_STATUS_INTERNAL_ERROR_DEVICE_ALLOCATION_FAILED"),
        RuntimeError("[enforce fail at alloc_cpu.cpp:124] DefaultCPUAllocator: can't allocate memory: you tried"),
    ],
    ids=["torch", "python", "cuda", "cublas", "cudnn", "host"],
)
def test_every_way_of_running_out_of_memory_counts(noted, error):
    assert is_out_of_memory(error)
    assert run(Maker(enough=("fp8",), error=error), BOTH, noted)[0] == "shot"


@pytest.mark.parametrize("error", [RuntimeError("mat1 and mat2 shapes cannot be multiplied"), StageError("not finite")])
def test_other_errors_pass_through(noted, error):
    with pytest.raises(type(error), match=str(error)):
        run(Maker(enough=("fp8",), error=error), BOTH, noted)
    assert not noted.exists()


def test_the_failed_attempts_memory_is_free_before_the_next(noted):
    alive = set()

    class Model:
        def __init__(self):
            alive.add(id(self))

        def __del__(self):
            alive.discard(id(self))

    def make(fallbacks):
        assert not alive
        model = Model()
        if not fallbacks:
            raise torch.OutOfMemoryError("CUDA out of memory.")
        return model is not None

    assert run(make, BOTH, noted)[0]


@pytest.mark.parametrize("written", ["", "[", "3", '"fp8"', '{"fp8": 1}', "[3]"])
def test_a_damaged_note_is_no_note(noted, written):
    noted.parent.mkdir()
    noted.write_text(written, encoding="utf-8")
    assert noted_fallbacks(noted) == ()


def test_a_slower_placement_is_tried_before_anything_that_changes_pixels():
    tried = []

    def make(placement):
        tried.append(placement)
        if placement != "streamed":
            raise OOM
        return "shot"

    assert in_first_that_fits(make, from_fastest("resident")) == "shot"
    assert tried == ["resident", "components", "streamed"]
    assert from_fastest("components") == ("components", "streamed")


def test_what_is_no_lack_of_memory_is_not_tried_again():
    tried = []

    def make(placement):
        tried.append(placement)
        raise RuntimeError("shapes do not fit")

    with pytest.raises(RuntimeError, match="shapes"):
        in_first_that_fits(make, ("resident", "streamed"))
    assert tried == ["resident"]
