"""A request on its way through an executor: what is handed over, and what is told of it."""

from dataclasses import dataclass
from typing import Literal

from pipelines.farm.needs import Needs

State = Literal["queued", "running", "ended"]

Cause = Literal["exited", "lost", "cancelled", "over_time", "over_memory"]
"""Why a job ended, as far as its executor knows. Whether its request was built, only the store knows.

exited       by itself, well or not
lost         its node or its process is gone, and nobody else said so: it may be tried again
cancelled    by somebody else than this driver
over_time    it took longer than its stage may
over_memory  it took more of the host's memory than its stage may
"""


@dataclass(frozen=True)
class Job:
    """A request to be built somewhere else. Written to ``requests/`` before it is handed over.

    Attributes:
        key: The request's key.
        stage: Its stage.
        needs: What it needs where it runs; jobs of equal needs may share an array.
        affinity: Jobs of equal affinity run the same model: one process may do them on one loading. Empty: no model.
        label: What people call it: ``bunny/orbit diffuse``.
        shunned: Machines it already failed on for reasons of theirs.
    """

    key: str
    stage: str
    needs: Needs
    affinity: str
    label: str
    shunned: tuple[str, ...] = ()


@dataclass(frozen=True)
class Report:
    """What became of a job.

    Attributes:
        key: Of its request.
        state: Now.
        where: Machine, and what of it: ``node3``, ``GPU 1``; empty while it is queued.
        job: What the executor calls it: ``4711_3``, ``process 1234``.
        cause: Of its end; None before.
        said: What the executor has to say of the end, or of a job that cannot start: for people.
        log: File with what the job printed before r2s2r ran; None where there is none.
    """

    key: str
    state: State
    where: str = ""
    job: str = ""
    cause: Cause | None = None
    said: str = ""
    log: str | None = None
