"""GPUs that fail under way: no fault of the shot, and the end of all work on them in this process."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from r2s2r.errors import MissingError
from r2s2r.models.fallback import is_out_of_memory

_SAID = ("cuda error", "cudnn_status", "cublas_status")


@contextmanager
def gpu_faults_explained() -> Iterator[None]:
    """Turn what CUDA says of a broken GPU into a MissingError: another machine, or a new process, may do.

    Memory that ran out goes through: it has its own ways.
    """
    try:
        yield
    except RuntimeError as error:
        said = str(error)
        if is_out_of_memory(error) or not any(words in said.lower() for words in _SAID):
            raise
        raise MissingError(
            f"the GPU failed ({said.splitlines()[0]}); run again; if that fails, too, `dmesg` may show Xid errors"
        ) from error


def is_gpu_broken() -> bool:
    """Whether this process has used a GPU that it cannot use any more: after some errors CUDA refuses everything."""
    torch: Any = sys.modules.get("torch")
    if torch is None or not torch.cuda.is_initialized():
        return False
    try:
        torch.cuda.synchronize()
    except RuntimeError:
        return True
    return False
