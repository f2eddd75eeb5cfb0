"""What an entity leaves in the picture besides itself: regions that go with it, and its shadow."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from r2s2r.artifacts.facts import write_facts
from r2s2r.artifacts.footage import Footage
from r2s2r.artifacts.mask import REFERENCE, Mask, MaskFacts
from r2s2r.artifacts.progress import Progress
from r2s2r.errors import InputError, MediaError
from r2s2r.media.images import read_mask, write_mask
from r2s2r.spec.selection import RegionSpec, Trace
from r2s2r.stages.lift.masking.carried import Carrier
from r2s2r.stages.lift.masking.given_masks import fitted_mask
from r2s2r.stages.lift.masking.mask import write_masks
from r2s2r.stages.lift.masking.polygon import fill_polygon
from r2s2r.stages.lift.masking.propagate import FollowedFrame
from r2s2r.stages.lift.masking.selection import check_inside
from r2s2r.stages.lift.masking.shadow import Shadows, find_shadows

# What covers more leaves no background to fill in from.
_MAX_COVERAGE = 0.98

_Region = NDArray[np.bool_]


def write_traces(
    traces: tuple[Trace, ...],
    footage: Footage,
    mask: Mask,
    files: Mapping[str, Path],
    out: Path,
    progress: Progress,
) -> None:
    """Write the ``Mask`` artefact of what goes with an entity; nowhere does it overlap the entity's own ``mask``.

    Regions are where the reference frame shows them, and move as the entity's mask does. ``files`` has
    ``also_remove.<i>.mask`` for those given as pictures. Raises InputError or MediaError for a region that lies outside
    the picture, is empty, or whose file cannot be used.
    """
    own = mask.reference_mask()
    region = _union_of_regions(traces, footage, files) & ~own
    if (share := float((region | own).mean())) > _MAX_COVERAGE:
        raise InputError(
            f"with the entity, covers {share:.0%} of the reference frame, leaving no background; draw it tighter",
            field="also_remove",
        )
    shadows = find_shadows(footage, mask) if "shadow" in traces else Shadows.none(own.shape)
    write_mask(out / REFERENCE, (region | shadows.reference) & ~own)
    coverage, lost = write_masks(footage, _frames(region, shadows, footage, mask, progress), out)
    facts = MaskFacts(reference=footage.facts.reference, coverage=coverage, lost=lost, findings=shadows.findings)
    write_facts(out, facts)


def _frames(
    region: _Region, shadows: Shadows, footage: Footage, mask: Mask, progress: Progress
) -> Iterator[FollowedFrame]:
    """Yield the traces in each frame: there are none where the entity is not."""
    carrier = Carrier(mask.reference_mask())
    count = len(footage.facts.times_s)
    for index, (frame, own) in enumerate(zip(footage.frames(), mask.frames(), strict=True)):
        found = carrier.carry(region | shadows.standing, own) | shadows.in_frame(frame, own)
        yield FollowedFrame(found & ~own, lost=index in mask.facts.lost)
        progress(index + 1, count)


def _union_of_regions(traces: tuple[Trace, ...], footage: Footage, files: Mapping[str, Path]) -> _Region:
    shape = footage.facts.height, footage.facts.width
    regions = [
        _region(trace, shape, files.get(f"also_remove.{index}.mask"), f"also_remove[{index}]")
        for index, trace in enumerate(traces)
        if trace != "shadow"
    ]
    return np.asarray(np.logical_or.reduce([np.zeros(shape, bool), *regions]))


def _region(trace: RegionSpec, shape: tuple[int, int], file: Path | None, field: str) -> _Region:
    height, width = shape
    if trace.mask is not None:
        assert file is not None, "a region by mask comes with its file"
        region, field = _from_file(file, shape, f"{field}.mask"), f"{field}.mask"
    else:
        kind = "polygon_px" if trace.polygon_px is not None else "box_px"
        corners_px = np.array(trace.polygon_px or _corners(trace), float)
        check_inside(corners_px, shape, f"{field}.{kind}")
        region, field = fill_polygon(corners_px, height=height, width=width), f"{field}.{kind}"
    if not region.any():
        raise InputError("selects nothing; give the region in pixels of the source", field=field)
    return region


def _corners(trace: RegionSpec) -> list[tuple[float, float]]:
    assert trace.box_px is not None, "a region is a box, a polygon or a mask"
    x0, y0, x1, y1 = trace.box_px
    return [(x0, y0), (x1, y0), (x1, y1), (x0, y1)]


def _from_file(file: Path, shape: tuple[int, int], field: str) -> _Region:
    try:
        return fitted_mask(read_mask(file), file, height=shape[0], width=shape[1], field=field)
    except MediaError as error:
        raise MediaError(error.message, field=field) from error
