"""The gate: what decides, right before a node starts, whether it still may. A night has one; a run's is always open."""

from dataclasses import dataclass
from typing import Literal, Protocol

from pipelines.node import Node


@dataclass(frozen=True)
class Closing:
    """Whether what runs may go on.

    Attributes:
        how: ``gently``: it should stop where it can go on later; ``now``: it is ended.
        why: For people; empty where it is open.
    """

    how: Literal["open", "gently", "now"] = "open"
    why: str = ""


class Gate(Protocol):
    """Asked from the driver's main thread. A seam, so that the driver knows no clock and no budget."""

    def refusal(self, node: Node) -> str:
        """Return why a node may not start any more, for people; empty: it may. Its shot is put off to another time."""

    def started(self, node: Node, *, gpus: int) -> None:
        """A node was handed over or begun; it takes so many GPUs while it runs."""

    def ended(self, node: Node, *, seconds: float, gpus: int) -> None:
        """A node, or a try of it, ended after so many seconds of work, well or not; 0: it was not seen to start."""

    def closing(self) -> Closing:
        """Say whether what runs may go on; asked about twice a second."""


class AlwaysOpen:
    """A gate that lets everything through."""

    def refusal(self, node: Node) -> str:
        """Refuse nothing."""
        return ""

    def started(self, node: Node, *, gpus: int) -> None:
        """Ignore."""

    def ended(self, node: Node, *, seconds: float, gpus: int) -> None:
        """Ignore."""

    def closing(self) -> Closing:
        """Never close."""
        return Closing()
