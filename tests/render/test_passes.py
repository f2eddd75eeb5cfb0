"""The stage as a whole: an animation becomes files. What holds for every backend is in the contract."""

import subprocess
import sys

import numpy as np
import pytest

from r2s2r.artifacts.animation import Animation
from r2s2r.errors import StageError
from r2s2r.geometry.transforms import Array
from r2s2r.spec.render import RenderSpec
from r2s2r.stages.render import make_passes
from r2s2r.stages.render.scene_mesh import merge
from tests.render.conftest import Make, drawn
from tests.render.shapes import animation_of, box, noise, placed, sphere, view_of

BALL, CRATE = sphere(3, texture=noise(0)), box(texture=noise(1))


def ride(*stops: tuple[float, float, float]) -> Array:
    return np.array([placed(*stop) for stop in stops])


def moving_pair() -> Animation:
    tracks = {"ball": ride((0, 0, -5), (0.5, 0, -5), (1, 0, -5)), "crate": ride((1, 0, -7), (1, 0, -7), (1, 0, -7))}
    return animation_of(tracks)


def test_the_files_hold_what_was_drawn(make: Make):
    animation = moving_pair()
    passes = make(animation, {"ball": BALL, "crate": CRATE})
    mesh = merge({"ball": BALL, "crate": CRATE})
    assert passes.facts.ids == {"ball": 1, "crate": 2}
    assert (passes.facts.frames, passes.facts.height, passes.facts.width, passes.facts.fps) == (3, 90, 160, "16/1")
    for frame, x in enumerate((0.0, 0.5, 1.0)):
        layers = drawn(mesh, view_of(placed(x, 0, -5.0), placed(1, 0, -7.0)))
        assert np.array_equal(passes.normal(frame), layers.encoded_normal())
        assert np.array_equal(passes.ids(frame), layers.ids)
        assert np.array_equal(passes.rgb(frame), layers.rgb)
        assert np.array_equal(passes.depth_m(frame), layers.depth_m)
    assert passes.facts.findings == ()


def test_the_conventions_are_told_in_words(make: Make):
    facts = make(moving_pair(), {"ball": BALL, "crate": CRATE}).facts
    for word in ("camera space", "x right -> R", "y up -> G", "towards the viewer -> B", "black"):
        assert word in facts.normal
    assert "metres" in facts.depth


def test_progress_counts_every_frame_in_order(tmp_path):
    heard: list[tuple[int, int]] = []
    make_passes(
        RenderSpec(backend="cpu"), animation_of({}), {}, tmp_path, lambda done, total: heard.append((done, total))
    )
    assert heard == [(0, 2), (1, 2), (2, 2)]


def test_an_entity_removed_from_the_whole_shot_is_no_finding(make: Make):
    tracks = {"ball": ride((0, 0, -5)), "crate": ride((0, 0, -3))}
    visible = {"ball": np.array([True]), "crate": np.array([False])}
    passes = make(animation_of(tracks, visible=visible), {"ball": BALL, "crate": CRATE})
    assert passes.facts.findings == ()
    assert set(np.unique(passes.ids(0))) == {0, 1}


def test_the_stage_is_imported_without_its_kernels():
    code = "import sys, r2s2r.stages.render as s; s.VERSION; sys.exit(bool({'numba', 'cv2'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_more_entities_than_the_id_pass_can_tell_apart_are_refused():
    many = dict.fromkeys((f"crate_{number}" for number in range(65_536)), CRATE)
    with pytest.raises(StageError, match=r"^65536 entities are more than .*; give at most 65535"):
        merge(many)
