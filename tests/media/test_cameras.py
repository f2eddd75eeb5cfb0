"""Solved cameras: COLMAP's text and binary files and nerfstudio's, whole, broken and hostile."""

import json
import math
import struct

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation

from r2s2r.errors import MediaError
from r2s2r.geometry.transforms import inverse
from r2s2r.media.cameras import beside, read_cameras
from r2s2r.media.cameras.solved import Lens

LENS = "1 SIMPLE_RADIAL 640 360 500 320 180 0.02"
POINTS = np.array([[0.5, 1.0, 4.0], [-1.0, 1.2, 6.5]])


def pose(index):
    matrix = np.eye(4)
    matrix[:3, :3] = Rotation.from_euler("xyz", [3 * index, -5, 2 * index], degrees=True).as_matrix()
    matrix[:3, 3] = [0.3 * index, -0.1, 0.05 * index**2]
    return matrix


def quaternion_and_shift(world_from_camera):
    camera_from_world = inverse(world_from_camera)
    wxyz = Rotation.from_matrix(camera_from_world[:3, :3]).as_quat(scalar_first=True)
    return [*wxyz, *camera_from_world[:3, 3]]


def write_text(folder, *, lens=LENS, count=3, features=" 1.5 2.5 -1"):
    lines = ["# Image list with two lines of data per image:"]
    for index in range(count):
        numbers = " ".join(repr(float(number)) for number in quaternion_and_shift(pose(index)))
        lines += [f"{index + 1} {numbers} 1 a folder/frame_{index:04d}.png", features.strip()]
    (folder / "cameras.txt").write_text(f"# Camera list\n{lens}\n")
    (folder / "images.txt").write_text("\n".join(lines) + "\n")
    points = [f"{number} {x} {y} {z} 9 9 9 0.5 1 0" for number, (x, y, z) in enumerate(POINTS)]
    (folder / "points3D.txt").write_text("\n".join(points) + "\n")
    return folder / "cameras.txt"


def write_binary(folder, *, model=2, parameters=(500.0, 320.0, 180.0, 0.02), count=3):
    camera = struct.pack("<IiQQ", 1, model, 640, 360) + struct.pack(f"<{len(parameters)}d", *parameters)
    (folder / "cameras.bin").write_bytes(struct.pack("<Q", 1) + camera)
    images = [struct.pack("<Q", count)]
    for index in range(count):
        images.append(struct.pack("<I7dI", index + 1, *quaternion_and_shift(pose(index)), 1))
        images.append(f"a folder/frame_{index:04d}.png".encode() + b"\0")
        images.append(struct.pack("<Q", 2) + struct.pack("<2dQ", 1.5, 2.5, 7) * 2)
    (folder / "images.bin").write_bytes(b"".join(images))
    points = [struct.pack("<Q", len(POINTS))]
    points += [struct.pack("<Q3d3BdQ", 1, *point, 9, 9, 9, 0.5, 1) + struct.pack("<2I", 1, 0) for point in POINTS]
    (folder / "points3D.bin").write_bytes(b"".join(points))
    return folder / "cameras.bin"


def transforms(count=3, **more):
    frames = [
        {
            "file_path": f"images/frame_{index:05d}.png",
            "transform_matrix": (pose(index) @ np.diag([1, -1, -1, 1])).tolist(),
        }
        for index in range(count)
    ]
    return {"w": 640, "h": 360, "fl_x": 500.0, "fl_y": 500.0, "cx": 320.0, "cy": 180.0, "frames": frames, **more}


def write_transforms(folder, data):
    (folder / "transforms.json").write_text(json.dumps(data))
    return folder / "transforms.json"


def write_nerfstudio(folder):
    return write_transforms(folder, transforms())


