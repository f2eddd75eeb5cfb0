"""What a report says became of a shot."""

from dataclasses import replace

from r2s2r.report.content import NightReport
from tests.report.conftest import Night, shot_of


def states(report: NightReport) -> dict[str, str]:
    return {shot.shot: shot.state for shot in report.shots}


def test_a_shot_that_was_made_is_done_and_one_that_was_left_alone_is_fresh(night: Night):
    night.shots = [shot_of("bunny", "hop"), shot_of("other", "still", state="fresh")]
    night.make_all(night.shots[0])
    assert states(night.report()) == {"hop": "done", "still": "fresh"}


def test_a_failed_node_fails_all_shots_that_share_it(night: Night):
    night.shots = [shot_of("bunny", "hop"), shot_of("bunny", "orbit")]
    night.tell(night.shots[0], "footage", "failed", 3, message="the clip has no frame", cause="input")
    report = night.report()
    assert states(report) == {"hop": "failed", "orbit": "failed"}
    assert [shot.failures for shot in report.shots] == [(0,), (0,)]
    assert [shot.why for shot in report.shots] == ["footage: the clip has no frame"] * 2
    assert len(report.failures) == 1


def test_a_shot_that_the_night_did_not_begin_is_put_off_with_the_reason(night: Night):
    night.shots = [shot_of("bunny", "hop", put_off="its 40 min would pass the end of the window")]
    (shot,) = night.report().shots
    assert (shot.state, shot.why) == ("put_off", "its 40 min would pass the end of the window")


def test_a_node_that_stopped_at_the_end_of_the_window_puts_its_shot_off(night: Night):
    night.shots = [shot_of("bunny", "hop")]
    night.tell(night.shots[0], "diffuse", "running", 1, where="GPU 0")
    night.tell(night.shots[0], "diffuse", "deferred", 91, seconds=90.0, gpus=1, message="stopped after segment 2")
    (shot,) = night.report().shots
    assert (shot.state, shot.why) == ("put_off", "stopped after segment 2")
    assert shot.gpu_hours == 0.025


def test_a_cancelled_node_cancels_its_shot(night: Night):
    night.shots = [shot_of("bunny", "hop")]
    night.tell(night.shots[0], "diffuse", "cancelled", 9, message="was cancelled")
    (shot,) = night.report().shots
    assert (shot.state, shot.why) == ("cancelled", "diffuse: was cancelled")


def test_what_a_killed_driver_left_is_not_reached(night: Night):
    night.shots = [shot_of("bunny", "hop"), shot_of("other", "still")]
    night.make(night.shots[0], "footage", 5)
    report = night.report(is_killed=True)
    assert states(report) == {"hop": "not_reached", "still": "not_reached"}
    assert report.ended is None
    assert "killed" in report.trouble


def test_what_kept_a_shot_from_starting_when_the_run_ended_is_told(night: Night):
    night.shots = [shot_of("bunny", "hop"), shot_of("other", "still")]
    for shot, said in zip(night.shots, ("nodes are down", ""), strict=True):
        night.tell(shot, "diffuse", "queued", 5)
        night.tell(shot, "diffuse", "said", 6, message="nodes are down")
        night.tell(shot, "diffuse", "said", 7, message=said)
    held_up, waited = night.report().shots
    assert held_up.why == "the run ended before its turn; diffuse: nodes are down"
    assert waited.why == "the run ended before its turn"


def test_a_job_that_was_suspended_for_a_while_is_one_stretch_of_work(night: Night):
    night.shots = [shot_of("bunny", "hop")]
    night.tell(night.shots[0], "diffuse", "running", 1, where="GPU 0", gpus=1)
    night.tell(night.shots[0], "diffuse", "said", 31, message="Slurm has suspended it")
    night.tell(night.shots[0], "diffuse", "said", 61)
    night.tell(night.shots[0], "diffuse", "done", 91, seconds=90.0, gpus=1)
    (shot,) = night.report().shots
    assert (shot.seconds, shot.gpu_hours) == (90.0, 0.025)


def test_an_error_that_ended_the_run_is_told(night: Night):
    night.shots = [shot_of("bunny", "hop")]
    report = night.report(error=OSError("the disk is full"))
    assert report.trouble == "the disk is full"
    assert report.shots[0].why == "the disk is full"


