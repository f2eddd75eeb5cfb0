"""How a stage is asked to stop."""

from typing import Protocol


class Stop(Protocol):
    """Asked by a stage where it could go on later. A seam, so that stages know nothing of signals or the farm."""

    def __call__(self) -> bool:
        """Whether to stop there; once it was true, it stays so."""


def never() -> bool:
    """A ``Stop`` of work that nobody interrupts."""
    return False
