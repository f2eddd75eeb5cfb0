"""What a camera move is about is said where the scene does not tell. Checked in what is written, as references are."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from r2s2r.spec.reading.findings import Problem

_ABOUT_SOMETHING = ("crane", "dolly_zoom")
_TRAVELLING = ("dolly", "truck", "pedestal", *_ABOUT_SOMETHING)


def subject_problems(shot: Mapping[str, Any], entities: Collection[str]) -> Iterator[Problem]:
    """Yield camera moves that need a subject and have none.

    Args:
        shot: A shot as written: plain data, not yet checked.
        entities: The names there are.
    """
    moves = shot.get("camera")
    for index, move in enumerate(moves if isinstance(moves, list) else ()):
        if not isinstance(move, dict) or move.get("type") not in _TRAVELLING:
            continue
        subject = move.get("subject")
        if subject is None and move["type"] == "dolly":
            subject = move.get("towards")
        if subject is None and ("distance" in move or move["type"] in _ABOUT_SOMETHING) and len(entities) != 1:
            yield Problem(("camera", index, "subject"), _missing(entities))


def _missing(entities: Collection[str]) -> str:
    if not entities:
        return "is missing, and this scene has no entity that it could mean: give a point, subject: [x, y, z]"
    first, *_ = names = sorted(entities)
    return (
        f"is missing, and this scene has several entities ({', '.join(names)}): say which one it is about, "
        f"subject: {first}"
    )
