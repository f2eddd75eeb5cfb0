"""Everything that is checked of a shot as a whole: parents included, what is wrong in itself left out."""

from collections.abc import Iterator, Mapping
from typing import Any

from r2s2r.spec.checks.circles import circle_problems
from r2s2r.spec.checks.eyes import eye_problems
from r2s2r.spec.checks.motions import motion_problems
from r2s2r.spec.checks.rotations import rotation_problems
from r2s2r.spec.reading.findings import Problem
from r2s2r.spec.shots import ShotSpec
from r2s2r.spec.source import SourceSpec


def shot_problems(
    shot: ShotSpec, entities: Mapping[str, Mapping[str, Any]] | None, source: SourceSpec | None
) -> Iterator[Problem]:
    """Yield what moves and edits say that cannot be, their times excepted.

    Args:
        shot: Parents included.
        entities: The entities by name, as written; None where not all of them are known.
        source: The scene's source, if nothing is wrong with it.
    """
    yield from rotation_problems(shot)
    if entities is not None:
        yield from motion_problems(shot, entities)
        yield from circle_problems(shot, entities)
    if source is not None:
        yield from eye_problems(shot, source)
