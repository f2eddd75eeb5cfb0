"""What the cluster has: its partitions, and what is in their nodes, as ``sinfo`` tells it."""

import re
from dataclasses import dataclass
from functools import cached_property

from pipelines.farm.slurm.client import ask

_FIELDS = ("%P", "%l", "%N", "%G", "%c", "%m", "%f")
_GPUS = re.compile(r"gpu(?::([A-Za-z][\w.-]*))?:(\d+)")
_DEFAULT_ARRAY = 1001  # Slurm's own


@dataclass(frozen=True)
class ClusterNode:
    """A node, whatever its state: one that is down today may be up in the night.

    Attributes:
        name: Slurm's.
        gpus: Type -> how many; the type of those that have none is empty.
        cpus: Cores.
        memory_mb: Of the host.
        features: What constraints may ask for.
    """

    name: str
    gpus: tuple[tuple[str, int], ...]
    cpus: int
    memory_mb: int
    features: tuple[str, ...]

    def gpus_of(self, kind: str | None) -> int:
        """Return how many GPUs it has of a type; None: of any."""
        return sum(count for name, count in self.gpus if kind is None or name == kind)


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
    """All partitions."""

    partitions: tuple[Partition, ...]

    @cached_property
    def nodes(self) -> frozenset[str]:
        """Names of all nodes."""
        return frozenset(node.name for partition in self.partitions for node in partition.nodes)

    def partition(self, name: str | None) -> Partition | None:
        """Return a partition; None: the default one. None where there is no such."""
        return next((one for one in self.partitions if (one.is_default if name is None else one.name == name)), None)

    def shunning(self, machines: tuple[str, ...], partition: str | None) -> tuple[str, ...]:
        """Return the names of nodes that machines are, by name or host name; nothing where no node would be left."""
        names = {one for machine in machines for one in (machine, machine.partition(".")[0])} & self.nodes
        place = self.partition(partition)
        left = {node.name for node in place.nodes} - names if place else set()
        return tuple(sorted(names)) if left else ()


def ask_cluster() -> Cluster:
    """Ask what there is. Raises what ``ask`` raises."""
    return read_cluster(ask("sinfo", "--all", "--Node", "--noheader", f"--format={'|'.join(_FIELDS)}"))


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


def ask_longest_array() -> int:
    """Return how many tasks an array may have. Raises what ``ask`` raises."""
    found = re.search(r"^MaxArraySize\s*=\s*(\d+)", ask("scontrol", "show", "config"), re.MULTILINE)
    return max(1, int(found[1])) if found else _DEFAULT_ARRAY


def _node(fields: list[str]) -> ClusterNode:
    _, _, name, gres, cpus, memory, features = fields
    gpus = tuple((kind, int(count)) for kind, count in _GPUS.findall(gres))
    known = () if features == "(null)" else tuple(features.split(","))
    return ClusterNode(name, gpus, int(cpus.rstrip("+")), int(memory.rstrip("+")), known)


def _minutes(limit: str) -> int | None:
    """Read ``infinite``, ``30:00``, ``10:00:00`` or ``1-00:00:00``."""
    if not re.fullmatch(r"(\d+-)?\d+(:\d+)*", limit):
        return None
    days, _, rest = limit.rpartition("-")
    hours, minutes, _ = [0, 0, 0, *map(int, rest.split(":"))][-3:]
    return 1440 * int(days or 0) + 60 * hours + minutes
