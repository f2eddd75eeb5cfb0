"""Depth networks, tiny and random: our preparation and metres against transformers' own."""

from functools import partial

import numpy as np
import pytest
import torch
from transformers import (
    DepthAnythingConfig,
    DepthAnythingForDepthEstimation,
    DepthProConfig,
    DepthProForDepthEstimation,
    Dinov2Config,
)
from transformers.models.dpt.image_processing_pil_dpt import DPTImageProcessorPil

from r2s2r.artifacts.depth import Depth
from r2s2r.artifacts.progress import unheard
from r2s2r.errors import InputError, MissingError
from r2s2r.models.depth import depth_anything, depth_pro
from r2s2r.models.kept import KeptModel, anew
from r2s2r.spec.depth import DepthAnythingSpec, DepthProSpec, DepthSpec
from r2s2r.stages.lift import make_depth
from tests.lift.material import grain, store_footage

FRAME = grain(90, 120, 5)
PRO = DepthProSpec(weights="./w", device="cpu")
ANYTHING = DepthAnythingSpec(weights="./w", device="cpu")


@pytest.fixture(scope="module")
def anything(tmp_path_factory):
    """kind -> folder of a tiny model."""
    folders = {}
    for kind in ("relative", "metric"):
        torch.manual_seed(3)
        backbone = Dinov2Config(  # type: ignore[call-arg] # it takes more than it declares
            image_size=56,
            patch_size=14,
            hidden_size=16,
            num_hidden_layers=4,
            num_attention_heads=2,
            out_features=["stage1", "stage2", "stage3", "stage4"],
            reshape_hidden_states=False,
            apply_layernorm=True,
        )
        config = DepthAnythingConfig(
            backbone_config=backbone,
            reassemble_hidden_size=16,
            neck_hidden_sizes=[4, 8, 8, 8],
            fusion_hidden_size=8,
            head_hidden_size=4,
            depth_estimation_type=kind,
            max_depth=20 if kind == "metric" else 1,
        )
        model = DepthAnythingForDepthEstimation(config)
        assert model.head.conv3.bias is not None
        torch.nn.init.constant_(model.head.conv3.bias, 0.5)  # a random one may well see nothing
        folders[kind] = tmp_path_factory.mktemp(kind)
        model.save_pretrained(folders[kind])
    return folders


@pytest.fixture(scope="module")
def pro(tmp_path_factory):
    torch.manual_seed(4)
    size = {
        "hidden_size": 16,
        "num_hidden_layers": 4,
        "num_attention_heads": 2,
        "patch_size": 8,
        "image_size": 32,
        "intermediate_size": 16,
    }
    config = DepthProConfig(
        patch_size=32,
        fusion_hidden_size=16,
        intermediate_hook_ids=[2, 1],
        intermediate_feature_dims=[8, 8],
        scaled_images_feature_dims=[8, 8, 8],
        merge_padding_value=1,
        use_fov_model=True,
        image_model_config={"model_type": "dinov2", **size},
        patch_model_config={"model_type": "dinov2", **size},
        fov_model_config={"model_type": "dinov2", **size},
    )
    model = DepthProForDepthEstimation(config)
    with torch.no_grad():
        dict(model.named_parameters())["fov_model.head.layers.4.bias"].fill_(55.0)
    folder = tmp_path_factory.mktemp("pro")
    model.save_pretrained(folder)
    return folder


def of_processor(frame):
    processor = DPTImageProcessorPil(
        size={"height": 56, "width": 56},
        ensure_multiple_of=14,
        keep_aspect_ratio=True,
        resample=3,
        image_mean=[0.485, 0.456, 0.406],
        image_std=[0.229, 0.224, 0.225],
    )
    return processor, torch.from_numpy(np.asarray(processor(frame)["pixel_values"]))


@pytest.mark.parametrize("size", [(90, 120), (120, 90), (30, 100), (57, 56), (720, 1280)])
def test_depth_anything_sees_what_transformers_prepares(size):
    frame = grain(size[0], size[1], 5)
    ours, theirs = depth_anything.prepared(frame, 56, 14), of_processor(frame)[1]
    assert ours.shape == theirs.shape
    assert torch.allclose(ours, theirs.float(), atol=1e-5)


