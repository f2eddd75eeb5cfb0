"""The clip's background without its entities, as it looks at the reference frame."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from r2s2r.artifacts.facts import write_facts
from r2s2r.artifacts.mask import require_apart
from r2s2r.artifacts.plate import INVENTED, PLATE, REPLACED, PlateFacts
from r2s2r.artifacts.progress import Progress
from r2s2r.media.images import write_mask, write_rgb
from r2s2r.media.pushpull import push_pull
from r2s2r.stages.lift.inputs import PlateInputs
from r2s2r.stages.lift.masking.small_frames import SmallFrames
from r2s2r.stages.lift.plates.covered import grown, union
from r2s2r.stages.lift.plates.samples import Sampled, collect_samples, hiding_masks
from r2s2r.stages.lift.plates.temporal_median import Seen, temporal_median
from r2s2r.stages.lift.plates.window import window_round


def write_plate(inputs: PlateInputs, out: Path, progress: Progress) -> None:
    """Write the ``Plate`` artefact: the reference frame, with what other frames show behind its entities.

    What no frame shows is filled in from around it and marked as invented. Raises InputError when two entities select
    the same pixels.
    """
    require_apart(inputs.masks)
    picture = inputs.footage.reference_frame()
    replaced = grown(union([mask.reference_mask() for mask in hiding_masks(inputs)], picture.shape[:2]))
    invented = np.zeros_like(replaced)
    sampled = Sampled(0, 0)
    if replaced.any():
        window = window_round(replaced)
        with SmallFrames(out, (*window.shape, 4)) as samples:
            sampled = collect_samples(inputs, replaced, window, samples, progress)
            seen = temporal_median(samples, sampled.used, window.shape)
        picture[window.slices] = _filled(picture[window.slices], replaced[window.slices], seen)
        invented[window.slices] = replaced[window.slices] & (seen.times == 0)
    write_rgb(out / PLATE, picture)
    write_mask(out / INVENTED, invented)
    write_mask(out / REPLACED, replaced)
    share = round(float(invented.mean()), 6)
    write_facts(out, PlateFacts(invented_share=share, frames_used=sampled.used, findings=_findings(sampled)))


def _filled(picture: NDArray[np.uint8], hole: NDArray[np.bool_], seen: Seen) -> NDArray[np.uint8]:
    """Fill a hole [H, W] of a picture with what was seen, and from around it where nothing was."""
    known = seen.times > 0
    behind = push_pull(np.where(hole[..., None], seen.colour, picture).astype(np.float32), ~hole | known)
    filled = np.where(hole[..., None], np.clip(np.round(behind), 0, 255), picture)
    return filled.astype(np.uint8)


def _findings(sampled: Sampled) -> tuple[str, ...]:
    if not sampled.unregistered:
        return ()
    total = sampled.used + sampled.unregistered
    return (
        f"{sampled.unregistered} of {total} frames could not be laid over the reference frame and were not used (a "
        "cut, or much camera motion); a shorter source.context_s leaves them out",
    )
