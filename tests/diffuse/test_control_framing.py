"""The control video a model is steered by: of the size it generates, and on the framed mask at the source camera."""

import numpy as np
import pytest

from r2s2r.artifacts.control import Control
from r2s2r.artifacts.entity import Entity, EntityFacts
from r2s2r.artifacts.passes import Passes
from r2s2r.artifacts.progress import unheard
from r2s2r.geometry.camera import intrinsics_from_fov
from r2s2r.media.images import framed
from r2s2r.spec.conditioning import ControlSpec
from r2s2r.spec.diffuse import DiffuseSpec
from r2s2r.spec.generation import generation_output
from r2s2r.spec.output import OutputSpec
from r2s2r.spec.render import RenderSpec
from r2s2r.stages.diffuse import make_control
from r2s2r.stages.render import make_passes
from tests.render.shapes import Size, animation_of, placed, sphere

SOURCE_HEIGHT, SOURCE_WIDTH = 360, 640
CENTRE_M = np.array([0.3, -0.2, -4.0])
ENTITY = (1.0, 0, 0, 0), (0, 1.0, 0, 0), (0, 0, 1.0, 0), (0, 0, 0, 1.0)


def mask():
    """Return which pixels of the source see a ball of radius 1, by their rays."""
    rows, columns = np.mgrid[:SOURCE_HEIGHT, :SOURCE_WIDTH] + 0.5
    pixels = np.stack([columns, rows, np.ones_like(rows)], axis=-1)
    rays = pixels @ np.linalg.inv(intrinsics_from_fov(50.0, height=SOURCE_HEIGHT, width=SOURCE_WIDTH)).T
    rays *= [1, -1, -1]  # the camera's axes in the world's
    along = rays @ CENTRE_M / np.linalg.norm(rays, axis=-1)
    return CENTRE_M @ CENTRE_M - along**2 < 1


def control_of(size, convention, folder):
    animation = animation_of({"ball": placed(*CENTRE_M)[None]}, size)
    for name in ("ball", "passes", "control"):
        (folder / name).mkdir()
    ball = Entity.write(folder / "ball", sphere(5), EntityFacts(world_from_entity=ENTITY, height_m=2.0))
    make_passes(RenderSpec(backend="cpu"), animation, {"ball": ball}, folder / "passes", unheard)
    passes = Passes.load(folder / "passes")
    make_control(ControlSpec(kind="normal", normal_convention=convention), passes, folder / "control", unheard)
    return Control.load(folder / "control"), animation.framing


@pytest.mark.parametrize("convention", ["opengl", "opencv"])
@pytest.mark.parametrize("fit", ["crop", "letterbox"])
@pytest.mark.parametrize(("width", "height"), [(832, 480), (480, 832), (500, 500)])
def test_it_has_the_generated_size_and_meets_the_framed_mask(tmp_path, width, height, fit, convention):
    model = DiffuseSpec.model_validate({"backend": "animate", "animate": {"area_side_px": 384}})
    output = generation_output(model, OutputSpec(width=width, height=height, fit=fit))
    assert (output.width, output.height) != (width, height)
    control, framing = control_of(
        Size(output.height, output.width, SOURCE_HEIGHT, SOURCE_WIDTH, fit), convention, tmp_path
    )
    (frame,) = control.frames()
    assert frame.shape == (output.height, output.width, 3) == (control.facts.height, control.facts.width, 3)
    expected = framed(mask().astype(np.uint8) * 255, framing) >= 128
    shown = frame.any(axis=2)
    assert np.count_nonzero(shown & expected) / np.count_nonzero(shown | expected) >= 0.98
