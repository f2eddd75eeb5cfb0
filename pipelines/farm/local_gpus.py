"""This machine's GPUs: which there are, and who works on them. One process works on a GPU at a time."""

import socket
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from r2s2r.artifacts.lease import Holder, Witness, hold, holders
from r2s2r.artifacts.store import Store
from r2s2r.models.machine import visible_gpus
from r2s2r.spec.farm import LocalSpec


def gpus_here(spec: LocalSpec) -> tuple[str, ...]:
    """Return the GPUs that may be used, as CUDA_VISIBLE_DEVICES calls them. Asking nvidia-smi takes a moment."""
    return visible_gpus() if spec.gpus == "auto" else tuple(str(index) for index in spec.gpus)


@contextmanager
def holding(store: Store, gpus: Sequence[str]) -> Iterator[None]:
    """Wait for GPUs of this machine, and have them to oneself: ``leases/gpu-<host>-<index>``, as for requests."""
    with ExitStack() as stack:
        for gpu in sorted(gpus):  # all in one order, or two who want the same ones could wait for each other
            stack.enter_context(store.explained())
            stack.enter_context(hold(_folder(store, gpu)))
        yield


def owner(store: Store, gpu: str) -> Holder | None:
    """Return the process that has a GPU; None when it is free."""
    witness = Witness()
    return next((one for one in holders(_folder(store, gpu)) if one.owns and not witness.is_dead(one)), None)


def _folder(store: Store, gpu: str) -> Path:
    name = gpu.replace("/", "_")  # parts of a GPU may be called MIG-GPU-<id>/1/0
    return store.lease_folder(f"gpu-{socket.gethostname()}-{name}")
