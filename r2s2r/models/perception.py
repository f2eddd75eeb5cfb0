"""What every model that looks at the source needs first: packages, a device, a number format, and memory."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, assert_never

from r2s2r.errors import MissingError, StageError
from r2s2r.models.fallback import is_out_of_memory
from r2s2r.models.machine import INSTEAD_OF_PERCEPTION, missing_for
from r2s2r.spec.perception import PerceptionSpec

if TYPE_CHECKING:
    import torch


def check_machine(spec: PerceptionSpec, *, what: str) -> None:
    """Raise MissingError, with what to install, when this machine cannot run a model. Before torch is imported.

    Args:
        spec: The model's settings.
        what: How the scene calls it: ``segment.sam2``.
    """
    missing = missing_for(spec)
    if missing:
        raise MissingError(f"{what} needs {'; '.join(missing)}")


def device_of(spec: PerceptionSpec) -> "torch.device":
    """Return the device a model computes on. Raises MissingError when the spec wants a GPU and torch sees none."""
    import torch

    if spec.device == "cpu":
        return torch.device("cpu")
    if not torch.cuda.is_available():
        raise MissingError(
            "device: auto needs a GPU that torch can use, and there is none (`r2s2r doctor` says more); run where one"
            f" is, or {INSTEAD_OF_PERCEPTION}"
        )
    return torch.device("cuda", torch.cuda.current_device())


def dtype_of(spec: PerceptionSpec) -> "torch.dtype":
    """Return what a model computes in."""
    import torch

    match spec.precision:
        case "fp32":
            return torch.float32
        case "bf16":
            return torch.bfloat16
        case _:
            assert_never(spec.precision)


@contextmanager
def enough_memory(what: str) -> Iterator[None]:
    """Turn running out of memory into a StageError that says what needs less; ``what`` as for ``check_machine``."""
    try:
        yield
    except (RuntimeError, MemoryError) as error:
        if not is_out_of_memory(error):
            raise
        raise StageError(
            f"{what}: memory ran out ({str(error).splitlines()[0]}); set its precision: bf16, choose smaller weights, "
            "or run where the GPU is larger"
        ) from error
