"""Where an entity is: selected at the reference frame, then followed through the footage."""

from itertools import groupby, pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from r2s2r.artifacts.facts import write_facts
from r2s2r.artifacts.footage import Footage
from r2s2r.artifacts.mask import MASKS, REFERENCE, MaskFacts
from r2s2r.artifacts.progress import Progress
from r2s2r.media.images import write_mask
from r2s2r.media.video import LosslessWriter
from r2s2r.spec.entities import SelectSpec
from r2s2r.stages.lift.masking.fragments import tidy
from r2s2r.stages.lift.masking.propagate import propagate
from r2s2r.stages.lift.masking.selection import select

# A mask that grows or shrinks by more than this from one frame to the next has lost or caught something.
_JUMP = 1.35
_MIN_COVERAGE = 1e-4


def write_mask_of(spec: SelectSpec, footage: Footage, mask_file: Path | None, out: Path, progress: Progress) -> None:
    """Write the ``Mask`` artefact of what ``spec`` selects."""
    tidied = tidy(select(spec, footage.reference_frame(), mask_file), field=_field(spec))
    write_mask(out / REFERENCE, tidied.mask)
    coverage, lost = _write_masks(footage, tidied.mask, out, progress)
    findings = (*tidied.findings, *_lost_findings(footage, lost), *_jump_findings(footage, coverage))
    facts = MaskFacts(reference=footage.facts.reference, coverage=tuple(coverage), lost=tuple(lost), findings=findings)
    write_facts(out, facts)


def _field(spec: SelectSpec) -> str:
    return next(name for name in ("box_px", "polygon_px", "mask") if getattr(spec, name) is not None)


def _write_masks(
    footage: Footage, mask: NDArray[np.bool_], out: Path, progress: Progress
) -> tuple[list[float], list[int]]:
    facts = footage.facts
    coverage, lost = [], []
    with LosslessWriter(out / MASKS, height=facts.height, width=facts.width, fps=footage.fps, grey=True) as writer:
        for index, followed in enumerate(propagate(footage, mask, out, progress)):
            writer.write(followed.mask.astype(np.uint8) * 255)
            coverage.append(round(float(followed.mask.mean()), 6))
            if followed.lost:
                lost.append(index)
    return coverage, lost


def _lost_findings(footage: Footage, lost: list[int]) -> tuple[str, ...]:
    if not lost:
        return ()
    return (
        f"it is not followed in frames {_ranges(footage, lost)} of the clip, which the background is therefore not "
        "taken from; choose a reference frame nearer to them, or a shorter source.context_s",
    )


def _jump_findings(footage: Footage, coverage: list[float]) -> tuple[str, ...]:
    jumps = [
        index + 1
        for index, (before, after) in enumerate(pairwise(coverage))
        if min(before, after) > _MIN_COVERAGE and max(before, after) > _JUMP * min(before, after)
    ]
    if not jumps:
        return ()
    return (f"its mask jumps in size at frames {_ranges(footage, jumps)} of the clip; look at masks.mkv there",)


def _ranges(footage: Footage, indices: list[int]) -> str:
    """Name stored frames by their numbers in the clip: ``0-12, 40``."""
    numbers = [footage.facts.clip_frames[index] for index in indices]
    runs = [[number for _, number in run] for _, run in groupby(enumerate(numbers), lambda pair: pair[1] - pair[0])]
    return ", ".join(str(run[0]) if len(run) == 1 else f"{run[0]}-{run[-1]}" for run in runs)
