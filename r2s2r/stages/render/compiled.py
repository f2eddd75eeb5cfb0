"""Compiled: kernels as numba makes them, and as it keeps them on disk for the next process.

numba takes a kept kernel for current as long as the kernel's own file is unchanged. But kernels also read named tuples
of other files: with two fields of one type exchanged there, the old machine code would read the wrong one, and what is
kept for a tuple that is gone cannot even be looked at. So what is kept is for those fields only, and what cannot be
read, of another version or damaged, is compiled again instead of ending the run.
"""

import logging
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from typing import Any, TypeVar

from numba import njit
from numba.core.caching import FunctionCache

Kernel = TypeVar("Kernel", bound=Callable[..., Any])

logger = logging.getLogger(__name__)


def kernel(function: Kernel) -> Kernel:
    """Compile a function that becomes part of the kernels that call it. It releases the GIL."""
    return _kept(function, njit(nogil=True, error_model="numpy", forceinline=True)(function))


def called(function: Kernel) -> Kernel:
    """Compile a function that stays one of its own. It releases the GIL."""
    return _kept(function, njit(nogil=True, error_model="numpy")(function))


class _Kept(FunctionCache):
    """What numba keeps of a kernel. Nothing that is wrong with it is an error."""

    def __init__(self, function: Callable[..., Any]) -> None:
        super().__init__(function)
        # Compared before the rest of an index is looked at. numba has its own version there, for the same reason.
        self._cache_file._version += f", {_tuples_of(function)}"

    def load_overload(self, *wanted: Any) -> Any:  # noqa: ANN401 - numba's
        """Return the kept kernel, if there is one that can be read."""
        try:
            return super().load_overload(*wanted)
        except Exception:  # noqa: BLE001 - reading what is damaged raises anything
            with suppress(OSError):
                self.flush()
            return None

    def save_overload(self, *compiled: Any) -> None:  # noqa: ANN401 - numba's
        """Keep a kernel, unless the disk is full."""
        with suppress(OSError):
            super().save_overload(*compiled)


def _kept(function: Kernel, compiled: Any) -> Kernel:  # noqa: ANN401 - numba's
    try:
        compiled._cache = _Kept(function)  # as ``njit(cache=True)`` does
    except RuntimeError:
        _say_that_nothing_is_kept()
    made: Kernel = compiled
    return made


@cache
def _say_that_nothing_is_kept() -> None:
    logger.warning("each process compiles its kernels anew: set NUMBA_CACHE_DIR to a folder that can be written")


def _tuples_of(function: Callable[..., Any]) -> str:
    """Say which fields the named tuples have that a function's file knows."""
    known = {name: thing for name, thing in function.__globals__.items() if _is_named_tuple(thing)}
    return ", ".join(f"{name}: {_fields(known[name])}" for name in sorted(known))


def _fields(kind: Any) -> str:  # noqa: ANN401 - a class, or what else a field is annotated with
    if not _is_named_tuple(kind):
        return str(kind)
    return str({name: _fields(of) for name, of in kind.__annotations__.items()})


def _is_named_tuple(thing: Any) -> bool:  # noqa: ANN401 - anything in a module
    return isinstance(thing, type) and issubclass(thing, tuple) and hasattr(thing, "_fields")
