"""Depth maps: read from files, brought to the footage's size and to metres."""

import cv2
import numpy as np
import OpenEXR
import pytest

from r2s2r.artifacts.depth import Depth, DepthFacts
from r2s2r.artifacts.progress import unheard
from r2s2r.errors import MediaError, MissingError
from r2s2r.spec.depth import DepthFileSpec, DepthProSpec, DepthSpec
from r2s2r.stages.lift import make_depth
from r2s2r.stages.lift.depths.ground_plane import ground_plane
from r2s2r.stages.lift.depths.pointmap import pointmap
from r2s2r.stages.lift.depths.resize import resized
from tests.lift.material import camera_of, static_camera, store_footage

HEIGHT, WIDTH = 120, 160


@pytest.fixture
def footage(tmp_path):
    return store_footage(tmp_path / "footage", [np.zeros((HEIGHT, WIDTH, 3), np.uint8)])


def ramp():
    return np.tile(np.linspace(2, 4, WIDTH, dtype=np.float32), (HEIGHT, 1))


def read(footage, path, out, **spec):
    make_depth(DepthSpec(backend="file", file=DepthFileSpec(**spec)), footage, {"depth": path}, out, unheard)
    return Depth.load(out)


def write(path, values):
    match path.suffix:
        case ".npy":
            np.save(path, values)
        case ".png":
            cv2.imwrite(str(path), (values * 1000).round().astype(np.uint16))
        case ".exr":
            header = {"compression": OpenEXR.ZIP_COMPRESSION, "type": OpenEXR.scanlineimage}
            channels = {"A": np.ones_like(values), "Z": values.astype(np.float32)}
            OpenEXR.File(header, channels).write(str(path))
    return path


@pytest.mark.parametrize("name", ["a.npy", "a.png", "a.exr"])
def test_files_of_every_kind_say_the_same(footage, tmp_path, out, name):
    depth = read(footage, write(tmp_path / name, ramp()), out, metres_per_unit=0.001 if name == "a.png" else 1.0)
    assert np.allclose(depth.map(), ramp(), atol=6e-4)
    assert depth.facts.measures == "z"
    assert depth.facts.known == 1
    assert depth.facts.findings == ()


