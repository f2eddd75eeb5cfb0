"""Which of the things that a model sees is the one a text means."""

from collections.abc import Sequence

from r2s2r.errors import InputError
from r2s2r.models.segment.prompts import mask_from_logits
from r2s2r.models.segment.sightings import Sighting
from r2s2r.stages.lift.masking.segmenter import Found

# As many as an author wants to read of.
_MOST_NAMED = 5


def choose_named(sightings: Sequence[Sighting], text: str, min_score: float, *, height: int, width: int) -> Found:
    """Return the best sighting as a mask [height, width]; others that are good enough too are a finding.

    Args:
        sightings: Of a picture of that height and width, the best first.
        text: What was looked for.
        min_score: A lower one is not believed.
        height: Rows of the picture.
        width: Its columns.

    Raises:
        InputError: If none is good enough; says what was seen.
    """
    believed = [one for one in sightings if one.score >= min_score]
    if not believed:
        raise InputError(_nothing(sightings, text, min_score, height, width), field="select.text")
    best, *others = believed
    mask = mask_from_logits(best.logits, height=height, width=width)
    if not others:
        return Found(mask)
    finding = (
        f"{len(believed)} things in the picture are '{text}'; the one that scores {_listed([best], height, width)} is "
        f"taken; the others: {_listed(others, height, width)}; give box_px to take another"
    )
    return Found(mask, (finding,))


def _nothing(sightings: Sequence[Sighting], text: str, min_score: float, height: int, width: int) -> str:
    best = f"best: {_listed(sightings, height, width)}" if sightings else "nothing comes near"
    return (
        f"nothing scores {min_score:g} or more for '{text}'; {best}; say it otherwise, lower segment.sam3.min_score, "
        "or give box_px"
    )


def _listed(sightings: Sequence[Sighting], height: int, width: int) -> str:
    named = [f"{one.score:.2f} at box {[*one.box_px(height=height, width=width)]}" for one in sightings[:_MOST_NAMED]]
    more = len(sightings) - len(named)
    return ", ".join(named) + (f" and {more} more" if more > 0 else "")
