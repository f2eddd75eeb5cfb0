"""What is to be started each evening, in words that need no shell, no terminal and no current folder."""

import os
import shlex
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pipelines.night.window import Window
from r2s2r.artifacts.fingerprint import digest_value
from r2s2r.errors import InputError
from r2s2r.spec.project import Project

# What decides where things are found, and the last digits of what is computed; a timer would start without these.
# Never secrets, as AWS_SECRET_ACCESS_KEY: a schedule is a file, and others may read it.
_PASSED = (
    "R2S2R_STORE", "R2S2R_OUT", "HF_HOME", "HF_HUB_CACHE", "HF_HUB_OFFLINE", "CUDA_VISIBLE_DEVICES", "SLURM_CONF",
    "LD_LIBRARY_PATH", "OPENBLAS_CORETYPE", "AWS_PROFILE", "AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE",
    "AWS_REGION", "AWS_DEFAULT_REGION", "AWS_ENDPOINT_URL",
    "SBATCH_ACCOUNT", "SBATCH_PARTITION", "SBATCH_QOS", "SBATCH_RESERVATION",
)  # fmt: skip


@dataclass(frozen=True)
class NightPlan:
    """A night that is started each evening.

    Attributes:
        name: Of the timer, the line or the job: one for each project.
        root: Folder of the project, where it is started.
        words: What is run: the interpreter, then its words.
        environment: Variables that are set, in order.
        window: When the night begins and ends.
        log: File that takes what it prints, where nobody else does.
    """

    name: str
    root: Path
    words: tuple[str, ...]
    environment: tuple[tuple[str, str], ...]
    window: Window
    log: Path

    @classmethod
    def of(cls, project: Project, words: Sequence[str], window: Window) -> "NightPlan":
        """Plan the nights of a project, which are what ``r2s2r`` does when it is given ``words``."""
        found = {name: os.environ[name] for name in ("PATH", *_PASSED) if name in os.environ}
        plan = cls(
            name=name_of(project),
            root=project.root,
            words=(sys.executable, "-m", "r2s2r", *words),
            environment=tuple(found.items()),
            window=window,
            log=project.out / "night" / "log.txt",
        )
        for text in (str(plan.root), str(plan.log), *plan.words, *found.values()):
            if not text.isprintable():
                raise InputError(f"{text!r} cannot be written into a schedule: take out what cannot be printed")
        return plan

    def shell(self, *more: str) -> str:
        """Return a line for ``sh`` that does it, with more words."""
        given = [f"{name}={shlex.quote(value)}" for name, value in self.environment]
        return " ".join((*given, shlex.join((*self.words, *more))))


def name_of(project: Project) -> str:
    """Return what a project's schedule is called."""
    return f"r2s2r-night-{digest_value(str(project.root))[:10]}"
