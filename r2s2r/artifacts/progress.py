"""How a stage tells how far it is."""

from typing import Protocol


class Progress(Protocol):
    """Called by a stage after each unit of work. A seam, so that stages know nothing of terminals or processes."""

    def __call__(self, done: int, total: int) -> None:
        """Report ``done`` of ``total`` units (mostly frames)."""


def unheard(done: int, total: int) -> None:
    """A ``Progress`` nobody listens to."""
