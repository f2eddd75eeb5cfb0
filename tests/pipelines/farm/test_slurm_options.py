"""What a job needs, as options of sbatch."""

from pathlib import Path
from typing import Any

from pipelines.farm.needs import Needs
from pipelines.farm.slurm.batches import Batch
from pipelines.farm.slurm.environment import job_environment
from pipelines.farm.slurm.options import submission
from r2s2r.artifacts.lease import Holder
from r2s2r.artifacts.store import Store

_DRIVER = Holder("d", "login boot 1", 7, "99")


def _needs(**settings: Any) -> Needs:
    least = {"gpus": 0, "cpus": 2, "memory_gb": 8.0, "minutes": 120.0, "keys": 1, "python": ("python",)}
    none = dict.fromkeys(("gpu_type", "partition", "account", "constraint"))
    return Needs(**{"stage": "diffuse", "environment": (), **least, **none, **settings})


def _words(*tasks: tuple[str, ...], shunned: tuple[str, ...] = (), **settings: Any) -> tuple[str, ...]:
    batch = Batch("abc123", "diffuse", tasks or (("k",),), _DRIVER, 0)
    return submission(batch, _needs(**settings), Store(Path("/films/my store")), stop_s=120, shunned=shunned)


def test_gpus_partition_account_and_constraint_are_asked_for_where_they_are_set():
    words = _words(gpus=2, gpu_type="h100", partition="night", account="film", constraint="a&b")
    assert {"--gres=gpu:h100:2", "--partition=night", "--account=film", "--constraint=a&b"} <= set(words)
    plain = " ".join(_words(gpus=1))
    assert "--gres=gpu:1 " in plain
    assert not any(option in plain for option in ("--partition", "--account", "--constraint", "--exclude"))
    assert "--gres" not in " ".join(_words())


def test_a_gigabyte_is_a_thousand_of_slurms_so_that_a_node_said_to_have_eight_holds_a_job_of_eight():
    assert "--mem=8000M" in _words(memory_gb=8.0)
    assert "--mem=501M" in _words(memory_gb=0.5003)
    assert "--mem" not in " ".join(_words(memory_gb=0))


def test_minutes_are_whole_and_there_are_as_many_as_all_requests_of_the_longest_task_need():
    assert "--time=1" in _words(minutes=0.2)
    assert "--time=31" in _words(("a", "b"), ("c",), minutes=15.1)


def test_a_short_job_is_not_asked_to_stop_as_soon_as_it_begins():
    assert "--signal=B:USR1@120" in _words(minutes=60)
    assert "--signal=B:USR1@30" in _words(minutes=2)


def test_an_array_has_a_task_for_each_and_carries_the_batch_in_its_name():
    words = _words(("a",), ("b", "c"), ("d",))
    assert {"--array=0-2", "--job-name=r2s2r-diffuse-abc123"} <= set(words)


def test_what_a_task_runs_stands_in_arguments_of_the_script_word_by_word():
    words = _words(python=("apptainer", "exec", "my farm.sif", "python; rm -rf /"))
    start = next(index for index, word in enumerate(words) if word.endswith("/job.sh"))
    assert words[start + 1 :] == (
        "apptainer", "exec", "my farm.sif", "python; rm -rf /", "-m", "r2s2r", "stage",
        "--store", "/films/my store", "--batch", "/films/my store/jobs/abc123.json",
    )  # fmt: skip
    assert Path(words[start]).read_text().splitlines()[-1] == 'exec "$@"'


def test_the_output_is_below_the_folder_of_the_job_so_that_a_percent_sign_in_the_stores_path_is_none():
    words = _words()
    assert {"--chdir=/films/my store", "--output=jobs/abc123-%a.out", "--open-mode=append"} <= set(words)


def test_shunned_nodes_are_excluded():
    assert "--exclude=node1,node7" in _words(shunned=("node1", "node7"))


def test_a_job_is_given_where_things_are_and_no_secrets():
    own = {"HOME": "/home/ann", "HF_HOME": "/models", "HF_TOKEN": "x", "AWS_SECRET_ACCESS_KEY": "x",
           "SLURM_JOB_ID": "4", "CUDA_VISIBLE_DEVICES": "3", "SBATCH_QOS": "low"}  # fmt: skip
    given = job_environment(_needs(cpus=3, environment=(("NAME", "a, b=c"), ("OMP_NUM_THREADS", "1"))), own)
    assert given["HOME"] == "/home/ann"
    assert given["HF_HOME"] == "/models"
    assert given["SBATCH_QOS"] == "low"
    assert given["NAME"] == "a, b=c"
    assert not {"HF_TOKEN", "AWS_SECRET_ACCESS_KEY", "SLURM_JOB_ID", "CUDA_VISIBLE_DEVICES"} & set(given)


def test_threads_are_as_many_as_cores_unless_the_project_says_otherwise_and_arithmetic_is_that_of_this_machine():
    own = {"OPENBLAS_CORETYPE": "Haswell", "OMP_NUM_THREADS": "64", "OPENBLAS_NUM_THREADS": "64"}
    given = job_environment(_needs(cpus=3, environment=(("NUMBA_NUM_THREADS", "1"),)), own)
    assert given["OPENBLAS_CORETYPE"] == "Haswell"
    assert (given["OMP_NUM_THREADS"], given["OPENBLAS_NUM_THREADS"], given["NUMBA_NUM_THREADS"]) == ("3", "3", "1")
