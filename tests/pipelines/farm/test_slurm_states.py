"""What squeue prints, in our words. The lines are those of Slurm 22.05."""

from pathlib import Path

import pytest

from pipelines.farm.slurm.output import read_output
from pipelines.farm.slurm.queue import Row, read_rows
from pipelines.farm.slurm.states import standing

_SAID = """\
r2s2r-diffuse-aaa1|1|4|PENDING||Resources
r2s2r-x-aaa2|2|0|PENDING||Priority
r2s2r-diffuse-aaa1|1|0|RUNNING|nodeA|None
r2s2r-x-aaa3|3|0|PENDING||Nodes required for job are DOWN, DRAINED or reserved for jobs in higher priority partitions
r2s2r-x-aaa4|40|N/A|CANCELLED||None
my|own|job|5|N/A|RUNNING|nodeB|None
"""


def _row(state: str, reason: str = "None") -> Row:
    return Row("r2s2r-diffuse-a", "17", 3, state, "nodeA", reason)


def test_rows_are_read_and_a_row_for_many_tasks_has_no_index():
    rows = read_rows(_SAID)
    assert rows[0] == Row("r2s2r-diffuse-aaa1", "1", 4, "PENDING", "", "Resources")
    assert rows[2].node == "nodeA"
    assert rows[4] == Row("r2s2r-x-aaa4", "40", None, "CANCELLED", "", "None")
    assert not any(row.name.startswith("my|") for row in rows)


@pytest.mark.parametrize(
    ("state", "reason", "cause"),
    [
        ("COMPLETED", "None", "exited"),
        ("FAILED", "NonZeroExitCode", "exited"),
        ("FAILED", "JobLaunchFailure", "lost"),
        ("FAILED", "RaisedSignal:9(Killed)", "lost"),
        ("CANCELLED", "None", "cancelled"),
        ("TIMEOUT", "TimeLimit", "over_time"),
        ("OUT_OF_MEMORY", "OutOfMemory", "over_memory"),
        ("NODE_FAIL", "NodeDown", "lost"),
        ("PREEMPTED", "None", "lost"),
    ],
)
def test_each_end_has_its_cause(state: str, reason: str, cause: str):
    now = standing(_row(state, reason), "diffuse")
    assert (now.state, now.cause) == ("ended", cause)


@pytest.mark.parametrize("state", ["PENDING", "CONFIGURING", "REQUEUED", "REQUEUE_HOLD", "SPECIAL_EXIT"])
def test_what_slurm_put_back_into_the_queue_is_queued(state: str):
    assert standing(_row(state, "BeginTime"), "diffuse").state == "queued"


@pytest.mark.parametrize("state", ["RUNNING", "COMPLETING", "SUSPENDED"])
def test_what_has_a_node_is_running(state: str):
    assert standing(_row(state), "diffuse").state == "running"


@pytest.mark.parametrize("reason", ["None", "Priority", "Resources", "BeginTime", "(Resources)", ""])
def test_a_job_that_waits_for_its_turn_needs_no_words(reason: str):
    assert standing(_row("PENDING", reason), "diffuse").said == ""


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        ("PartitionDown", "its partition is closed"),
        ("PartitionTimeLimit", "farm.stages.diffuse.minutes"),
        ("BadConstraints", "farm.stages.diffuse"),
        ("ReqNodeNotAvail, UnavailableNodes:nodeB", "down"),
        ("Nodes required for job are DOWN, DRAINED or reserved for jobs in higher priority partitions", "down"),
        ("(Nodes_required_for_job_are_DOWN,_DRAINED_or_reserved)", "down"),
        ("AssocGrpGRES", "limit of its account"),
        ("QOSMaxJobsPerUserLimit", "limit of its account"),
        ("JobHeldAdmin", "scontrol release"),
        ("SomethingNew", "SomethingNew"),
    ],
)
def test_a_job_that_something_keeps_from_starting_says_what(reason: str, words: str):
    assert words in standing(_row("PENDING", reason), "diffuse").said


def test_a_job_that_could_not_be_launched_and_is_held_for_ever_is_stuck():
    for reason in ("launch failed requeued held", "launch_failed_requeued_held", "(JobHoldMaxRequeue)"):
        assert standing(_row("PENDING", reason), "diffuse").is_stuck
    assert not standing(_row("PENDING", "Resources"), "diffuse").is_stuck


@pytest.mark.parametrize(
    ("said", "is_over_memory"),
    [
        (
            "slurmstepd-nodeA: error: StepId=11.batch exceeded memory limit (422395904 > 104857600), being killed\n"
            "slurmstepd-nodeA: error: Exceeded job memory limit\n",
            True,
        ),
        (
            "slurmstepd: error: Detected 1 oom-kill event(s) in StepId=7.batch. Some of your processes\n",
            True,
        ),
        ("slurmstepd-nodeB: error: *** JOB 13 ON nodeB CANCELLED AT 2026-11-23T07:44:52 ***\n", False),
        ("/spool/slurm_script: 3: exec: /no/such/python: not found\n", False),
    ],
)
def test_the_output_tells_what_the_state_does_not(tmp_path: Path, said: str, is_over_memory: bool):
    (tmp_path / "a.out").write_text("x\n" * 10_000 + said)
    output = read_output(tmp_path / "a.out")
    assert output.last == said.splitlines()[-1]
    assert output.is_over_memory is is_over_memory


def test_an_output_that_is_not_there_says_nothing(tmp_path: Path):
    assert read_output(tmp_path / "none.out").last == ""
