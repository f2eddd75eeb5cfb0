"""What Slurm's daemons are told: two nodes with two GPUs each that are not there, all on this machine."""

import getpass
import random
import secrets
import socket
from dataclasses import dataclass
from pathlib import Path

NODES = ("nodeA", "nodeB")
_PORTS = range(20_000, 32_000)  # below those that the kernel gives to clients

_SLURM = """\
ClusterName=test
SlurmctldHost={host}(127.0.0.1)
SlurmUser={user}
SlurmdUser={user}
SlurmctldPort={controller_port}
SlurmctldPidFile={root}/slurmctld.pid
SlurmdPidFile={root}/slurmd.%n.pid
SlurmdSpoolDir={root}/spool/%n
StateSaveLocation={root}/state
AuthType=auth/munge
# Slurm waits for a credential to run out before it starts a job of a lost node again; it would for two minutes.
AuthInfo=socket={root}/munge/socket,cred_expire=10
CredType=cred/munge
ProctrackType=proctrack/pgid
TaskPlugin=task/none
MpiDefault=none
SwitchType=switch/none
JobAcctGatherType=jobacct_gather/linux
JobAcctGatherFrequency=task=1
JobAcctGatherParams=OverMemoryKill,NoShared
AccountingStorageType=accounting_storage/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core_Memory,CR_LLN
GresTypes=gpu
SlurmdParameters=config_overrides
ReturnToService=2
JobRequeue=1
RequeueExit=99
MinJobAge=3600
KillWait=2
SlurmdTimeout=5
SlurmctldTimeout=15
MessageTimeout=4
PreemptType=preempt/partition_prio
PreemptMode=REQUEUE
SchedulerParameters=sched_interval=1,bf_interval=1,batch_sched_delay=0,requeue_delay=1
{nodes}
PartitionName=gpu Nodes={names} Default=YES PriorityTier=1 DefMemPerCPU=500 MaxTime=INFINITE
PartitionName=urgent Nodes={names} PriorityTier=10 DefMemPerCPU=500 MaxTime=INFINITE
"""
_NODE = (
    "NodeName={name} NodeHostname={host} NodeAddr=127.0.0.1 Port={port}"
    " CPUs=8 RealMemory=16000 Gres=gpu:fake:2 Features={name}"
)
_GPUS = "NodeName={name} Name=gpu Type=fake Count=2 File=/dev/null,/dev/zero"
_CGROUP = "CgroupPlugin=cgroup/v1\nCgroupAutomount=no\n"


@dataclass(frozen=True)
class Settings:
    """Where a cluster's files are.

    Attributes:
        root: Folder of everything.
        slurm: ``slurm.conf``, which the commands find by SLURM_CONF.
        socket: Of munge.
        key: Likewise.
        port: The controller's.
    """

    root: Path
    slurm: Path
    socket: Path
    key: Path
    port: int


def write_settings(root: Path) -> Settings:
    """Write the configuration files of a cluster; its ports are free now."""
    port, *ports = _free_ports(1 + len(NODES))
    host, user, names = socket.gethostname().partition(".")[0], getpass.getuser(), ",".join(NODES)
    for folder in ("munge", "state", "spool", *(f"spool/{name}" for name in NODES)):
        (root / folder).mkdir(mode=0o755)
    nodes = "\n".join(_NODE.format(name=name, host=host, port=port) for name, port in zip(NODES, ports, strict=True))
    text = _SLURM.format(root=root, host=host, user=user, controller_port=port, nodes=nodes, names=names)
    (root / "slurm.conf").write_text(text)
    (root / "gres.conf").write_text("AutoDetect=off\n" + "\n".join(_GPUS.format(name=name) for name in NODES) + "\n")
    (root / "cgroup.conf").write_text(_CGROUP)
    key = root / "munge" / "key"
    key.write_bytes(secrets.token_bytes(128))
    key.chmod(0o400)
    return Settings(root, root / "slurm.conf", root / "munge" / "socket", key, port)


def _free_ports(count: int) -> list[int]:
    found, draw = list[int](), random.SystemRandom()
    while len(found) < count:
        port = draw.choice(_PORTS)
        with socket.socket() as probe:
            if port not in found and probe.connect_ex(("127.0.0.1", port)) != 0:
                found.append(port)
    return found
