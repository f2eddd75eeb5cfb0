"""Camera files that cannot be used: named by file, line or place, field and frame."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from r2s2r.errors import MediaError
from r2s2r.media.cameras import read_track
from r2s2r.media.cameras.writers.camera_path import write_camera_path
from r2s2r.media.cameras.writers.chan import write_chan
from r2s2r.media.cameras.writers.colmap import write_colmap
from r2s2r.media.cameras.writers.transforms import write_transforms
from tests.media.cameras.tracks import FPS, track


def chan(folder, change):
    """A .chan file with one of its lines changed: ``(number, words)``."""
    write_chan(folder / "camera.chan", track())
    lines = (folder / "camera.chan").read_text().splitlines()
    line, words = change
    lines[line - 1] = words
    (folder / "camera.chan").write_text("\n".join(lines))
    return folder / "camera.chan"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ((3, "2 0 0 0 0 0 0"), r"camera.chan:3: frame 2: has no vertical field of view; export it from a camera"),
        ((3, "2 0 0 0"), r"camera.chan:3: frame 2: has 4 columns, a camera has 8: frame tx ty tz"),
        ((3, "2 0 0 x 0 0 0 40"), r"camera.chan:3: frame 2: tz: 'x' is not a number"),
        ((3, "2 0 nan 0 0 0 0 40"), r"camera.chan:3: frame 2: ty: nan is not a finite number"),
        ((3, "2 0 0 0 inf 0 0 40"), r"camera.chan:3: frame 2: rx: inf is not a finite number"),
        ((3, "2 0 0 0 0 0 0 0"), r"camera.chan:3: frame 2: its vertical field of view is 0 degrees"),
        ((3, "2 0 0 0 0 0 0 180"), r"camera.chan:3: frame 2: its vertical field of view is 180 degrees"),
        ((3, "2 1e20 0 0 0 0 0 40"), r"camera.chan:3: frame 2: .*beyond all bounds"),
        ((3, "1 0 0 0 0 0 0 40"), r"camera.chan:3: frame 1: comes after frame 1"),
        ((3, "0 0 0 0 0 0 0 40"), r"camera.chan:3: frame 0: comes after frame 1"),
        ((3, "# lost"), r"camera.chan:4: frame 3: comes after frame 1"),
    ],
)  # fmt: skip
def test_a_wrong_chan_is_named_by_its_line(tmp_path, change, said):
    with pytest.raises(MediaError, match=said):
        read_track(chan(tmp_path, change))


def test_comments_and_empty_lines_of_a_chan_are_passed_over_and_frames_may_begin_anywhere(tmp_path):
    (tmp_path / "camera.chan").write_text("# from Nuke\n\n1001 0 1 0 0 0 0 40\n1002\t0 1 0 0 90 0 40\n")
    read = read_track(tmp_path / "camera.chan")
    assert np.allclose(read.world_from_camera[1, :3, 2], [-1, 0, 0], atol=1e-12), "turned left, by 90 degrees about +Y"


def camera_path(folder, **change):
    write_camera_path(folder / "camera_path.json", track(), FPS)
    held = json.loads((folder / "camera_path.json").read_text())
    for place, value in change.items():
        if place in held:
            held[place] = value
        else:
            held["camera_path"][3][place] = value
    (folder / "camera_path.json").write_text(json.dumps(held))
    return folder / "camera_path.json"


@pytest.mark.parametrize(("place", "value"), [("fps", 1e308), ("seconds", 5e-324), ("seconds", 1e308)])
def test_a_rate_beyond_all_bounds_counts_as_none(tmp_path, place, value):
    path = camera_path(tmp_path, **{"fps": None, "seconds": None, place: value})
    assert read_track(path).fps is None


def test_a_byte_order_mark_is_passed_over(tmp_path):
    path = camera_path(tmp_path)
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert np.array_equal(read_track(path).world_from_camera, read_track(camera_path(tmp_path)).world_from_camera)


MIRRORED = np.diag([1.0, 1, -1, 1])


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"camera_path": []}, r"camera_path: "),
        ({"camera_to_world": [1, 2, 3]}, r"camera_path\.3\.camera_to_world"),
        ({"camera_to_world": [float("nan")] * 16}, r"camera_path\.3\.camera_to_world\.0: .*finite"),
        ({"camera_to_world": MIRRORED.ravel().tolist()}, r"camera_path\[3\]: frame 3: its pose mirrors"),
        ({"camera_to_world": (2 * np.eye(4)).ravel().tolist()}, r"camera_path\[3\]: frame 3: .*scales"),
        ({"fov": 0}, r"camera_path\.3\.fov"),
        ({"fov": 180}, r"camera_path\.3\.fov"),
        ({"fov": float("inf")}, r"camera_path\.3\.fov"),
        ({"fov": 1e-310}, r"frame 3: its focal length is inf times the picture's width, which no lens has"),
        ({"fov": 1e-300}, r"frame 3: its focal length is .* times the picture's width, which no lens has"),
        ({"fov": 179.99999999999997}, r"frame 3: its focal length is .* times the picture's width, which no lens has"),
        ({"render_height": 0}, r"render_height"),
        ({"fps": -1}, r"fps"),
        ({"camera_type": "fisheye"}, r"camera_type: fisheye is not read"),
    ],
)
def test_a_wrong_camera_path_is_named_by_its_place(tmp_path, change, said):
    with pytest.raises(MediaError, match=said):
        read_track(camera_path(tmp_path, **change))


@pytest.mark.parametrize(
    ("matrix", "said"),
    [
        (MIRRORED, r"frames\[2\] \(images/000002.png\): its pose mirrors: it is left-handed"),
        (np.full((4, 4), np.nan), r"frames\[2\] \(images/000002.png\): .*holds numbers that are none"),
    ],
)
def test_a_mirrored_or_broken_pose_is_named_by_its_picture(tmp_path, matrix, said):
    write_transforms(tmp_path / "transforms.json", track())
    held = json.loads((tmp_path / "transforms.json").read_text())
    held["frames"][2]["transform_matrix"] = matrix.tolist()
    (tmp_path / "transforms.json").write_text(json.dumps(held))
    with pytest.raises(MediaError, match=said):
        read_track(tmp_path / "transforms.json")


def transforms_named(folder, names):
    write_transforms(folder / "transforms.json", track(count=len(names)))
    held = json.loads((folder / "transforms.json").read_text())
    for frame, name in zip(held["frames"], names, strict=True):
        frame["file_path"] = name
    (folder / "transforms.json").write_text(json.dumps(held))
    return folder / "transforms.json"


def test_pictures_are_taken_in_the_order_of_their_numbers(tmp_path):
    read = read_track(transforms_named(tmp_path, ["f20.png", "f30.png", "f10.png"]))
    assert np.allclose(read.world_from_camera, track(count=3).world_from_camera[[2, 0, 1]], atol=1e-9)


@pytest.mark.parametrize(
    ("names", "said"),
    [
        (["f0.png", "f1.png", "f3.png"], "the picture after f1.png is missing"),
        (["f0.png", "f1.png", "f1.jpg"], "are both number 1"),
        (["f0.png", "f1.png", "last.png"], "'last.png' holds no number"),
    ],
)
def test_pictures_that_make_no_order_are_named(tmp_path, names, said):
    with pytest.raises(MediaError, match=said):
        read_track(transforms_named(tmp_path, names))


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("\n4 ", "\n4 0 0 0 0 0 0 0 4 000003.png\n\n9 ", r"images.txt:8: its quaternion's length is 0, not 1"),
        ("\n4 ", "\n4 1 0 0 0 nan 0 0 4 000003.png\n\n9 ", r"images.txt:8: its pose holds numbers that are none"),
        ("\n4 ", "\n4 1 0 0 0 1 1 1 77 000003.png\n\n9 ", r"images.txt:8: its camera 77 is not among the cameras"),
        ("\n4 ", "\n4 1e308 1e308 0 0 1 1 1 4 000003.png\n\n9 ", r"images.txt:8: its quaternion's length is inf"),
    ],
)
def test_a_wrong_picture_of_colmap_is_named_by_its_line(tmp_path, old, new, said):
    write_colmap(tmp_path, track())
    text = (tmp_path / "images.txt").read_text()
    assert old in text
    (tmp_path / "images.txt").write_text(text.replace(old, new, 1))
    with pytest.raises(MediaError, match=said):
        read_track(tmp_path / "cameras.txt")


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("a.chan", "", "holds no line"),
        ("a.chan", "\xff\xfe", "not text"),
        ("a.json", "{", r"a.json:1: not JSON"),
        ("a.json", "[]", "has neither camera_path nor frames"),
        ("a.json", "{}", "has neither camera_path nor frames"),
        ("a.json", '{"camera_path": 3}', "a.json: "),
        ("a.fbx", "", "not a camera; give nerfstudio's camera_path.json or transforms.json, COLMAP's"),
        ("cameras.txt", "1 PINHOLE 64 48 50 50 32 24", "images.txt: cannot be read"),
    ],
)
def test_what_is_no_camera_is_refused(tmp_path, name, text, said):
    (tmp_path / name).write_bytes(text.encode("latin-1"))
    with pytest.raises(MediaError, match=said):
        read_track(tmp_path / name)


def test_a_file_that_is_not_there_is_said(tmp_path):
    for name in ("a.chan", "a.json", "cameras.txt"):
        with pytest.raises(MediaError, match="cannot be read"):
            read_track(tmp_path / name)


def test_a_name_is_for_files_of_several_cameras(tmp_path):
    write_chan(tmp_path / "a.chan", track())
    with pytest.raises(MediaError, match="holds one camera, without a name; remove camera: left"):
        read_track(tmp_path / "a.chan", camera="left")


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_a_damaged_file_is_read_or_refused_but_never_worse(tmp_path_factory, data):
    folder = tmp_path_factory.mktemp("damaged")
    name = data.draw(st.sampled_from(["a.chan", "camera_path.json", "transforms.json"]))
    made = track(count=3)
    match name:
        case "a.chan":
            write_chan(folder / name, made)
        case "camera_path.json":
            write_camera_path(folder / name, made, FPS)
        case _:
            write_transforms(folder / name, made)
    written = bytearray((folder / name).read_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(written) - 1))
        written[at] = data.draw(st.sampled_from(b'0-.e[]{},:" \n\xff9nN'))
    cut = data.draw(st.integers(0, len(written)))
    (folder / name).write_bytes(bytes(written[cut // 2 :] if data.draw(st.booleans()) else written))
    try:
        read = read_track(folder / name)
    except MediaError:
        return
    assert np.isfinite(read.world_from_camera).all()
    assert np.isfinite(read.intrinsics).all()
