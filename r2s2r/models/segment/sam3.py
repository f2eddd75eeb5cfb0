"""SAM 3 (Meta 2025), as transformers has it: what a text names, and tracking.

One entity is followed at a time, so of the video model only the parts are used: the detector where the text is looked
for, the tracker everywhere else. Its bookkeeping for many things at once is not.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from r2s2r.errors import InputError
from r2s2r.models.perception import device_of, dtype_of
from r2s2r.models.quiet import quiet_libraries
from r2s2r.models.segment.form import read_form
from r2s2r.models.segment.load import load_model, load_tokenizer
from r2s2r.models.segment.sightings import Sighting, distinct
from r2s2r.models.segment.tracker import TrackingModel
from r2s2r.spec.segment import Sam3Spec

_MEAN = _DEVIATION = (0.5, 0.5, 0.5)
# What scores less is noise, too weak to tell an author about.
_FAINTEST = 0.01


@dataclass(frozen=True, eq=False)
class Sam3:
    """SAM 3, loaded.

    Attributes:
        model: ``Sam3VideoModel``.
        tokenizer: Cuts a text into what the model reads.
        tracking: Its tracker, with the detector's eyes.
    """

    model: Any
    tokenizer: Any
    tracking: TrackingModel

    @torch.inference_mode()
    def sightings(self, text: str, reduced: NDArray[np.uint8]) -> list[Sighting]:
        """Return what the text may mean in a picture at the model's size [side, side, 3], the best first.

        Raises:
            InputError: If the text is longer than the model reads (``select.text``).
        """
        tokens, attention = self._tokens(text)
        out = self.model.detector_model(
            pixel_values=self.tracking.pixels(reduced)[None], input_ids=tokens, attention_mask=attention
        )
        scores = (out.pred_logits[0].float().sigmoid() * out.presence_logits[0].float().sigmoid()).cpu()
        boxes, masks = out.pred_boxes[0].float().cpu(), out.pred_masks[0].float().cpu()
        seen = [
            Sighting(float(scores[query]), _box(boxes[query]), masks[query])
            for query in range(len(scores))
            if scores[query] >= _FAINTEST and (masks[query] > 0).any()
        ]
        return distinct(seen, max_overlap=self.model.config.det_nms_thresh)

    def _tokens(self, text: str) -> tuple[Tensor, Tensor]:
        longest = self.model.config.detector_config.text_config.max_position_embeddings
        read = self.tokenizer(text, return_tensors="pt", padding="max_length", max_length=longest)
        count = read.input_ids.shape[1]
        if count > longest:
            message = (
                f"is {count} tokens long, and the model reads {longest}; say it shorter: a noun and what it is like"
            )
            raise InputError(message, field="select.text")
        return read.input_ids.to(self.tracking.device), read.attention_mask.to(self.tracking.device)


def load_sam3(folder: Path, spec: Sam3Spec) -> Sam3:
    """Load SAM 3 from a local folder, onto the device the spec asks for.

    Raises:
        InputError: If the folder holds other weights, incomplete ones, a pickle, or no tokenizer.
        MissingError: If the spec wants a GPU and there is none.
    """
    device, dtype = device_of(spec), dtype_of(spec)
    quiet_libraries()
    from transformers import Sam3VideoModel
    from transformers.models.sam3_tracker_video.modeling_sam3_tracker_video import Sam3TrackerVideoInferenceSession

    model = load_model(Sam3VideoModel, folder, device=device, dtype=dtype)
    form = read_form(folder, side=model.config.image_size, mean=_MEAN, deviation=_DEVIATION)

    @torch.inference_mode()
    def features(pixels: Tensor) -> Mapping[str, Any]:
        seen = model.detector_model.get_vision_features(pixel_values=pixels[None])
        maps, positions = model.get_vision_features_for_tracker(vision_embeds=seen)
        return {"vision_feats": maps, "vision_pos_embeds": positions}

    tracker = model.tracker_model
    tracking = TrackingModel(tracker, Sam3TrackerVideoInferenceSession, form, device, dtype, features)
    vocabulary = model.config.detector_config.text_config.vocab_size
    return Sam3(model, load_tokenizer(folder, vocabulary=vocabulary), tracking)


def _box(box: Tensor) -> tuple[float, float, float, float]:
    x0, y0, x1, y1 = box.clamp(0, 1).tolist()
    return x0, y0, x1, y1