def test_unknown_stays_unknown(footage, tmp_path, out):
    values = ramp()
    values[:70] = [np.nan, np.inf, 0, 0] * (WIDTH // 4)
    depth = read(footage, write(tmp_path / "a.npy", values), out)
    assert (depth.map()[:70] == 0).all()
    assert "42% of the picture has a depth" in depth.facts.findings[0]


def test_another_size_is_not_mixed_across_edges():
    values = np.full((30, 40), 2.0, np.float32)
    values[:, 17:] = 8.0
    values[:5] = 0
    larger = resized(values, height=HEIGHT, width=WIDTH)
    assert set(np.unique(larger)) == {0, 2, 8}
    plane = 1 / (0.5 - 0.1 * (np.arange(40) + 0.5) / 40)
    larger = resized(np.tile(plane.astype(np.float32), (30, 1)), height=HEIGHT, width=WIDTH)
    expected = 1 / (0.5 - 0.1 * (np.arange(WIDTH) + 0.5) / WIDTH)
    assert np.allclose(larger[:, 2:-2], expected[2:-2], rtol=1e-5)


@pytest.mark.parametrize(
    ("values", "said"),
    [
        (np.ones((120, 120)), "is 120 x 120, the clip 160 x 120"),
        (np.zeros((120, 160)), "says nothing"),
        (np.full((120, 160), -1.0), "100.0% of its values are negative"),
        (np.full((120, 160), 4e30), r"its nearest value is 4e\+30 m away; correct depth\.file\.metres_per_unit"),
        (np.ones((120, 160, 3)), r"is an array of shape \(120, 160, 3\)"),
        (np.array(["a"]), "holds no numbers"),
        (np.array([{}], dtype=object), r"cannot be read as a NumPy array.*pickled objects are not opened"),
    ],
)
def test_maps_that_cannot_be_used_say_why(footage, tmp_path, out, values, said):
    np.save(tmp_path / "a.npy", values, allow_pickle=True)
    with pytest.raises(MediaError, match=said) as caught:
        read(footage, tmp_path / "a.npy", out)
    assert caught.value.field == "file.path"
    assert not list(out.iterdir())


@pytest.mark.parametrize("name", ["a.npy", "a.png", "a.exr", "a.tiff"])
def test_a_broken_file_says_so(footage, tmp_path, out, name):
    (tmp_path / name).write_bytes(b"nothing of the kind")
    with pytest.raises(MediaError, match=name):
        read(footage, tmp_path / name, out)


def test_an_8_bit_png_is_refused(footage, tmp_path, out):
    cv2.imwrite(str(tmp_path / "a.png"), np.full((HEIGHT, WIDTH), 9, np.uint8))
    with pytest.raises(MediaError, match="16-bit"):
        read(footage, tmp_path / "a.png", out)


def test_a_model_without_a_gpu_says_what_it_needs(footage, tmp_path, out, monkeypatch):
    monkeypatch.setenv("PATH", "")
    with pytest.raises(MissingError, match="depth_pro needs a GPU"):
        make_depth(DepthSpec(backend="depth_pro", depth_pro=DepthProSpec()), footage, {"depth": tmp_path}, out, unheard)


def ground_depth(camera):
    """z [H, W] of the ground; a wall 12 m away above it, and a block that stands 3 m away."""
    rows, columns = np.indices((camera.height, camera.width)) + 0.5
    rays = camera.rays(np.stack([columns, rows], axis=-1))
    z = np.where(rays[..., 1] < 0, camera.position_m[1] / np.maximum(-rays[..., 1], 1e-9), np.inf)
    z = np.minimum(z, 12.0)
    z[40:80, 60:90] = np.minimum(z[40:80, 60:90], 3.0)
    return z.astype(np.float32)


def stored(folder, values, **facts):
    folder.mkdir()
    return Depth.write(folder, values.astype(np.float32), DepthFacts(**facts))


def test_disparity_becomes_metres_by_the_ground(footage, tmp_path):
    camera = static_camera(footage, camera_height_m=1.4, pitch_deg=-12.0)
    truth = ground_depth(camera.reference)
    noise = np.random.default_rng(1).normal(0, 0.2, truth.shape)
    found = pointmap(stored(tmp_path / "d", 40 / truth + 7 + noise, measures="disparity"), camera)
    assert np.nanmedian(np.abs(found.depth_m / truth - 1)) < 0.02
    assert found.findings == ()
    again = pointmap(Depth.load(tmp_path / "d"), camera)
    assert again.depth_m.tobytes() == found.depth_m.tobytes()


def test_disparity_without_any_ground_is_left_out_and_says_so(footage, tmp_path):
    camera = static_camera(footage, pitch_deg=60.0)
    found = pointmap(stored(tmp_path / "d", ramp(), measures="disparity"), camera)
    assert np.isnan(found.depth_m).all()
    assert "source.ground" in found.findings[0]


def test_distances_along_rays_become_depths(footage, tmp_path):
    camera = static_camera(footage, camera_height_m=1.4, pitch_deg=-12.0)
    view, truth = camera.reference, ground_depth(camera.reference)
    rows, columns = np.indices(truth.shape) + 0.5
    lengths = np.linalg.norm(view.rays(np.stack([columns, rows], axis=-1)), axis=-1)
    found = pointmap(stored(tmp_path / "d", truth * lengths, measures="distance"), camera)
    assert np.allclose(found.depth_m, truth, rtol=1e-5)
    assert found.findings == ()


def test_metric_depth_is_kept_and_where_it_sees_the_ground_is_said(footage, tmp_path):
    truth = ground_depth(camera_of(HEIGHT, WIDTH, camera_height_m=1.1, pitch_deg=-17.0))
    depth = stored(tmp_path / "d", truth, focal_px=100.0)
    found = pointmap(depth, static_camera(footage, camera_height_m=1.6, pitch_deg=-10.0))
    assert np.array_equal(found.depth_m, truth)
    lens, ground = found.findings
    assert "field of view of 77 degrees" in lens
    assert "{camera_height_m: 1.10, pitch_deg: -17.0}" in ground


def test_a_wall_is_no_ground():
    assert ground_plane(np.full((HEIGHT, WIDTH), 4.0, np.float32), camera_of(HEIGHT, WIDTH, pitch_deg=-10.0)) is None
