"""What the cluster has: its partitions, and what is in their nodes, as ``sinfo`` tells it."""

import re
from dataclasses import dataclass
from functools import cached_property

from pipelines.farm.needs import Needs
from pipelines.farm.slurm.client import RefusedError, ask
from pipelines.farm.slurm.environment import chosen_partition
from pipelines.farm.slurm.options import memory_mb

_FIELDS = ("%P", "%l", "%N", "%G", "%c", "%m", "%f", "%T")
# ``gpu:4``, ``gpu:h100:2(S:0-1)``, ``gpu:3090:8``, and not ``vgpu:4``.
_GPUS = re.compile(r"(?<![^,])gpu(?::([^:,()]+))?(?::no_consume)?:(\d+)(?![\w.])")
_DOWN = ("down", "drain", "fail", "unk", "error")
_DENIED = re.compile("permission denied|access denied", re.IGNORECASE)


@dataclass(frozen=True)
class ClusterNode:
    """A node, whatever its state: one that is down today may be up in the night.

    Attributes:
        name: Slurm's.
        gpus: Type -> how many; the type of those that have none is empty.
        cpus: Cores.
        memory_mb: Of the host.
        features: What constraints may ask for.
        is_up: It takes jobs now, or when it has done others.
    """

    name: str
    gpus: tuple[tuple[str, int], ...]
    cpus: int
    memory_mb: int
    features: tuple[str, ...]
    is_up: bool = True

    def gpus_of(self, kind: str | None) -> int:
        """Return how many GPUs it has of a type; None: of any."""
        return sum(count for name, count in self.gpus if kind is None or name == kind)

    def holds(self, needs: Needs) -> bool:
        """Whether it has all of what a job needs; of a constraint with alternatives that is taken for granted."""
        return (
            self.gpus_of(needs.gpu_type) >= needs.gpus
            and self.cpus >= needs.cpus
            and self.memory_mb >= memory_mb(needs)
            and ("|" in (needs.constraint or "") or set(features_of(needs.constraint)) <= set(self.features))
        )


@dataclass(frozen=True)
class Partition:
    """A partition.

    Attributes:
        name: Slurm's.
        is_default: Jobs that name none go there.
        most_minutes: Jobs may take so long; None: any time.
        nodes: Its nodes.
    """

    name: str
    is_default: bool
    most_minutes: int | None
    nodes: tuple[ClusterNode, ...]


@dataclass(frozen=True)
class Cluster:
    """All partitions; none is known where ``is_private``: the cluster shows its nodes to nobody."""

    partitions: tuple[Partition, ...]
    is_private: bool = False

    @cached_property
    def nodes(self) -> frozenset[str]:
        """Names of all nodes."""
        return frozenset(node.name for partition in self.partitions for node in partition.nodes)

    def partition(self, name: str | None) -> Partition | None:
        """Return a partition; None: the user's, or the cluster's own choice. None where there is no such."""
        name = name or chosen_partition()
        return next((one for one in self.partitions if (one.is_default if name is None else one.name == name)), None)

    def shunning(self, machines: tuple[str, ...], needs: Needs) -> tuple[str, ...]:
        """Return the names of nodes that machines are, by name or host name; nothing where none would be left now."""
        if self.is_private:
            return tuple(sorted({machine.partition(".")[0] for machine in machines}))
        names = {one for machine in machines for one in (machine, machine.partition(".")[0])} & self.nodes
        place = self.partition(needs.partition)
        able = {node.name for node in place.nodes if node.is_up and node.holds(needs)} if place else set()
        return tuple(sorted(names)) if able - names else ()


def ask_cluster() -> Cluster:
    """Ask what there is. Raises what ``ask`` raises."""
    try:
        return read_cluster(ask("sinfo", "--all", "--Node", "--noheader", f"--format={'|'.join(_FIELDS)}"))
    except RefusedError as error:
        if _DENIED.search(str(error)):
            return Cluster((), is_private=True)
        raise


def read_cluster(said: str) -> Cluster:
    """Read what sinfo printed: a line for each node of each partition."""
    nodes: dict[tuple[str, str], list[ClusterNode]] = {}
    for line in said.splitlines():
        fields = [field.strip() for field in line.split("|")]
        if len(fields) == len(_FIELDS):
            nodes.setdefault((fields[0], fields[1]), []).append(_node(fields))
    return Cluster(
        tuple(
            Partition(name.removesuffix("*"), name.endswith("*"), _minutes(limit), tuple(found))
            for (name, limit), found in nodes.items()
        )
    )


def features_of(constraint: str | None) -> list[str]:
    """Return the names in ``a&b``, ``[a*2|80gb]``..."""
    return re.findall(r"[\w.:=-]+", re.sub(r"\*\d+", "", constraint or ""))


def _node(fields: list[str]) -> ClusterNode:
    _, _, name, gres, cpus, memory, features, state = fields
    gpus = tuple((kind, int(count)) for kind, count in _GPUS.findall(gres))
    known = () if features == "(null)" else tuple(features.split(","))
    return ClusterNode(name, gpus, int(cpus.rstrip("+")), int(memory.rstrip("+")), known, not state.startswith(_DOWN))


def _minutes(limit: str) -> int | None:
    """Read ``infinite``, ``30:00``, ``10:00:00`` or ``1-00:00:00``."""
    if not re.fullmatch(r"(\d+-)?\d+(:\d+)*", limit):
        return None
    days, _, rest = limit.rpartition("-")
    hours, minutes, _ = [0, 0, 0, *map(int, rest.split(":"))][-3:]
    return 1440 * int(days or 0) + 60 * hours + minutes
