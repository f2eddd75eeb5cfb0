"""Jobs that end badly, each in its own way, leave the others alone and say what to do; one in time goes on."""

import json

import pytest

from tests.slurm.farm import FarmProject

pytestmark = [pytest.mark.slurm, pytest.mark.timeout(400)]


def test_one_over_its_memory_one_over_its_time_and_one_cancelled_leave_the_others_alone(farm: FarmProject):
    farm.needs, farm.troubles = {"minutes": 1}, {"of_one": ["over_memory", "over_time", "cancelled", "long"]}
    farm.write(shots=5)
    driver = farm.start("--json")
    claim = farm.folder / "cancelled"
    farm.cluster.wait_until(lambda: claim.exists() and claim.stat().st_size > 0, 120)
    cancelled = claim.read_text()
    [job] = {noted["job"] for noted in farm.work("began") if noted["key"] == cancelled}
    farm.cluster.ask("scancel", job)
    ended = driver.end(200)
    assert ended.code == 1
    shots = json.loads(ended.out)["shots"]
    assert sorted(shot["state"] for shot in shots) == ["done", "done", "failed", "failed", "failed"]
    said = "\n".join(error["message"] for shot in shots for error in shot["errors"])
    assert "took more than the 0.8 GB it may; raise `farm.stages.render.memory_gb`" in said
    assert "took longer than the 1 minutes it may; raise `farm.stages.render.minutes`" in said
    assert "was cancelled outside of this run" in said
    long = (farm.folder / "long").read_text()
    assert farm.times("began")[long] == 2, "Slurm asked it to stop before its time was up"
    assert farm.times("done")[long] == 1
