"""Terms: in which words a caption speaks of what is in the shot."""

from collections.abc import Mapping
from dataclasses import dataclass

from r2s2r.spec.camera import Target
from r2s2r.spec.captions.subjects import Subject


@dataclass(frozen=True)
class Terms:
    """What both the camera's and the entities' sentences need.

    Attributes:
        seen: Name -> subject, in order.
        moving: Names of those that move.
        amounts: Whether to say how far; without it a caption is shorter.
    """

    seen: Mapping[str, Subject]
    moving: frozenset[str]
    amounts: bool

    def named(self, target: Target) -> str:
        """Return how to call what the camera looks at or goes round."""
        if isinstance(target, str) and target in self.seen:
            return self.seen[target].later
        return "a fixed point"

    def amount(self, words: str) -> str:
        """Return an amount, or nothing."""
        return words if self.amounts else ""


def manner(pace: float, *, slow: float, fast: float) -> str:
    """Return the adverb for a speed, whatever its sign."""
    return "slowly" if abs(pace) < slow else "quickly" if abs(pace) > fast else ""
