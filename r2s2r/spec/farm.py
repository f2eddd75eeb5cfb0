"""Where stages run, and what each needs there. Only a project file may say it: it names programs that are run."""

from typing import Annotated, Literal, TypeAlias

from pydantic import AfterValidator, Field

from r2s2r.spec.base import FileName, Spec

StageName: TypeAlias = Literal[
    "footage", "mask", "traces", "depth", "camera", "entity", "motion", "plate",
    "edit", "render", "turntable", "control", "reference", "diffuse", "encode",
]  # fmt: skip
# What Slurm allows in names of partitions, accounts and types of GPUs; constraints may be joined by & and |.
SLURM_NAME_PATTERN = r"^[A-Za-z0-9][A-Za-z0-9_.:-]*$"
CONSTRAINT_PATTERN = r"^[A-Za-z0-9\[(][A-Za-z0-9_.:=&|*()\[\]-]*$"
WORD_PATTERN = r"^[^\x00]*$"
VARIABLE_PATTERN = r"^[A-Za-z_][A-Za-z0-9_]*$"
PROGRAM_PATTERN = r"^[^~\x00][^\x00]*$"
SlurmName: TypeAlias = Annotated[str, Field(pattern=SLURM_NAME_PATTERN, max_length=100)]
Constraint: TypeAlias = Annotated[str, Field(pattern=CONSTRAINT_PATTERN, max_length=200)]
Word: TypeAlias = Annotated[str, Field(min_length=1, max_length=4096, pattern=WORD_PATTERN)]
Variable: TypeAlias = Annotated[str, Field(pattern=VARIABLE_PATTERN, max_length=100)]
GpuIndex: TypeAlias = Annotated[int, Field(ge=0, le=255)]


def _each_once(indices: tuple[int, ...]) -> tuple[int, ...]:
    if len(set(indices)) < len(indices):  # a stage would wait for a GPU that it has itself
        raise ValueError("names a GPU twice")
    return indices


class StageNeedsSpec(Spec):
    """What one stage needs where it runs. Where that is does not change what it makes: nothing of this is in any key.

    Attributes:
        gpus: How many; null: one where the stage runs a model or draws on a GPU, else none.
        gpu_type: Slurm's name of their type.
        cpus: Cores of a job.
        memory_gb: Of the host, for a job; 0: it asks for none, on a cluster that does not manage memory.
        minutes: A job that takes longer is ended; a video model stops before that where it can go on.
        keys: How many requests a job may make one after the other, on a model that is loaded once.
        partition: Of Slurm; null: that of ``slurm``.
        account: Likewise.
        constraint: Features of the node, likewise.
        python: Interpreter of an environment that has r2s2r and what this stage needs, relative to the project file;
            null: the one that runs r2s2r.
        launch: Words before that interpreter: what enters a container.
        environment: Variables that are set.

    Example:
        {gpus: 1, gpu_type: h100, memory_gb: 96, minutes: 120, launch: [apptainer, exec, --nv, farm.sif]}
    """

    gpus: Annotated[int, Field(ge=0, le=16)] | None = None
    gpu_type: SlurmName | None = None
    cpus: Annotated[int, Field(ge=1, le=1024)] = 2
    memory_gb: Annotated[float, Field(ge=0, le=65_536)] = 8.0
    minutes: Annotated[float, Field(gt=0, le=44_640)] = 120.0
    keys: Annotated[int, Field(ge=1, le=1000)] = 1
    partition: SlurmName | None = None
    account: SlurmName | None = None
    constraint: Constraint | None = None
    python: Annotated[FileName, Field(pattern=PROGRAM_PATTERN)] | None = None
    launch: tuple[Word, ...] = ()
    environment: dict[Variable, Annotated[str, Field(max_length=4096, pattern=WORD_PATTERN)]] = {}


class LocalSpec(Spec):
    """The executor ``local``: this machine.

    Attributes:
        gpus: Their indices; ``auto``: all that CUDA_VISIBLE_DEVICES and nvidia-smi show.

    Example:
        {gpus: [0, 1]}
    """

    gpus: Literal["auto"] | Annotated[tuple[GpuIndex, ...], AfterValidator(_each_once)] = "auto"


class SlurmSpec(Spec):
    """The executor ``slurm``. The store has to be on a file system that the nodes share with this machine.

    Attributes:
        partition: Where a stage names none; null: the cluster's default.
        account: Likewise.
        constraint: Likewise.
        night_partition: Of the job that drives an installed night: no GPU, but all of its window; null: `partition`.
        here: Stages that are not worth a job: they run on the machine that drives.
        max_jobs: Jobs in the queue at once; what is over waits here.
        poll_s: Seconds between looks at the queue.
        stop_s: So long before its limit a job is asked to stop where it can go on later.

    Example:
        {partition: gpu, account: film, max_jobs: 400}
    """

    partition: SlurmName | None = None
    account: SlurmName | None = None
    constraint: Constraint | None = None
    night_partition: SlurmName | None = None
    here: tuple[StageName, ...] = ("edit",)
    max_jobs: Annotated[int, Field(ge=1, le=100_000)] = 1000
    poll_s: Annotated[float, Field(gt=0, le=600)] = 2.0
    stop_s: Annotated[int, Field(ge=1, le=36_000)] = 120


class FarmSpec(Spec):
    """Where a project's stages run.

    Attributes:
        executor: The one that is used unless ``--executor`` names another.
        stages: Stage -> what it needs.
        local: Settings of that executor.
        slurm: Likewise.

    Example:
        {executor: slurm, slurm: {partition: gpu}, stages: {diffuse: {memory_gb: 96, minutes: 120}}}
    """

    executor: Literal["local", "slurm"] = "local"
    stages: dict[StageName, StageNeedsSpec] = {}
    local: LocalSpec = LocalSpec()
    slurm: SlurmSpec = SlurmSpec()
