"""What a node needs where it runs: the project's settings for its stage, with what it would take without them."""

import sys
from dataclasses import dataclass
from pathlib import Path

from pipelines.node import Node
from r2s2r.artifacts.fingerprint import digest_value
from r2s2r.models.kept import settings_of_loading
from r2s2r.spec.farm import FarmSpec, StageName, StageNeedsSpec
from r2s2r.spec.project import Project
from r2s2r.spec.video_model import VideoModelSpec


@dataclass(frozen=True)
class Needs:
    """What a job needs, all of it decided.

    Attributes:
        stage: The stage, as the project file calls it.
        gpus: How many.
        gpu_type: Slurm's name of their type; None: any.
        cpus: Cores.
        memory_gb: Of the host.
        minutes: A job that takes longer is ended.
        keys: How many requests a job may make.
        partition: Of Slurm; None: the cluster's default.
        account: Likewise.
        constraint: Likewise.
        python: What is called to run r2s2r, as words: ``(apptainer, exec, farm.sif, python)``.
        environment: Variables that are set.
    """

    stage: str
    gpus: int
    gpu_type: str | None
    cpus: int
    memory_gb: float
    minutes: float
    keys: int
    partition: str | None
    account: str | None
    constraint: str | None
    python: tuple[str, ...]
    environment: tuple[tuple[str, str], ...]


def runs_model(node: Node) -> bool:
    """Whether a node runs a model, or draws on a GPU: what a process of its own is for."""
    return bool(node.model or node.tools)


def needs_of(node: Node, project: Project) -> Needs:
    """Return what a node needs."""
    on_gpu = runs_model(node) and getattr(node.model, "device", "auto") != "cpu"
    return stage_needs(node.stage, project, gpus=int(on_gpu))


def stage_needs(stage: StageName, project: Project, *, gpus: int) -> Needs:
    """Return what a stage needs; so many GPUs where the project does not say how many."""
    farm = project.spec.farm
    own = farm.stages.get(stage, StageNeedsSpec())
    return Needs(
        stage=stage,
        gpus=gpus if own.gpus is None else own.gpus,
        gpu_type=own.gpu_type,
        cpus=own.cpus,
        memory_gb=own.memory_gb,
        minutes=own.minutes,
        keys=own.keys,
        partition=own.partition or farm.slurm.partition,
        account=own.account or farm.slurm.account,
        constraint=own.constraint or farm.slurm.constraint,
        python=(*own.launch, _interpreter(own, project.root)),
        environment=tuple(sorted(own.environment.items())),
    )


def affinity_of(node: Node) -> str:
    """Return what nodes share that may use one loaded model: empty for those that use none."""
    if node.model is None:
        return ""
    model = node.model
    settings = settings_of_loading(model) if isinstance(model, VideoModelSpec) else model.model_dump(mode="json")
    return digest_value([node.stage, node.backend, settings, dict(node.weights)])


def is_handed_over(node: Node, farm: FarmSpec, executor: str) -> bool:
    """Whether an executor builds a node, rather than a process of the driver's own."""
    if executor == "slurm":
        return node.stage not in farm.slurm.here
    own = farm.stages.get(node.stage, StageNeedsSpec())
    return runs_model(node) or bool(own.gpus or own.python or own.launch or own.environment)


def has_own_environment(node: Node, farm: FarmSpec, executor: str) -> bool:
    """Whether a node that is handed over is built by another machine, or with other packages than the driver has."""
    own = farm.stages.get(node.stage, StageNeedsSpec())
    return executor != "local" or bool(own.python or own.launch)


def _interpreter(own: StageNeedsSpec, root: Path) -> str:
    if own.python is None:
        return sys.executable
    # In a container the path is the container's own; one that is relative is looked for beside the project file.
    return own.python if own.launch and Path(own.python).is_absolute() else str(root / own.python)
