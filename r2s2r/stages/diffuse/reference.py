"""The reference picture: what a video model takes the look from, and how well it meets the control's first frame."""

from dataclasses import dataclass
from pathlib import Path
from typing import assert_never

import numpy as np
from numpy.typing import NDArray

from r2s2r.artifacts.facts import write_facts
from r2s2r.artifacts.mask import require_apart
from r2s2r.artifacts.progress import Progress, unheard
from r2s2r.artifacts.reference import PICTURE, ReferenceFacts
from r2s2r.geometry.framing import Framing
from r2s2r.media.images import framed, read_rgb, write_rgb
from r2s2r.models.animate.letterbox import letterbox
from r2s2r.spec.conditioning import ReferenceSpec
from r2s2r.stages.diffuse.compositor import Compositor
from r2s2r.stages.diffuse.ground import above_ground
from r2s2r.stages.diffuse.inputs import CompositorInputs, ReferenceInputs

# Below this, the model sees entities in other places than where the control puts them, and doubles or drags them.
_MEETING_IOU = 0.9


def write_reference(spec: ReferenceSpec, inputs: ReferenceInputs, out: Path, progress: Progress) -> None:
    """Write a ``Reference`` of the generated size into the empty folder ``out``.

    Raises:
        MediaError: The picture of kind ``file`` cannot be read.
        InputError: Two entities select the same pixels.
    """
    require_apart(inputs.masks)
    look = _look(spec, inputs)
    write_rgb(out / PICTURE, look.picture)
    # Rounded, so that pixels at the edge of a mask that change nothing else do not make it another reference.
    iou = None if look.entities is None else _iou(look.entities, inputs.passes.ids(0) > 0)
    height, width = look.picture.shape[:2]
    findings = (_finding(spec, iou),) if iou is not None and iou < _MEETING_IOU else ()
    write_facts(out, ReferenceFacts(kind=spec.kind, height=height, width=width, iou=iou, findings=findings))
    progress(1, 1)


@dataclass(frozen=True, eq=False)
class _Look:
    """A picture [H, W, 3] uint8, and where its entities are [H, W] bool, if that is known."""

    picture: NDArray[np.uint8]
    entities: NDArray[np.bool_] | None


def _look(spec: ReferenceSpec, inputs: ReferenceInputs) -> _Look:
    match spec.kind:
        case "source":
            return _source(spec, inputs)
        case "composite":
            assert inputs.compositor is not None, "a composite is made from the compositor's inputs"
            return _composite(spec, inputs.compositor)
        case "file":
            assert inputs.file is not None, "the scene named a file"
            picture = letterbox(read_rgb(inputs.file), height=spec.output.height, width=spec.output.width)
            return _Look(picture, None)
        case _:
            assert_never(spec.kind)


def _source(spec: ReferenceSpec, inputs: ReferenceInputs) -> _Look:
    """Return the reference frame as the render's intrinsics assume it, and the entities selected in it."""
    facts, output = inputs.footage.facts, spec.output
    framing = Framing(facts.height, facts.width, output.height, output.width, output.fit)
    selected = np.zeros((facts.height, facts.width), np.uint8)
    for mask in inputs.masks.values():
        selected[mask.reference_mask()] = 255
    return _Look(framed(inputs.footage.reference_frame(), framing), framed(selected, framing) >= 128)


def _composite(spec: ReferenceSpec, inputs: CompositorInputs) -> _Look:
    """Return the compositor's frame 0, and the entities it shows: those of the passes, but for what is underground."""
    picture = next(Compositor(spec.compositor, inputs).generate(unheard))
    passes, camera = inputs.passes, inputs.animation.camera(0)
    return _Look(picture, above_ground(passes.ids(0), passes.depth_m(0), camera) > 0)


def _iou(first: NDArray[np.bool_], second: NDArray[np.bool_]) -> float | None:
    """Return the intersection over union of two masks [H, W], to four digits; None when both are empty."""
    union = int(np.count_nonzero(first | second))
    return round(int(np.count_nonzero(first & second)) / union, 4) if union else None


def _finding(spec: ReferenceSpec, iou: float) -> str:
    seen = f"the entities of the reference picture meet those of the control's frame 0 at IoU {iou:.2f} only"
    if spec.kind == "composite":
        return (
            f"{seen}, since parts of them are below the ground, which hides them in the picture but not in the "
            "control: raise them, or correct source.ground"
        )
    return (
        f"{seen}, so the model sees them in other places than the control puts them: set `reference: composite`, "
        "or let camera and entities start where the clip has them"
    )
