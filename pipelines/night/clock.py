"""The clock of a night; a seam, so that nights can be tried by day."""

import time
from typing import Protocol

_STEP_S = 20.0


class Clock(Protocol):
    """Tells the time, and waits."""

    def now(self) -> float:
        """Return the seconds since 1970."""

    def sleep(self, seconds: float) -> None:
        """Wait."""


class SystemClock:
    """This machine's clock."""

    def now(self) -> float:
        """Return the seconds since 1970."""
        return time.time()

    def sleep(self, seconds: float) -> None:
        """Wait."""
        time.sleep(seconds)


def wait_until(moment_s: float, clock: Clock) -> None:
    """Wait until the clock shows a moment, in seconds since 1970; it may be set meanwhile, or the machine sleep."""
    while (left_s := moment_s - clock.now()) > 0:
        clock.sleep(min(left_s, _STEP_S))