@pytest.mark.parametrize("write", [write_text, write_binary, write_nerfstudio])
def test_poses_and_lens_are_read(tmp_path, write):
    cameras = read_cameras(write(tmp_path))
    for index, picture in enumerate(cameras.pictures):
        np.testing.assert_allclose(picture.world_from_camera, pose(index), atol=1e-9)
        np.testing.assert_array_equal(picture.lens.intrinsics, [[500, 0, 320], [0, 500, 180], [0, 0, 1]])
        assert picture.name.endswith(f"{index}.png")
    assert len(cameras.pictures) == 3


@pytest.mark.parametrize("write", [write_text, write_binary])
def test_what_lies_beside_is_listed_and_its_points_are_read(tmp_path, write):
    path = write(tmp_path)
    assert [found.stem for found in beside(path)] == ["images", "points3D"]
    np.testing.assert_allclose(read_cameras(path).points, POINTS)
    path.with_name("points3D" + path.suffix).unlink()
    assert [found.stem for found in beside(path)] == ["images"]
    assert read_cameras(path).points.shape == (0, 3)


def test_pictures_without_features_are_read(tmp_path):
    assert len(read_cameras(write_text(tmp_path, features="")).pictures) == 3


def test_each_picture_may_have_its_own_lens(tmp_path):
    data = transforms()
    data["frames"][1]["fl_x"] = data["frames"][1]["fl_y"] = 700
    lenses = [picture.lens for picture in read_cameras(write_transforms(tmp_path, data)).pictures]
    assert [lens.focal_px[0] for lens in lenses] == [500, 700, 500]


def test_a_field_of_view_will_do(tmp_path):
    data = transforms(camera_angle_x=math.pi / 2)
    for name in ("fl_x", "fl_y", "cx", "cy"):
        del data[name]
    (lens, *_) = (picture.lens for picture in read_cameras(write_transforms(tmp_path, data)).pictures)
    assert lens.focal_px == pytest.approx((320, 320))
    assert lens.centre_px == (320, 180)


def test_distortion_is_told_in_pixels_at_the_corner():
    assert Lens(360, 640, (500, 500), (320, 180)).corner_shift_px == 0
    r = math.hypot(320, 180) / 500
    assert Lens(360, 640, (500, 500), (320, 180), (0.02,)).corner_shift_px == pytest.approx(500 * 0.02 * r**3)


@pytest.mark.parametrize(
    ("lens", "said"),
    [
        (
            "1 OPENCV_FISHEYE 640 360 500 500 320 180 0 0 0 0",
            r"cameras.txt:2: camera model OPENCV_FISHEYE is not read; undistort",
        ),
        ("1 PINHOLE 640 360 500 320 180", r"cameras.txt:2: PINHOLE has 4 parameters, not 3"),
        ("1 PINHOLE 640 360 nan 500 320 180", r"cameras.txt:2: holds numbers that are none"),
        ("1 PINHOLE 640 360 -5 500 320 180", r"cameras.txt:2: needs a width, a height and focal lengths above 0"),
        ("1 PINHOLE 640", r"cameras.txt:2: needs CAMERA_ID"),
        ("one PINHOLE 640 360 1 1 1 1", r"cameras.txt:2: 'one' is not a whole number"),
        ("2 PINHOLE 640 360 500 500 320 180", r"images.txt:2: its camera 1 is not among the cameras"),
    ],
)
def test_a_wrong_lens_is_named_by_its_line(tmp_path, lens, said):
    with pytest.raises(MediaError, match=said):
        read_cameras(write_text(tmp_path, lens=lens))


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("1 1 0 0 0 0 0 0 1", "needs IMAGE_ID"),
        ("1 0 0 0 0 0 0 0 1 a.png", "quaternion's length is 0, not 1"),
        ("1 1 0 0 0 inf 0 0 1 a.png", "numbers that are none"),
        ("1 1 0 0 zero 0 0 0 1 a.png", "'zero' is not a number"),
    ],
)
def test_a_wrong_picture_is_named_by_its_line(tmp_path, line, said):
    path = write_text(tmp_path)
    (tmp_path / "images.txt").write_text(f"# header\n{line}\n\n")
    with pytest.raises(MediaError, match=rf"images.txt:2: .*{said}"):
        read_cameras(path)


