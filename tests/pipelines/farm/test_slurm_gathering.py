"""Which requests wait for others to share a job with."""

from pipelines.farm.job import Job
from pipelines.farm.needs import Needs
from pipelines.farm.slurm.gathering import Gathering


def _jobs(count: int, *, keys: int, stage: str = "diffuse") -> list[Job]:
    needs = Needs(stage, 1, None, 2, 8.0, 60.0, keys, None, None, None, ("python",), ())
    return [Job(f"{stage}{number}", stage, needs, "", "") for number in range(count)]


def _ready(gathering: Gathering, waiting: set[str]) -> int:
    return len(gathering.ready(waiting))


def test_nothing_is_held_back_while_no_job_of_its_stage_waits():
    gathering = Gathering()
    gathering.put(_jobs(2, keys=5))
    assert _ready(gathering, {"render"}) == 2
    assert gathering.keys() == []


def test_what_does_not_fill_a_job_waits_while_others_of_its_stage_do():
    gathering = Gathering()
    gathering.put(_jobs(7, keys=5))
    assert _ready(gathering, {"diffuse"}) == 5
    assert len(gathering.keys()) == 2
    assert _ready(gathering, set()) == 2


def test_requests_that_share_no_jobs_are_never_held_back():
    gathering = Gathering()
    gathering.put(_jobs(3, keys=1))
    assert _ready(gathering, {"diffuse"}) == 3


def test_what_is_taken_back_is_not_handed_on():
    gathering = Gathering()
    gathering.put(_jobs(2, keys=5))
    assert gathering.take_back({"diffuse0", "unknown"}) == {"diffuse0"}
    assert [job.key for job in gathering.ready(set())] == ["diffuse1"]
