"""Watching a model at work."""

import time

import pytest
import torch

from r2s2r.artifacts.progress import unheard
from r2s2r.errors import StageError
from r2s2r.models.watch import Watch

FINE = torch.zeros(1, 16, 2, 4, 6)


def test_progress_counts_steps_over_all_segments():
    told = []
    watch = Watch(lambda done, total: told.append((done, total)), segments=2, steps=3)
    for segment in range(2):
        for step in range(3):
            watch.step(segment, step, FINE)
    assert told == [(done, 6) for done in range(1, 7)]


@pytest.mark.parametrize("wrong", [float("nan"), float("inf"), float("-inf")])
@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_a_number_that_is_not_finite_is_an_error_that_names_step_and_segment(wrong, dtype):
    told = []
    watch = Watch(lambda done, total: told.append(done), segments=2, steps=25)
    latents = FINE.to(dtype).clone()
    latents[0, 3, 1, 2, 5] = wrong
    with pytest.raises(StageError, match="step 5 of 25 in segment 2 of 2"):
        watch.step(1, 4, latents)
    assert told == []


def test_infinities_that_cancel_are_found():
    latents = FINE.clone()
    latents[0, 0, 0, 0, :2] = torch.tensor([float("inf"), float("-inf")])
    with pytest.raises(StageError):
        Watch(unheard, segments=1, steps=1).step(0, 0, latents)


def test_what_the_progress_raises_goes_through():
    def cancel(done, total):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        Watch(cancel, segments=1, steps=1).step(0, 0, FINE)


def test_seconds_are_those_of_steps_and_not_of_what_is_before(monkeypatch):
    clock = iter([0.0, 100.0, 102.0, 104.0, 200.0, 205.0])  # made, started, two steps, started, one step
    monkeypatch.setattr(time, "monotonic", lambda: next(clock))
    watch = Watch(unheard, segments=2, steps=2)
    watch.start()
    watch.step(0, 0, FINE)
    watch.step(0, 1, FINE)
    watch.start()
    watch.step(1, 0, FINE)
    assert watch.measured()["seconds_per_step"] == pytest.approx((2 + 2 + 5) / 3)


def test_what_is_measured_can_be_kept_as_json_with_what_is_known_of_the_run():
    watch = Watch(unheard, segments=1, steps=2)
    watch.step(0, 0, FINE)
    measured = watch.measured(height=64, width=96, precision="fp32")
    assert (measured["segments"], measured["steps"]) == (1, 2)
    assert (measured["height"], measured["width"], measured["precision"]) == (64, 96, "fp32")
    assert measured["peak_host_bytes"] > 50e6


def test_a_run_without_steps_says_nothing_of_their_seconds():
    assert "seconds_per_step" not in Watch(unheard, segments=1, steps=2).measured()
