"""Where an entity is: selected at the reference frame, then followed through the footage."""

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager
from itertools import pairwise
from pathlib import Path
from typing import assert_never

import numpy as np

from r2s2r.artifacts.facts import write_facts
from r2s2r.artifacts.footage import Footage
from r2s2r.artifacts.mask import MASKS, REFERENCE, MaskFacts
from r2s2r.artifacts.progress import Progress
from r2s2r.errors import InputError
from r2s2r.media.images import write_mask
from r2s2r.media.video import LosslessWriter
from r2s2r.models.kept import Loading, anew
from r2s2r.spec.segment import SegmentSpec
from r2s2r.spec.selection import SelectSpec
from r2s2r.stages.lift.masking.filled_in import fill_in
from r2s2r.stages.lift.masking.fragments import tidy
from r2s2r.stages.lift.masking.frame_ranges import frame_ranges
from r2s2r.stages.lift.masking.given_masks import GivenMasks, read_given_masks
from r2s2r.stages.lift.masking.propagate import FollowedFrame
from r2s2r.stages.lift.masking.segmenter import Found, Segmenter
from r2s2r.stages.lift.masking.selection import select

# A mask that grows or shrinks by more than this from one frame to the next has lost or caught something.
_JUMP = 1.35
_MIN_COVERAGE = 1e-4


def write_mask_of(
    spec: SelectSpec,
    segment: SegmentSpec,
    footage: Footage,
    files: Mapping[str, Path],
    out: Path,
    progress: Progress,
    loading: Loading,
) -> None:
    """Write the ``Mask`` artefact of what ``spec`` selects."""
    given = read_given_masks(files, footage) if spec.way == "mask" else None
    is_sequence = given is not None and len(given.indices) > 1
    # A sequence needs no model, so none is loaded for it.
    with _segmenter(SegmentSpec(backend="grabcut") if is_sequence else segment, files, loading) as segmenter:
        found = _selected(spec, footage, segmenter, given)
        tidied = tidy(found.mask, field=spec.way)
        write_mask(out / REFERENCE, tidied.mask)
        if given is not None and is_sequence:
            followed = fill_in(given, footage, tidied.mask, out, progress)
        else:
            followed = segmenter.follow(footage, tidied.mask, out, progress)
        coverage, lost = write_masks(footage, followed, out)
    findings = (
        *found.findings,
        *tidied.findings,
        *(_missing_findings(footage, given) if given is not None and is_sequence else ()),
        *_lost_findings(footage, lost),
        *_jump_findings(footage, coverage),
    )
    facts = MaskFacts(reference=footage.facts.reference, coverage=coverage, lost=lost, findings=findings)
    write_facts(out, facts)


def _selected(spec: SelectSpec, footage: Footage, segmenter: Segmenter, given: GivenMasks | None) -> Found:
    """Select at the reference frame; what is wrong with the selection is told with that frame's number."""
    try:
        return select(spec, footage, segmenter, given)
    except InputError as error:
        if not error.field.startswith("select"):
            raise
        number = footage.facts.clip_frames[footage.facts.reference]
        raise type(error)(f"frame {number}: {error.message}", field=error.field) from error


def _segmenter(segment: SegmentSpec, files: Mapping[str, Path], loading: Loading) -> AbstractContextManager[Segmenter]:
    match segment.backend:
        case "grabcut":
            from r2s2r.stages.lift.masking.grabcut_segmenter import GrabcutSegmenter

            return anew(GrabcutSegmenter)
        case "sam2":
            from r2s2r.stages.lift.masking.sam2 import Sam2Segmenter

            return loading(lambda: Sam2Segmenter(segment.sam2, files["segment"]))
        case "sam3":
            from r2s2r.stages.lift.masking.sam3 import Sam3Segmenter

            return loading(lambda: Sam3Segmenter(segment.sam3, files["segment"]))
        case "auto":
            raise AssertionError("`auto` is decided before a stage runs")
        case _:
            assert_never(segment.backend)


def write_masks(
    footage: Footage, followed: Iterator[FollowedFrame], out: Path
) -> tuple[tuple[float, ...], tuple[int, ...]]:
    """Write ``masks.mkv``; return each frame's coverage, and the stored frames that are lost."""
    facts = footage.facts
    coverage, lost = [], []
    with LosslessWriter(out / MASKS, height=facts.height, width=facts.width, fps=footage.fps, grey=True) as writer:
        for index, frame in enumerate(followed):
            writer.write(frame.mask.astype(np.uint8) * 255)
            coverage.append(round(float(frame.mask.mean()), 6))
            if frame.lost:
                lost.append(index)
    return tuple(coverage), tuple(lost)


def _missing_findings(footage: Footage, given: GivenMasks) -> tuple[str, ...]:
    missing = sorted(set(range(len(footage.facts.times_s))) - set(given.indices))
    if not missing:
        return ()
    return (
        f"{given.what} has no masks for frames {frame_ranges(footage, missing)} of the clip; there it is followed from "
        "those that it has",
    )


def _lost_findings(footage: Footage, lost: tuple[int, ...]) -> tuple[str, ...]:
    if not lost:
        return ()
    return (
        f"it is not followed in frames {frame_ranges(footage, lost)} of the clip, which the background is therefore "
        "not taken from; choose a reference frame nearer to them, or a shorter source.context_s",
    )


def _jump_findings(footage: Footage, coverage: tuple[float, ...]) -> tuple[str, ...]:
    jumps = [
        index + 1
        for index, (before, after) in enumerate(pairwise(coverage))
        if min(before, after) > _MIN_COVERAGE and max(before, after) > _JUMP * min(before, after)
    ]
    if not jumps:
        return ()
    return (f"its mask jumps in size at frames {frame_ranges(footage, jumps)} of the clip; look at masks.mkv there",)
