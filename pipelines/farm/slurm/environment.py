"""The variables that a job is given: where things are, never keys nor other programs' settings."""

import os
from collections.abc import Mapping

from pipelines.farm.needs import Needs

_PASSED = (
    "HOME", "USER", "LOGNAME", "SHELL", "PATH", "LANG", "LC_ALL", "TZ", "LD_LIBRARY_PATH", "CUDA_HOME", "PYTHONPATH",
    "XDG_CACHE_HOME", "HF_HOME", "HF_HUB_CACHE", "HF_HUB_OFFLINE", "NUMBA_CACHE_DIR",
    "AWS_PROFILE", "AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE", "AWS_REGION", "AWS_DEFAULT_REGION",
    "AWS_CA_BUNDLE",
)  # fmt: skip
# What chooses by which of a processor's instructions is computed, and so the last digits: they are to be those of here.
_OF_ARITHMETIC = ("OPENBLAS_", "MKL_", "NPY_", "NUMBA_CPU_", "CUBLAS_", "TORCH_", "PYTORCH_", "NVIDIA_TF32_OVERRIDE")
# Where the user said, once for all, how Slurm is to take jobs; what r2s2r.yaml says goes before them.
_OF_SLURM = ("SLURM_CONF", "SBATCH_ACCOUNT", "SBATCH_PARTITION", "SBATCH_QOS", "SBATCH_RESERVATION")
_THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS")


def chosen_by_user() -> dict[str, str]:
    """Return the variables by which the user chose how Slurm is to take jobs."""
    return {name: os.environ[name] for name in _OF_SLURM if name in os.environ}


def chosen_partition() -> str | None:
    """Return the partition that the user chose for all jobs that name none."""
    return os.environ.get("SBATCH_PARTITION")


def job_environment(needs: Needs, own: Mapping[str, str] = os.environ) -> dict[str, str]:
    """Return the variables of a job, which are also those of the ``sbatch`` that hands it over.

    So values may hold anything, and Slurm does not read login files on the node, as it does with ``--export=NONE``.
    """
    named = {name: own[name] for name in (*_PASSED, *_OF_SLURM) if name in own}
    arithmetic = {name: value for name, value in own.items() if name.startswith(_OF_ARITHMETIC)}
    return {**named, **arithmetic, **dict.fromkeys(_THREADS, str(needs.cpus)), **dict(needs.environment)}
