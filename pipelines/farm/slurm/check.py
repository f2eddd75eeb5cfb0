"""Whether the cluster answers, and has what jobs need: before a run begins, so that nothing waits for ever."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from pipelines.farm.needs import Needs
from pipelines.farm.slurm.client import RefusedError, UnansweredError, ask
from pipelines.farm.slurm.cluster import Cluster, ClusterNode, Partition, ask_cluster, features_of
from pipelines.farm.slurm.environment import chosen_partition, job_environment
from pipelines.farm.slurm.options import limit_minutes, memory_mb, requirements, script
from r2s2r.errors import InputError, MissingError
from r2s2r.spec.farm import SlurmSpec
from r2s2r.spec.reading.suggest import did_you_mean

_ADVICE = "ask who looks after the cluster whether it is up, or run with --executor local"
# What only the controller knows, in its own words; it also refuses, here only, what it cannot start at once.
_NOT_YOURS = re.compile(r"invalid (account|qos)|permission|not permitted|access denied|not authorized|user.*partition",
                        re.IGNORECASE)  # fmt: skip
# And where it shows its nodes to nobody.
_NOT_THERE = re.compile(r"invalid (partition|feature|generic)|node configuration is not available", re.IGNORECASE)


@dataclass(frozen=True)
class Lack:
    """A setting that the cluster cannot meet.

    Attributes:
        name: Of the setting, in a stage's needs.
        value: As it is set.
        words: What is wrong.
    """

    name: str
    value: str
    words: str


def check_cluster(needs: Sequence[Needs], spec: SlurmSpec) -> None:
    """See that jobs can be handed over.

    Raises:
        InputError: The project file asks for what is not there; names each such setting.
        MissingError: No Slurm on this machine, or its controller does not answer: within seconds.
    """
    cluster = reach_cluster()
    distinct = list(dict.fromkeys(needs))
    found = [_told(lack, one, spec) for one in distinct for lack in lacks(one, cluster)]
    found = found or [words for one in distinct if (words := _refusal(one, cluster))]
    if found:
        raise InputError("\n".join(dict.fromkeys(found)))


def reach_cluster() -> Cluster:
    """Return what there is. Raises MissingError: no Slurm on this machine, or its controller does not answer."""
    try:
        return ask_cluster()
    except UnansweredError as error:
        raise MissingError(f"Slurm does not answer: {error}; {_ADVICE}") from error
    except RefusedError as error:
        raise MissingError(f"Slurm cannot be used here: {error}; {_ADVICE}") from error


def lacks(needs: Needs, cluster: Cluster) -> Iterator[Lack]:
    """Yield what a cluster lacks: the partition, or what none of its nodes has, or has all of."""
    if cluster.is_private:
        return  # only its controller knows
    partition = cluster.partition(needs.partition)
    if partition is None:
        yield _no_partition(needs, cluster)
        return
    few = [*_lacks_of_nodes(needs, partition), *_lacks_of_time(needs, partition)]
    yield from few
    if not few and not any(node.holds(needs) for node in partition.nodes):
        yield Lack("", "", f"no node of partition {partition.name} has all of it: {_wanted(needs)}")


def _lacks_of_nodes(needs: Needs, partition: Partition) -> Iterator[Lack]:
    where = f"of partition {partition.name}"
    kinds = sorted({kind for node in partition.nodes for kind, _ in node.gpus if kind})
    features = sorted({feature for node in partition.nodes for feature in node.features})
    if needs.gpus and needs.gpu_type and needs.gpu_type not in kinds:
        yield Lack("gpu_type", needs.gpu_type, f"no node {where} has such GPUs{_listed(needs.gpu_type, kinds)}")
    elif needs.gpus > (most := _most(partition, lambda node: node.gpus_of(needs.gpu_type))):
        yield Lack("gpus", str(needs.gpus), f"no node {where} has more than {most}")
    if needs.cpus > (most := _most(partition, lambda node: node.cpus)):
        yield Lack("cpus", str(needs.cpus), f"no node {where} has more than {most}")
    if memory_mb(needs) > (most := _most(partition, lambda node: node.memory_mb)):
        # So Slurm says it of nodes whose memory it was not told.
        none = "; 0 asks for none, where the cluster does not manage memory" if most <= 1 else ""
        yield Lack("memory_gb", f"{needs.memory_gb:g}", f"no node {where} has more than {most / 1000:g}{none}")
    for word in _missing(needs.constraint, features):
        yield Lack("constraint", needs.constraint or "", f"no node {where} is {word}{_listed(word, features)}")


def _missing(constraint: str | None, features: Sequence[str]) -> list[str]:
    """Return the names in a constraint that no node has; of ``a|b``, none where one side is had."""
    sides = [[word for word in features_of(side) if word not in features] for side in (constraint or "").split("|")]
    return list(dict.fromkeys(word for side in sides for word in side)) if all(sides) else []


def _lacks_of_time(needs: Needs, partition: Partition) -> Iterator[Lack]:
    minutes = limit_minutes(needs, needs.keys)
    if partition.most_minutes is not None and minutes > partition.most_minutes:
        together = f", times `keys: {needs.keys}`" if needs.keys > 1 else ""
        words = f"jobs of partition {partition.name} may take no longer than {partition.most_minutes}{together}"
        yield Lack("minutes", f"{needs.minutes:g}", words)


def _no_partition(needs: Needs, cluster: Cluster) -> Lack:
    names = sorted({partition.name for partition in cluster.partitions})
    if needs.partition is None and (chosen := chosen_partition()):
        return Lack("partition", "null", f"SBATCH_PARTITION is {chosen}, and there is no such{_listed(chosen, names)}")
    if needs.partition is None:
        return Lack("partition", "null", f"the cluster has no default partition; name one of {', '.join(names)}")
    return Lack("partition", needs.partition, f"there is no such partition{_listed(needs.partition, names)}")


def _listed(word: str, names: Sequence[str]) -> str:
    there = f"there are {', '.join(names)}" if names else "there are none"
    return f"{did_you_mean(word, names)} {there}" if did_you_mean(word, names) else f"; {there}"


def _wanted(needs: Needs) -> str:
    kind = f" {needs.gpu_type}" if needs.gpu_type else ""
    words = [f"{needs.gpus}{kind} GPUs", f"{needs.cpus} cpus", f"{needs.memory_gb:g} GB"]
    return ", ".join([*words, *([needs.constraint] if needs.constraint else [])])


def _most(partition: Partition, count: Callable[[ClusterNode], int]) -> int:
    return max((count(node) for node in partition.nodes), default=0)


def _told(lack: Lack, needs: Needs, spec: SlurmSpec) -> str:
    # A stage that names none has that of all stages.
    common = {"partition": spec.partition, "account": spec.account, "constraint": spec.constraint}
    is_common = lack.value and common.get(lack.name) == lack.value
    place = "farm.slurm" if is_common else f"farm.stages.{needs.stage}"
    setting = f"{place}.{lack.name}: {lack.value}" if lack.name else place
    return f"`{setting}` in r2s2r.yaml: {lack.words}"


def _refusal(needs: Needs, cluster: Cluster) -> str:
    """Ask the controller whether it would take such a job; return why not, where that is the project file's fault."""
    words = ("sbatch", "--test-only", f"--time={limit_minutes(needs, needs.keys)}", *requirements(needs), script())
    try:
        ask(*words, environment=job_environment(needs))
    except RefusedError as error:
        if _NOT_YOURS.search(str(error)) or (cluster.is_private and _NOT_THERE.search(str(error))):
            settings = f"account: {needs.account}, partition: {needs.partition}"
            return f"`farm.stages.{needs.stage}` in r2s2r.yaml ({settings}): Slurm does not take it: {error}"
    except UnansweredError:
        pass  # it has just answered: it only has much to do
    return ""
