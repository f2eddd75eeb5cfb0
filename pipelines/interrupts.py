"""Interrupts: the signals that ask a run to end, and when they have to wait."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager

_ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@contextmanager
def deferred_interrupts() -> Iterator[None]:
    """Let the signals that end a run wait until the block is left. For the main thread.

    Processes started inside never see Ctrl-C, which a terminal sends to all of its processes: who started them ends
    them, in its own order.
    """
    waiting: list[int] = []
    handlers = {number: signal.signal(number, lambda caught, _: waiting.append(caught)) for number in _ENDING}
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)
        for caught in dict.fromkeys(waiting):
            signal.raise_signal(caught)
