"""A cluster that takes only so many jobs at once. Limits need an accounting database, so a script is sbatch here."""

import os
from pathlib import Path

import pytest

from pipelines.farm.job import Job
from pipelines.farm.needs import Needs
from pipelines.farm.slurm.outbox import Outbox
from r2s2r.artifacts.lease import process
from r2s2r.artifacts.store import Store
from r2s2r.spec.farm import SlurmSpec

_NEEDS = Needs("diffuse", 1, None, 2, 8.0, 60.0, 1, None, None, None, ("python",), ())
_SBATCH = """\
#!/bin/sh
for word in "$@"; do case $word in --array=0-*) last=${word#--array=0-};; esac; done
if [ "$last" -gt "$(cat "$(dirname "$0")/most")" ]; then
  echo "sbatch: error: $(cat "$(dirname "$0")/limit")" >&2
  echo 'sbatch: error: Batch job submission failed: Job violates accounting/QOS policy (job submit limit)' >&2
  exit 1
fi
echo 'Welcome to the cluster. Mind the quota!'
echo 17
"""


@pytest.fixture
def outbox(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Outbox:
    store, programs = Store(tmp_path / "store"), tmp_path / "bin"
    store.prepare()
    programs.mkdir()
    for name, text in {"sbatch": _SBATCH, "scontrol": "#!/bin/sh\necho 'MaxArraySize = 8'\n"}.items():
        (programs / name).write_text(text)
        (programs / name).chmod(0o755)
    (programs / "limit").write_text("AssocMaxSubmitJobLimit")
    monkeypatch.setenv("PATH", f"{programs}:/usr/bin:/bin")
    return Outbox(store, SlurmSpec(), process(os.getpid()))


def _room(tmp_path: Path, most: int) -> None:
    (tmp_path / "bin" / "most").write_text(str(most - 1))


def _jobs(count: int) -> list[Job]:
    return [Job(f"k{number}", "diffuse", _NEEDS, "", "") for number in range(count)]


def _sent(outbox: Outbox) -> list[int]:
    return [len(batch.tasks) for batch, _ in outbox.sent]


def test_what_one_array_cannot_hold_goes_into_several(tmp_path: Path, outbox: Outbox):
    _room(tmp_path, 100)
    outbox.put(_jobs(20))
    outbox.send()
    assert _sent(outbox) == [8, 8, 4]
    assert {array for _, array in outbox.sent} == {"17"}, "whatever else the cluster says"
    assert outbox.waiting() == {}
    assert len({key for batch, _ in outbox.sent for task in batch.tasks for key in task}) == 20


def test_where_there_is_room_for_few_few_are_sent_and_the_rest_waits_and_says_why(tmp_path: Path, outbox: Outbox):
    _room(tmp_path, 3)
    outbox.put(_jobs(6))
    for _ in range(3):
        outbox.send()
    assert outbox.refused == []
    assert sum(_sent(outbox)) == 6
    assert max(_sent(outbox)) <= 3


@pytest.mark.parametrize("limit", ["AssocMaxSubmitJobLimit", "AssocGrpSubmitJobsLimit", "QOSGrpSubmitJobsLimit"])
def test_where_there_is_no_room_all_wait_and_say_why(tmp_path: Path, outbox: Outbox, limit: str):
    (tmp_path / "bin" / "limit").write_text(limit)
    _room(tmp_path, 0)
    outbox.put(_jobs(4))
    for _ in range(4):
        outbox.send()
    assert outbox.sent == []
    assert all("farm.slurm.max_jobs" in said for said in outbox.waiting().values())
    assert len(outbox.waiting()) == 4
    assert outbox.take_back({"k1"}) == {"k1"}
    assert set(outbox.waiting()) == {"k0", "k2", "k3"}
