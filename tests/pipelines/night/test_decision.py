"""What is begun tonight, in which order, and what is put off, and why."""

import random
import time

import pytest

from pipelines.night.decision import decide
from pipelines.night.holding import check_holds
from r2s2r.errors import InputError
from tests.pipelines.night.toys import gpu_task, limits, shot, task


def begun(decision) -> list[str]:
    return [one.candidate.plan.shot.shot.name for one in decision.begun]


def put_off(decision) -> dict[str, str]:
    return {one.candidate.plan.shot.shot.name: one.why for one in decision.put_off}


def test_the_most_urgent_comes_first_then_the_shortest():
    shots = [
        shot("long", task("a", 50)),
        shot("urgent", task("b", 90), priority=5),
        shot("short", task("c", 10)),
    ]
    assert begun(decide(shots, limits())) == ["urgent", "short", "long"]


def test_a_shot_that_shares_its_lift_with_one_before_it_counts_as_shorter():
    lift = task("lift", 60)
    shots = [
        shot("other", task("x", 40)),
        shot("first", lift, task("render 1", 20, "lift"), priority=1),
        shot("second", lift, task("render 2", 30, "lift")),
    ]
    assert begun(decide(shots, limits())) == ["first", "second", "other"]


def test_without_a_window_and_a_budget_nothing_is_put_off():
    decision = decide([shot(str(number), gpu_task(f"n{number}", 1e5)) for number in range(20)], limits())
    assert len(decision.begun) == 20
    assert decision.done_s == 20 * 1e5


def test_what_would_pass_the_end_is_put_off_and_what_is_shorter_is_begun():
    shots = [shot("long", gpu_task("a", 5000), priority=1), shot("short", gpu_task("b", 500))]
    decision = decide(shots, limits(3600))
    assert begun(decision) == ["short"]
    assert put_off(decision) == {"long": "takes about 1 h 23 min, and there are 1 h 00 min"}


def test_shots_on_one_gpu_wait_for_each_other_and_on_two_they_do_not():
    shots = [shot(str(number), gpu_task(f"n{number}", 1000)) for number in range(4)]
    alone = decide(shots, limits(2000))
    assert len(alone.begun) == 2
    assert "after the end" in put_off(alone)["2"]
    assert len(decide(shots, limits(2000, places={"process": 2, "job": 4, "gpu": 2})).begun) == 4


def test_what_takes_two_gpus_leaves_no_room_beside_it():
    wide = [shot(str(number), gpu_task(f"n{number}", 1000, gpus=2)) for number in range(2)]
    decision = decide(wide, limits(1500, places={"process": 2, "job": 4, "gpu": 2}))
    assert len(decision.begun) == 1
    assert decision.gpu_s == 2000


def test_processes_and_jobs_do_not_wait_for_each_other():
    shots = [shot(f"cpu {number}", task(f"c{number}", 1000)) for number in range(2)]
    shots += [shot("gpu", gpu_task("g", 1000))]
    assert len(decide(shots, limits(1000)).begun) == 3


def test_a_shot_takes_as_long_as_its_longest_way():
    lifts = [task("left", 100), task("right", 300)]
    decision = decide([shot("one", *lifts, task("edit", 50, "left", "right"))], limits())
    assert decision.done_s == 350


def test_the_budget_puts_off_what_it_does_not_hold():
    shots = [shot(str(number), gpu_task(f"n{number}", 1800)) for number in range(4)]
    decision = decide(shots, limits(gpu_s=2 * 3600))
    assert len(decide(shots, limits(gpu_s=4 * 1800)).begun) == 4
    assert len(decision.begun) == 4
    decision = decide(shots, limits(gpu_s=3000))
    assert begun(decision) == ["0"]
    assert put_off(decision)["1"] == "takes about 0.5 GPU hours, and 0.33 are left for it"


def test_a_gpu_node_that_shots_share_is_paid_once():
    depth = gpu_task("depth", 1800)
    shots = [shot(str(number), depth, gpu_task(f"n{number}", 100, "depth")) for number in range(3)]
    decision = decide(shots, limits(gpu_s=2100))
    assert len(decision.begun) == 3
    assert decision.gpu_s == 2100


def test_no_night_is_packed_fuller_than_its_places_allow():
    choose = random.Random(1)  # noqa: S311 - numbers to try
    for _ in range(50):
        shots = [
            shot(f"{n}", task(f"c{n}", choose.uniform(1, 50)), gpu_task(f"g{n}", choose.uniform(1, 400), f"c{n}"))
            for n in range(40)
        ]
        decision = decide(shots, limits(2000))
        work = sum(one.guess.seconds for chosen in decision.begun for one in chosen.candidate.tasks if one.gpus)
        assert work <= 2000
        assert len(decision.begun) + len(decision.put_off) == 40


def test_three_thousand_shots_are_decided_in_a_second():
    lifts = [task(f"lift {number}", 60) for number in range(1000)]
    shots = [
        shot(f"{n}", lifts[n % 1000], task(f"e{n}", 1, f"lift {n % 1000}"), gpu_task(f"d{n}", 600, f"e{n}"))
        for n in range(3000)
    ]
    since = time.process_time()
    decision = decide(shots, limits(9 * 3600, places={"process": 16, "job": 4, "gpu": 40}))
    assert time.process_time() - since < 1.0
    assert 0 < len(decision.begun) < 3000


def test_a_night_that_can_hold_no_shot_says_which_and_why():
    shots = [shot("a", task("edit", 10), gpu_task("diffuse", 7000, "edit")), shot("b", gpu_task("b", 5400))]
    with pytest.raises(InputError) as refused:
        check_holds(shots, length_s=3600, gpu_s=None)
    assert str(refused.value) == (
        "no shot fits into a night of 1 h 00 min; widen --window, or make the shots shorter or smaller:\n"
        "  scene/a takes about 1 h 57 min (diffuse 1 h 57 min, assumed)\n"
        "  scene/b takes about 1 h 30 min (b 1 h 30 min, assumed)"
    )
    with pytest.raises(InputError, match="no shot fits into 1 GPU hours"):
        check_holds(shots, length_s=None, gpu_s=3600)
    check_holds(shots, length_s=6000, gpu_s=None)
    check_holds([], length_s=1, gpu_s=1)


def test_of_many_shots_that_do_not_fit_some_are_named_and_the_others_counted():
    shots = [shot(f"{number}", gpu_task(f"n{number}", 7000)) for number in range(300)]
    with pytest.raises(InputError, match=r"and 280 more$") as refused:
        check_holds(shots, length_s=3600, gpu_s=None)
    assert len(str(refused.value).splitlines()) == 22