def test_a_model_without_its_pictures_is_refused(tmp_path):
    path = write_text(tmp_path)
    (tmp_path / "images.txt").write_text("# nothing\n")
    with pytest.raises(MediaError, match="names no picture"):
        read_cameras(path)
    (tmp_path / "images.txt").unlink()
    with pytest.raises(MediaError, match=r"images.txt: cannot be read"):
        read_cameras(path)


def test_other_files_are_refused(tmp_path):
    with pytest.raises(MediaError, match="not a solved camera"):
        read_cameras(tmp_path / "camera.xml")


def test_a_binary_file_that_ends_early_is_named_by_its_byte(tmp_path):
    path = write_binary(tmp_path)
    whole = (tmp_path / "images.bin").read_bytes()
    for length in (0, 7, 20, 80, len(whole) - 1):
        (tmp_path / "images.bin").write_bytes(whole[:length])
        with pytest.raises(MediaError, match=r"images.bin: byte \d+: "):
            read_cameras(path)


def test_a_count_beyond_the_file_allocates_nothing(tmp_path):
    path = write_binary(tmp_path)
    (tmp_path / "points3D.bin").write_bytes(struct.pack("<Q", 2**60))
    with pytest.raises(MediaError, match="announces 1152921504606846976 entries, more than the file holds"):
        read_cameras(path)


@pytest.mark.parametrize("model", [5, 99, -1])
def test_binary_models_that_are_no_pinholes_are_refused(tmp_path, model):
    with pytest.raises(MediaError, match=rf"camera model number {model} is not read"):
        read_cameras(write_binary(tmp_path, model=model))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"frames": []}, r"frames: "),
        ({"frames": [{"file_path": "a1.png"}]}, r"frames\.0\.transform_matrix"),
        ({"frames": [{"file_path": "a1.png", "transform_matrix": [[1, 0, 0], [0, 1, 0], [0, 0, 1]]}]}, r"frames\.0\."),
        ({"frames": [{"file_path": "a.png", "transform_matrix": (2 * np.eye(4)).tolist()}]}, r"0\] \(a.png\): .*scale"),
        ({"frames": [{"file_path": "a1.png", "transform_matrix": np.diag([1, 1, -1, 1.0]).tolist()}]}, "mirrors"),
        ({"camera_model": "OPENCV_FISHEYE"}, "camera_model OPENCV_FISHEYE is not read"),
        ({"w": None}, "needs w and h"),
        ({"fl_x": None}, "needs fl_x, or camera_angle_x"),
        ({"fl_x": 1e300}, "beyond all bounds"),
    ],
)  # fmt: skip
def test_a_wrong_transforms_file_is_named_by_its_place(tmp_path, change, said):
    with pytest.raises(MediaError, match=said):
        read_cameras(write_transforms(tmp_path, transforms() | change))


@pytest.mark.parametrize(
    "text", ["", "{", "[1, 2]", "null", '{"frames": ' + "[" * 100_000, '{"w": ' + "9" * 5000 + "}", "\x00\xff"]
)
def test_what_is_not_a_transforms_file_is_refused(tmp_path, text):
    (tmp_path / "transforms.json").write_text(text, encoding="latin-1")
    with pytest.raises(MediaError, match=r"transforms.json"):
        read_cameras(tmp_path / "transforms.json")


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_damaged_files_are_read_or_refused(tmp_path_factory, data):
    folder = tmp_path_factory.mktemp("model")
    path = write_text(folder) if data.draw(st.booleans()) else write_binary(folder)
    broken = data.draw(st.sampled_from(sorted(folder.iterdir())))
    content = bytearray(broken.read_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    broken.write_bytes(content)
    try:
        cameras = read_cameras(path)
    except MediaError:
        return
    assert cameras.pictures
    assert np.isfinite(cameras.points).all()
    assert all(np.isfinite(picture.world_from_camera).all() for picture in cameras.pictures)
