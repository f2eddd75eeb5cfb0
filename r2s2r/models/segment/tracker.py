"""Follows one entity with a model of the SAM 2 family, which takes frames one at a time and remembers a few."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from r2s2r.models.segment.form import Form
from r2s2r.models.segment.prompts import Clicks, mask_from_logits, mask_input

# Of a frame's outputs, what no later frame asks for. The largest part of them.
_SPENT = ("high_res_masks", "pred_masks")


@dataclass(frozen=True, eq=False)
class Seen:
    """What a model sees of the entity in one frame.

    Attributes:
        logits: [h, w], float32, at the model's size; above 0 where the entity is, far below where it is not in view.
        score: Logit that the entity is in view at all.
    """

    logits: Tensor
    score: float

    def mask(self, *, height: int, width: int) -> NDArray[np.bool_]:
        """Return it as a mask [height, width]; empty where the entity is not in view."""
        return mask_from_logits(self.logits, height=height, width=width)


@dataclass(frozen=True, eq=False)
class TrackingModel:
    """A loaded model that follows things.

    Attributes:
        model: ``Sam2VideoModel``, or the tracker of a ``Sam3VideoModel``.
        session: Class of its memory: ``Sam2VideoInferenceSession`` or its twin.
        form: Of its input.
        device: Where it computes.
        dtype: What it computes in.
        features: Pixels [3, side, side] -> what its memory calls vision features, for a model without eyes of its own.
    """

    model: Any
    session: Any
    form: Form
    device: torch.device
    dtype: torch.dtype
    features: Callable[[Tensor], Mapping[str, Any]] | None = None

    def pixels(self, reduced: NDArray[np.uint8]) -> Tensor:
        """Return a reduced picture [side, side, 3] as the model takes it, [3, side, side], on its device."""
        return self.form.pixels(reduced, device=self.device, dtype=self.dtype)


class Tracker:
    """One walk through a clip: begun at the reference frame, then on, and then back from there.

    What it remembers does not grow with the clip: frames are forgotten at once, and what the model made of them as soon
    as it is out of the model's reach, both from where the walk is and from the reference frame, from which it goes
    back. Results are those of a session that forgets nothing.
    """

    def __init__(self, of: TrackingModel) -> None:
        self._of = of
        self._session = of.session(
            inference_device=of.device,
            inference_state_device=of.device,
            video_storage_device=of.device,
            dtype=of.dtype,
        )
        self._reference = 0
        config = of.model.config
        self._reach = max(config.num_maskmem, config.max_object_pointers_in_encoder)

    def begin_with_clicks(
        self, index: int, reduced: NDArray[np.uint8], clicks: Clicks, *, height: int, width: int
    ) -> Seen:
        """Return what the model takes the clicks for, in the frame ``index``, whose source has this height and width.

        ``reduced`` is that frame at the model's size [side, side, 3].
        """
        inputs = clicks.as_inputs(height=height, width=width, side=self._of.form.side)
        self._session.add_point_inputs(self._session.obj_id_to_idx(0), index, inputs)
        return self._begin(index, reduced)

    def begin_with_mask(self, index: int, reduced: NDArray[np.uint8], mask: NDArray[np.bool_]) -> Seen:
        """Begin in the frame ``index`` with the mask [H, W] that the entity has there; it is taken as it is."""
        given = mask_input(mask, side=self._of.form.side)
        self._session.add_mask_inputs(self._session.obj_id_to_idx(0), index, given)
        return self._begin(index, reduced)

    def step(self, index: int, reduced: NDArray[np.uint8]) -> Seen:
        """Go on to a frame beside one that was seen, after or before the reference frame."""
        return self._see(index, reduced, backwards=index < self._reference)

    def _begin(self, index: int, reduced: NDArray[np.uint8]) -> Seen:
        self._reference = index
        self._session.obj_with_new_inputs = [0]
        seen = self._see(index, reduced, backwards=False)
        self._session.point_inputs_per_obj[0].clear()
        self._session.mask_inputs_per_obj[0].clear()
        return seen

    def _see(self, index: int, reduced: NDArray[np.uint8], *, backwards: bool) -> Seen:
        pixels = self._of.pixels(reduced)
        if self._of.features is not None:
            self._session.cache.cache_vision_features(index, self._of.features(pixels))
        # Given the frame itself, the model streams: it reckons with no number of frames that it does not know.
        out = self._of.model(self._session, frame_idx=index, frame=pixels, reverse=backwards)
        seen = Seen(out.pred_masks[0, 0].float().cpu(), float(out.object_score_logits.flatten()[0]))
        self._forget(index)
        return seen

    def _forget(self, index: int) -> None:
        self._session.processed_frames.clear()
        self._session.frames_tracked_per_obj[0].clear()
        outputs = self._session.output_dict_per_obj[0]
        for output in (outputs[kind].get(index, {}) for kind in outputs):
            for name in _SPENT:
                output.pop(name, None)
        remembered = outputs["non_cond_frame_outputs"]
        for frame in [*remembered]:
            if min(abs(frame - index), abs(frame - self._reference)) > self._reach:
                del remembered[frame]
