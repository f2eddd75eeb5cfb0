"""The compositor behind the real lift, edit and render, on real footage."""

from pathlib import Path

import numpy as np
import pytest
from scipy.ndimage import shift

from r2s2r.artifacts.animation import Animation
from r2s2r.artifacts.entity import Entity
from r2s2r.artifacts.footage import Footage
from r2s2r.artifacts.mask import Mask
from r2s2r.artifacts.passes import Passes
from r2s2r.artifacts.plate import Plate
from r2s2r.artifacts.progress import unheard
from r2s2r.artifacts.source_camera import SourceCamera
from r2s2r.media.images import framed
from r2s2r.media.video import read_lossless
from r2s2r.spec.camera import CameraKey, CameraMove, KeyframesMove
from r2s2r.spec.diffuse import DiffuseSpec
from r2s2r.spec.edit import EditSpec
from r2s2r.spec.entities import PlaceSpec
from r2s2r.spec.film_camera import FilmCameraSpec
from r2s2r.spec.footage import FootageSpec
from r2s2r.spec.lift import LiftSpec
from r2s2r.spec.output import OutputSpec
from r2s2r.spec.render import RenderSpec
from r2s2r.spec.segment import SegmentSpec
from r2s2r.spec.selection import SelectSpec
from r2s2r.spec.source import GroundSpec
from r2s2r.stages.diffuse import CompositorInputs, make_frames
from r2s2r.stages.edit import EditInputs, make_animation
from r2s2r.stages.lift import (
    CameraInputs,
    LiftInputs,
    PlateInputs,
    make_camera,
    make_entity,
    make_footage,
    make_mask,
    make_plate,
)
from r2s2r.stages.render import make_passes

TURN_DEG = 0.05
TURNED = KeyframesMove(
    type="keyframes", keys=(CameraKey.model_validate({"at": 0, "rotate_deg": (0.0, TURN_DEG, 0.0)}),)
)


@pytest.fixture(scope="module")
def lifted(shared, tmp_path_factory):
    """A mug on a table, held by a hand: footage, entity and plate."""
    root = tmp_path_factory.mktemp("mug")
    filmed = FilmCameraSpec(ground=GroundSpec(camera_height_m=0.5, pitch_deg=-20.0))
    select = SelectSpec(box_px=(790.0, 408.0, 1000.0, 624.0))
    for name in ("footage", "mask", "camera", "entity", "plate"):
        (root / name).mkdir()
    make_footage(FootageSpec(context_s=0.2), shared / "media" / "coffee.mp4", root / "footage", unheard)
    footage = Footage.load(root / "footage")
    make_mask(select, SegmentSpec(backend="grabcut"), footage, {}, root / "mask", unheard)
    mask = Mask.load(root / "mask")
    make_camera(filmed, CameraInputs(footage, {}, None, {}, None), root / "camera", unheard)
    camera = SourceCamera.load(root / "camera")
    seen = LiftInputs(footage, mask, camera, None, root / "kept")
    make_entity(LiftSpec(backend="inflate"), PlaceSpec(), seen, root / "entity", unheard)
    make_plate(PlateInputs(footage, {"mug": mask}, {}), root / "plate", unheard)
    return footage, camera, {"mug": Entity.load(root / "entity")}, Plate.load(root / "plate")


@pytest.fixture
def shoot(lifted, tmp_path: Path):
    """Make a shot of the mug; return its frames and the framed reference."""
    footage, camera, entities, plate = lifted

    def run(output: OutputSpec, *moves: CameraMove):
        for name in ("edit", "render", "diffuse"):
            (tmp_path / name).mkdir()
        spec = EditSpec(frames=2, camera=moves, edits={}, output=output)
        make_animation(spec, EditInputs(footage, camera, entities, {}), tmp_path / "edit", unheard)
        animation = Animation.load(tmp_path / "edit")
        make_passes(RenderSpec(backend="cpu"), animation, entities, tmp_path / "render", unheard)
        inputs = CompositorInputs(Passes.load(tmp_path / "render"), animation, footage, camera, plate, entities)
        make_frames(DiffuseSpec(backend="compositor"), inputs, tmp_path / "diffuse", unheard)
        frames = list(read_lossless(tmp_path / "diffuse" / "frames.mkv"))
        return frames, framed(footage.reference_frame(), animation.framing), animation

    return run


@pytest.mark.parametrize("fit", ["crop", "letterbox"])
@pytest.mark.parametrize(("width", "height"), [(832, 480), (640, 480), (480, 480), (480, 832)])
def test_without_edits_the_shot_shows_the_reference_frame(shoot, psnr_db, width, height, fit):
    frames, reference, _ = shoot(OutputSpec(width=width, height=height, fit=fit))
    assert psnr_db(frames[0], reference) >= 38
    assert psnr_db(frames[-1], reference) >= 38


def test_turned_a_little_it_shows_the_reference_shifted(shoot, psnr_db):
    frames, reference, animation = shoot(OutputSpec(), TURNED)
    left_px = animation.intrinsics[0][0, 0] * np.tan(np.radians(TURN_DEG))
    expected = np.clip(np.rint(shift(reference.astype(float), (0, -left_px, 0), order=3, mode="nearest")), 0, 255)
    inside = np.s_[4:-4, 4:-4]
    assert psnr_db(frames[0][inside], expected[inside].astype(np.uint8)) >= 32
