"""Slurm's words for what became of a task, in ours."""

from dataclasses import dataclass

from pipelines.farm.job import Cause, State
from pipelines.farm.slurm.queue import Row

_RUNNING = frozenset({"RUNNING", "COMPLETING", "STAGE_OUT", "SIGNALING", "SUSPENDED", "STOPPED"})
_ENDS: dict[str, tuple[Cause, str]] = {
    "COMPLETED": ("exited", ""),
    "FAILED": ("exited", ""),
    "CANCELLED": ("cancelled", "somebody else cancelled it: scancel, or who looks after the cluster"),
    "TIMEOUT": ("over_time", ""),
    "OUT_OF_MEMORY": ("over_memory", ""),
    "NODE_FAIL": ("lost", "its node failed"),
    "BOOT_FAIL": ("lost", "its node did not start"),
    "PREEMPTED": ("lost", "it had to give way to other jobs"),
    "DEADLINE": ("lost", "Slurm gave it up: its deadline has passed"),
    "REVOKED": ("lost", "another cluster took it"),
}
# What a task in good order waits for.
_USUAL = ("None", "Priority", "Resources", "BeginTime", "JobArrayTaskLimit", "Prolog", "Cleaning", "Dependency",
          "Licenses", "")  # fmt: skip
# So Slurm calls the end of a job that a signal ended.
_KILLED = ("JobLaunchFailure", "RaisedSignal")
# Slurm gave up starting them, until somebody lets them go.
_HELD = ("launch failed requeued held", "JobHoldMaxRequeue")


@dataclass(frozen=True)
class Standing:
    """Where a task is.

    Attributes:
        state: Now.
        cause: Of its end.
        said: What Slurm has to say, for people.
        is_stuck: It waits for somebody to let it go: it will not start by itself.
    """

    state: State
    cause: Cause | None = None
    said: str = ""
    is_stuck: bool = False


def standing(row: Row, stage: str) -> Standing:
    """Return where a task of a stage is."""
    if row.state == "FAILED" and row.reason.startswith(_KILLED):
        return Standing("ended", "lost", "its process was killed, or could not be started")
    if row.state in _ENDS:
        cause, said = _ENDS[row.state]
        return Standing("ended", cause, said or _ended(row.reason))
    if row.state in _RUNNING:
        return Standing("running", said="Slurm has suspended it" if row.state in ("SUSPENDED", "STOPPED") else "")
    return Standing("queued", said=waiting_for(row.reason, stage), is_stuck=_is_held(row.reason))


def waiting_for(reason: str, stage: str) -> str:
    """Return why a task does not start, in words; empty where it only waits for its turn."""
    word = reason.strip("()").split(",")[0]
    if word in _USUAL:
        return ""
    return f"Slurm does not start it ({reason.strip('()')}): {_meaning(word, f'farm.stages.{stage}')}"


def _meaning(word: str, setting: str) -> str:
    if word in ("PartitionDown", "PartitionInactive"):
        return "its partition is closed"
    if word.startswith(("PartitionTimeLimit", "TimeLimit")):
        return f"its partition allows less than `{setting}.minutes` in r2s2r.yaml"
    if word.startswith("Partition") or word == "BadConstraints":
        return f"no node of its partition can hold it; see `{setting}` in r2s2r.yaml"
    if word.startswith(("ReqNodeNotAvail", "NodeDown", "Nodes required", "Nodes_required")):
        return "nodes that could hold it are down, or reserved for others"
    if word.startswith(("Assoc", "QOS", "InvalidAccount", "InvalidQOS", "Max")):
        return "a limit of its account or quality of service; `sacctmgr show assoc` lists them"
    if word.startswith("JobHeld") or _is_held(word):
        return "it is held; `scontrol release` lets it go"
    return "`squeue --long` shows it"


def _is_held(reason: str) -> bool:
    return reason.strip("()").replace("_", " ") in _HELD


def _ended(reason: str) -> str:
    return "" if reason in ("None", "NonZeroExitCode", "TimeLimit", "") else f"Slurm says {reason}"
