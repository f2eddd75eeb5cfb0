"""The gate starts nothing that would pass the end or the budget, and closes in time."""

import time

import pytest

from pipelines.estimates import Guess
from pipelines.gate import Closing
from pipelines.night.gate import Budget, Closes, NightGate
from pipelines.node import Node
from tests.pipelines.night.toys import FakeClock

HOUR_S = 3600.0
END_S = 10 * HOUR_S
CLOSES = Closes(END_S, 600.0)
END = time.strftime("%H:%M", time.localtime(END_S))


def node(name: str) -> Node:
    return Node(name, "diffuse", 1, "toy", {})


A, B, C = node("a"), node("b"), node("c")


def gate(clock: FakeClock, *, budget: Budget | None = None, closes: Closes | None = CLOSES, gpus: int = 1) -> NightGate:
    guesses = {one.recipe: Guess(HOUR_S, "assumed") for one in (A, B, C)}
    return NightGate(closes=closes, budget=budget or Budget(None), guesses=guesses, gpus=lambda _: gpus, now=clock.now)


def test_what_fits_before_the_end_may_start_and_what_does_not_may_not():
    clock = FakeClock(END_S - HOUR_S)
    opened = gate(clock)
    assert opened.refusal(A) == ""
    clock.time_s += 1
    assert opened.refusal(A) == f"takes about 1 h 00 min, and the window ends in 1 h 00 min, at {END}"
    clock.time_s = END_S + 1
    assert opened.refusal(A) == f"the window ended at {END}"


def test_without_a_window_time_refuses_nothing():
    clock = FakeClock(1e9)
    assert gate(clock, closes=None).refusal(A) == ""
    assert gate(clock, closes=None).closing() == Closing()


def test_it_closes_gently_before_the_end_and_for_good_at_the_end():
    clock = FakeClock(0)
    opened = gate(clock)
    assert opened.closing() == Closing("open", "")
    clock.time_s = END_S - 600
    assert opened.closing() == Closing("gently", f"the window ends at {END}")
    clock.time_s = END_S
    assert opened.closing() == Closing("now", f"the window ended at {END}")


def test_what_was_let_through_is_set_aside_until_it_has_ended():
    clock, budget = FakeClock(0), Budget(2 * HOUR_S)
    opened = gate(clock, budget=budget)
    assert opened.refusal(A) == ""
    assert opened.refusal(B) == ""
    assert opened.refusal(C) == "takes about 1 GPU hours, and of the night's 2 only 0 are left"
    opened.started(A, gpus=1)
    opened.ended(A, seconds=60, gpus=1)  # it took less
    assert "only 0.98" in opened.refusal(C)
    opened.ended(B, seconds=0, gpus=1)
    assert opened.refusal(C) == ""


def test_asking_twice_sets_aside_once():
    opened = gate(FakeClock(0), budget=Budget(HOUR_S))
    assert [opened.refusal(A) for _ in range(3)] == ["", "", ""]


def test_what_needs_no_gpu_needs_no_budget():
    budget = Budget(1.0)
    opened = gate(FakeClock(0), budget=budget, gpus=0)
    assert opened.refusal(A) == ""
    opened.started(A, gpus=0)
    opened.ended(A, seconds=1e6, gpus=0)
    assert budget.left_s == 1.0


def test_several_gpus_cost_several_hours_and_every_try_counts():
    budget = Budget(10 * HOUR_S)
    opened = gate(FakeClock(0), budget=budget, gpus=4)
    for _ in range(2):  # a try that was lost, and the next one
        opened.started(A, gpus=4)
        opened.ended(A, seconds=HOUR_S / 2, gpus=4)
    assert budget.left_s == pytest.approx(6 * HOUR_S)


def test_a_budget_that_what_runs_uses_up_asks_it_to_stop():
    clock = FakeClock(0)
    opened = gate(clock, budget=Budget(2 * HOUR_S), closes=None)
    opened.started(A, gpus=1)
    clock.time_s = 2 * HOUR_S - 1
    assert opened.closing() == Closing()
    clock.time_s = 2 * HOUR_S
    assert opened.closing() == Closing("gently", "the night's GPU hours are used up")
    opened.ended(A, seconds=2 * HOUR_S, gpus=1)
    assert opened.closing() == Closing()  # nothing runs that could stop
    assert opened.refusal(B) != ""


def test_what_is_refused_while_it_waits_in_a_queue_frees_what_was_set_aside():
    clock, budget = FakeClock(0), Budget(HOUR_S)
    opened = gate(clock, budget=budget)
    assert opened.refusal(A) == ""
    assert opened.refusal(B) != ""
    clock.time_s = END_S - 60
    assert opened.refusal(A) != ""
    assert budget.reserved_s == {}


def test_what_nobody_foresaw_may_start_before_the_end():
    opened = gate(FakeClock(0))
    assert opened.refusal(node("unforeseen")) == ""
