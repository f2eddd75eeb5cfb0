"""A short command where the farm would run a stage. A script is srun here."""

from pathlib import Path

import pytest

from pipelines.farm.asking import ask_slurm
from pipelines.farm.needs import Needs
from r2s2r.artifacts.store import Store

_NEEDS = Needs("diffuse", 1, None, 2, 8.0, 60.0, 1, None, None, None, ("python",), ())


def test_it_is_asked_where_the_users_own_choice_would_send_jobs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "srun").write_text('#!/bin/sh\necho "$SLURM_PARTITION $SLURM_QOS"\n')
    (tmp_path / "srun").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    monkeypatch.setenv("SBATCH_PARTITION", "film")
    monkeypatch.setenv("SBATCH_QOS", "night")
    assert ask_slurm(("python",), _NEEDS, Store(tmp_path)) == "film night\n"
