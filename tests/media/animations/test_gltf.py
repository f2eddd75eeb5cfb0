"""Animations from glTF files that others wrote: rates, visibility, bad poses."""

import re

import numpy as np
import pygltflib
import pytest

from r2s2r.errors import MediaError
from r2s2r.media.animations import read_animation
from r2s2r.media.glb.shot import write_glb_shot
from tests.media.animations.shots import FRAMES, glb_shot, placed

NAMES = {"bunny": "bunny", "crate.1": "crate_1"}


@pytest.fixture
def changed(tmp_path):
    """Return what changes our file as another program might have, and reads it."""
    path = tmp_path / "shot.glb"
    write_glb_shot(path, glb_shot())

    def change(edit):
        document = pygltflib.GLTF2().load(str(path))
        edit(document)
        path.write_bytes(b"".join(document.save_to_bytes()))
        return read_animation(path)

    return change


def _node(document, name):
    return next(node for node in document.nodes if node.name == name)


def test_without_our_extras_rate_and_names_are_found(changed):
    def strip(document):
        document.extras = {}
        for each in (*document.nodes, *document.cameras):
            each.extras = {}

    found = changed(strip)
    assert (found.moments, float(found.fps)) == (FRAMES, 16)
    np.testing.assert_allclose(found.of(NAMES)["bunny"].world_from_object, placed()["bunny"], atol=1e-6)
    track = found.cameras["Camera"]
    shown = track.intrinsics[:, 0, 0] / track.width
    np.testing.assert_allclose(shown, glb_shot().intrinsics[:, 0, 0] / glb_shot().width, rtol=1e-3)


def test_what_everything_hangs_on_counts(changed):
    def hang(document):
        document.nodes.append(pygltflib.Node(name="World", translation=[0, 1, 0], children=document.scenes[0].nodes))
        document.scenes[0].nodes = [len(document.nodes) - 1]

    moved_m = changed(hang).of(NAMES)["bunny"].world_from_object[:, :3, 3] - placed()["bunny"][:, :3, 3]
    np.testing.assert_allclose(moved_m, np.tile([0, 1, 0], (FRAMES, 1)), atol=1e-6)


def test_node_visibility_hides(changed):
    def hide(document):
        _node(document, "bunny").extensions = {"KHR_node_visibility": {"visible": False}}
        document.extensionsUsed.append("KHR_node_visibility")

    found = changed(hide).of(NAMES)
    assert not found["bunny"].visible.any()
    assert found["crate.1"].visible.any()


def test_where_it_is_hidden_by_scale_it_still_has_its_place(changed):
    crate = changed(lambda document: None).of(NAMES)["crate.1"]
    assert not crate.visible[6]
    np.testing.assert_allclose(crate.world_from_object, placed()["crate.1"], atol=1e-6)


def test_a_mirrored_camera_is_named(changed):
    def mirror(document):
        _node(document, "Camera").scale = [1, 1, -1]

    with pytest.raises(MediaError, match=re.escape("camera Camera: frame 0: is mirrored")):
        changed(mirror)


def test_an_angle_that_no_lens_has_is_refused(changed):
    def widen(document):
        document.animations[0].channels = [
            channel for channel in document.animations[0].channels if channel.target.path != "pointer"
        ]
        document.cameras[0].perspective.yfov = 4.0

    with pytest.raises(MediaError, match="angle of view"):
        changed(widen)


def test_a_lens_that_sees_next_to_nothing_is_named_with_its_frame(changed):
    def narrow(document):
        document.animations[0].channels = [
            channel for channel in document.animations[0].channels if channel.target.path != "pointer"
        ]
        document.cameras[0].perspective.yfov = 1e-300

    with pytest.raises(MediaError, match=r"camera Camera: frame 0: its focal length is .* which no lens has"):
        changed(narrow)


@pytest.mark.parametrize("written", ["\N{SUPERSCRIPT TWO}", "9" * 5000, "9" * 400, "1/" + "9" * 400, "0/0", 16])
def test_a_rate_of_ours_that_is_damaged_is_found_as_without_it(changed, written):
    def damage(document):
        document.extras["r2s2r"]["fps"] = written

    found = changed(damage)
    assert (found.moments, float(found.fps)) == (FRAMES, 16)


def test_a_cut_file_is_named(tmp_path):
    write_glb_shot(tmp_path / "shot.glb", glb_shot())
    (tmp_path / "shot.glb").write_bytes((tmp_path / "shot.glb").read_bytes()[:-400])
    with pytest.raises(MediaError, match=r"shot\.glb: the file is damaged"):
        read_animation(tmp_path / "shot.glb")