@pytest.mark.parametrize("kind", ["relative", "metric"])
def test_depth_anything_says_what_transformers_says(anything, kind):
    processor, pixels = of_processor(FRAME)
    model = DepthAnythingForDepthEstimation.from_pretrained(anything[kind]).eval()
    with torch.inference_mode():
        (theirs,) = processor.post_process_depth_estimation(model(pixels.float()), target_sizes=[(90, 120)])
    estimate = depth_anything.DepthAnything(anything[kind], ANYTHING).estimate(FRAME)
    assert np.allclose(estimate.values, np.maximum(theirs["predicted_depth"].numpy(), 0), atol=1e-4)
    assert estimate.measures == {"relative": "disparity", "metric": "z"}[kind]
    assert estimate.focal_px is None


def test_depth_pro_says_metres_and_the_focal_length(pro):
    estimate = depth_pro.DepthPro(pro, PRO).estimate(FRAME)
    model = DepthProForDepthEstimation.from_pretrained(pro).eval()
    assert depth_pro.side_of(model.config) == 128
    # As DepthProImageProcessor does: normalised first, then resized; its post-processing, by its formula.
    normal = (torch.from_numpy(FRAME.copy()).permute(2, 0, 1)[None] / 255 - 0.5) / 0.5
    pixels = torch.nn.functional.interpolate(normal, size=(128, 128), mode="bilinear", antialias=False)
    with torch.inference_mode():
        output = model(pixels)
    fov = output.field_of_view[0]
    focal_px = 0.5 * 120 / torch.tan(0.5 * torch.deg2rad(fov))
    inverse = torch.nn.functional.interpolate(
        (output.predicted_depth * 120 / focal_px)[None], (90, 120), mode="bilinear"
    )
    assert np.allclose(estimate.values, 1 / inverse[0, 0].clamp(1e-4, 1e4).numpy(), rtol=1e-4)
    assert estimate.focal_px == pytest.approx(float(focal_px), rel=1e-5)
    assert estimate.measures == "z"


def test_a_wide_picture_has_a_short_focal_length():
    estimate = depth_pro.metres(torch.full((8, 8), 0.5), 90.0, height=40, width=100)
    assert estimate.focal_px == pytest.approx(50)
    assert np.allclose(estimate.values, 1.0)  # 1 / (0.5 * width / focal length)


@pytest.mark.parametrize("backend", ["depth_pro", "depth_anything"])
def test_the_stage_writes_what_the_model_sees(anything, pro, tmp_path, backend):
    footage = store_footage(tmp_path / "footage", [FRAME])
    spec = DepthSpec(backend=backend, depth_pro=PRO, depth_anything=ANYTHING)
    weights = pro if backend == "depth_pro" else anything["metric"]
    maps, kept = [], partial(KeptModel().use, "it")
    for name, loading in (("a", anew), ("b", kept), ("c", kept)):
        (tmp_path / name).mkdir()
        make_depth(spec, footage, {"depth": weights}, tmp_path / name, unheard, loading)
        maps.append((tmp_path / name / "depth.exr").read_bytes())
    assert maps[0] == maps[1] == maps[2]
    depth = Depth.load(tmp_path / "a")
    assert depth.map().shape == (90, 120)
    assert depth.facts.measures == "z"
    assert (depth.facts.focal_px is None) == (backend == "depth_anything")


def test_weights_of_another_model_are_refused(anything, pro):
    with pytest.raises(InputError):
        depth_pro.DepthPro(anything["metric"], PRO)
    with pytest.raises(InputError):
        depth_anything.DepthAnything(pro, ANYTHING)


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a GPU here")
def test_without_a_gpu_it_says_so(pro):
    with pytest.raises(MissingError, match="GPU"):
        depth_pro.DepthPro(pro, DepthProSpec(weights="./w"))
