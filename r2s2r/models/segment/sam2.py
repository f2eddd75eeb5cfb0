"""SAM 2 (Ravi et al. 2024, arXiv:2408.00714), as transformers has it: clicks, boxes and masks, and tracking."""

from pathlib import Path

from r2s2r.models.perception import device_of, dtype_of
from r2s2r.models.quiet import quiet_libraries
from r2s2r.models.segment.form import read_form
from r2s2r.models.segment.load import load_model
from r2s2r.models.segment.tracker import TrackingModel
from r2s2r.spec.segment import Sam2Spec

_MEAN, _DEVIATION = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)


def load_sam2(folder: Path, spec: Sam2Spec) -> TrackingModel:
    """Load SAM 2 from a local folder, onto the device the spec asks for.

    Raises:
        InputError: If the folder holds other weights, incomplete ones, or a pickle.
        MissingError: If the spec wants a GPU and there is none.
    """
    device, dtype = device_of(spec), dtype_of(spec)
    quiet_libraries()
    from transformers import Sam2VideoModel
    from transformers.models.sam2_video.modeling_sam2_video import Sam2VideoInferenceSession

    model = load_model(Sam2VideoModel, folder, device=device, dtype=dtype)
    form = read_form(folder, side=model.config.image_size, mean=_MEAN, deviation=_DEVIATION)
    return TrackingModel(model, Sam2VideoInferenceSession, form, device, dtype)