def test_a_node_that_is_only_said_to_be_done_was_not_worked_on(night: Night):
    """Early cut-off: what it reads was made again and came out the same."""
    night.shots = [shot_of("bunny", "hop")]
    night.make(night.shots[0], "edit", 4)
    for name, _, _, _ in night.shots[0].nodes:
        if name != "edit":
            night.tell(night.shots[0], name, "done", 8)
    report = night.report()
    assert states(report) == {"hop": "done"}
    assert [node.node for node in report.shots[0].nodes] == ["edit"]
    assert report.totals.made == 1


def test_reasons_that_only_follow_are_left_out(night: Night):
    shot = shot_of("bunny", "hop", why="waits for edit")
    nodes = tuple((name, own, state, "camera[0].degrees 24 -> 31" if name == "edit" else why)
                  for name, own, state, why in shot.nodes)  # fmt: skip
    night.shots = [replace(shot, nodes=nodes)]
    night.make_all(night.shots[0])
    because = {node.node: node.because for node in night.report().shots[0].nodes}
    assert {name for name, words in because.items() if words} == {"edit"}


def test_work_of_all_tries_counts_and_retries_are_counted(night: Night):
    night.shots = [shot_of("bunny", "hop")]
    shot = night.shots[0]
    night.tell(shot, "diffuse", "queued", 0)
    night.tell(shot, "diffuse", "running", 10, where="node1 GPU 0")
    night.tell(shot, "diffuse", "retried", 110, seconds=100.0, gpus=1, message="its node is gone")
    night.tell(shot, "diffuse", "queued", 110)
    night.tell(shot, "diffuse", "running", 130, where="node2 GPU 0")
    night.tell(shot, "diffuse", "done", 330, seconds=200.0, gpus=1, where="node2 GPU 0")
    report = night.report()
    (node,) = report.shots[0].nodes
    assert (node.seconds, node.gpu_hours, node.where) == (300.0, 0.0833, "node2 GPU 0")
    assert (node.retries, node.retried) == (1, "its node is gone")
    assert (report.totals.queued_s, report.totals.queued_longest_s) == (30.0, 30.0)
    assert report.totals.retries == 1


def test_work_that_a_requeue_cut_short_counts_too(night: Night):
    night.shots = [shot_of("bunny", "hop")]
    shot = night.shots[0]
    night.tell(shot, "diffuse", "running", 10, gpus=2, where="node1")
    night.tell(shot, "diffuse", "queued", 60)
    night.tell(shot, "diffuse", "running", 70, gpus=2, where="node2")
    night.tell(shot, "diffuse", "done", 120, seconds=50.0, gpus=2)
    report = night.report()
    assert report.shots[0].seconds == 100
    assert report.totals.gpu_hours == round(200 / 3600, 4)
    assert {slot.name: slot.busy_s for slot in report.slots} == {"node1": 50.0, "node2": 50.0}


def test_shared_nodes_count_for_each_shot_but_once_in_all(night: Night):
    night.shots = [shot_of("bunny", "hop"), shot_of("bunny", "orbit")]
    night.make(night.shots[0], "footage", 1, seconds=30)
    report = night.report()
    assert [shot.seconds for shot in report.shots] == [30, 30]
    assert (report.totals.work_s, report.totals.made) == (30, 1)


def test_two_nodes_of_one_request_count_once_in_all(night: Night):
    night.shots = [shot_of("bunny", "hop"), shot_of("copy", "hop")]
    for shot in night.shots:
        night.make(shot, "diffuse", 1, seconds=3600, gpus=1, key="f" * 64, where="GPU 0")
    report = night.report()
    assert report.totals.gpu_hours == 1
    (gpu,) = (slot for slot in report.slots if slot.name == "GPU 0")
    assert (gpu.nodes, gpu.busy_s) == (1, 3600)


def test_the_longest_node_is_named(night: Night):
    night.shots = [shot_of("bunny", "hop")]
    night.make_all(night.shots[0])
    night.make(night.shots[0], "diffuse", 100, seconds=50)
    longest = night.report().totals.longest
    assert longest is not None
    assert longest.label == "bunny/hop diffuse"
