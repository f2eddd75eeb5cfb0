"""What is written of a frame, and how it is read again."""

from typing import Any

import numpy as np
import pytest

from r2s2r.artifacts.passes import Passes, PassesFacts
from r2s2r.errors import StoreError
from r2s2r.media.exr import read_exr
from r2s2r.spec.render import RenderSpec
from r2s2r.stages.render.cryptomatte import Cryptomatte
from r2s2r.stages.render.layers import Layers, Wanted, blank_layers
from r2s2r.stages.render.rasteriser import Raster, blank_visibility
from r2s2r.stages.render.writing import PassesWriter
from tests.media.second_reader import ffmpeg_channels
from tests.render.conftest import Make
from tests.render.shapes import animation_of, box, noise, placed, sphere

HEIGHT, WIDTH = 11, 22
RANDOM = np.random.default_rng(0)
ALL = Wanted(motion=True, uv=True, coverage=True, premultiplied=True)


def facts(**settings: Any) -> PassesFacts:
    ids = {"ball": 1, "crate": 2}
    return PassesFacts(frames=1, fps="16/1", height=HEIGHT, width=WIDTH, ids=ids, normal="", depth="", **settings)


@pytest.fixture
def layers() -> Layers:
    """Some pixels of two entities, all passes different everywhere."""
    made = blank_layers(HEIGHT, WIDTH, ALL)
    made.ids[2:9, 3:15] = 1
    made.ids[5:, 9:20] = 2
    inside = made.ids > 0
    floats = (made.normal, made.depth_m, made.uv, made.premultiplied, made.forward.move_px, made.backward.move_px)
    for array in floats:
        array[inside] = RANDOM.random((inside.sum(), *array.shape[2:]))
    made.forward.move_px[inside] -= 0.5
    made.forward.move_px[5, 5] = 0
    made.rgb[inside] = RANDOM.integers(0, 256, (inside.sum(), 3))
    made.coverage[inside] = RANDOM.integers(1, 5, inside.sum()) / 4
    made.forward.seen[inside] = RANDOM.random(inside.sum()) < 0.5
    made.backward.seen[inside] = RANDOM.random(inside.sum()) < 0.5
    return made


@pytest.fixture
def seen():
    made = blank_visibility(Raster(HEIGHT, WIDTH, 2))
    made.samples[4:18, 6:30] = 0
    made.samples[11:, 17:40] = 1
    return made


def written(folder, layers, seen, **settings) -> Passes:
    folder.mkdir(exist_ok=True)
    passes = Passes(folder, facts(**settings))
    mattes = Cryptomatte(["ball", "crate"], np.arange(2, dtype=np.int32), 2)
    found = PassesWriter(folder, passes.facts, mattes).write(0, layers, seen)
    assert found.tolist() == [True, True]
    return passes


def test_motion_is_read_as_it_was_drawn_and_stands_upwards_in_the_file(tmp_path, layers, seen):
    passes = written(tmp_path, layers, seen, extra_passes=("motion",))
    for read, drawn in zip(passes.motion(0), (layers.forward, layers.backward), strict=True):
        assert np.array_equal(read.move_px, drawn.move_px)
        assert np.array_equal(read.seen, drawn.seen)
    channels = read_exr(passes.path("motion", 0))
    assert set(channels) == {f"{way}.{letter}" for way in ("forward", "backward") for letter in "uva"}
    assert np.array_equal(channels["forward.u"], layers.forward.move_px[..., 0])
    assert np.array_equal(channels["forward.v"], -layers.forward.move_px[..., 1])
    assert not any(np.signbit(channel[channel == 0]).any() for channel in channels.values())


def test_uv_is_read_as_it_was_drawn_and_stands_upwards_in_the_file(tmp_path, layers, seen):
    passes = written(tmp_path, layers, seen, extra_passes=("uv",))
    assert np.abs(passes.uv(0) - layers.uv).max() < 1e-7
    channels = read_exr(passes.path("uv", 0))
    inside = layers.ids > 0
    assert np.array_equal(channels["UV.V"][inside], 1 - layers.uv[inside][:, 1])
    assert not channels["UV.V"][~inside].any()
    assert np.array_equal(channels["UV.A"], inside)


def test_coverage_is_a_grey_picture(tmp_path, layers, seen):
    passes = written(tmp_path, layers, seen, extra_passes=("coverage",))
    assert passes.path("coverage", 0).suffix == ".png"
    assert np.abs(passes.coverage(0) - layers.coverage).max() < 1 / 500
    assert passes.coverage(0).max() == 1


def test_a_mask_is_where_an_entity_is_seen(tmp_path, layers, seen):
    passes = written(tmp_path, layers, seen)
    assert np.array_equal(passes.mask("crate", 0), layers.ids == 2)
    assert passes.mask("ball", 0).dtype == bool


def test_only_what_is_asked_for_is_written(tmp_path, layers, seen):
    written(tmp_path / "few", layers, seen)
    assert {path.name for path in (tmp_path / "few").iterdir()} == {"normal", "id", "rgb", "depth"}
    extra = ("coverage", "motion", "uv")
    written(tmp_path / "all", layers, seen, extra_passes=extra, multilayer=True)
    files = {str(path.relative_to(tmp_path / "all")) for path in (tmp_path / "all").rglob("*.*")}
    pictures = {f"{name}/000000.png" for name in ("normal", "id", "rgb", "coverage")}
    assert files == pictures | {f"{name}/000000.exr" for name in ("depth", "motion", "uv", "multilayer")}


def test_the_multilayer_file_holds_what_the_others_hold(tmp_path, layers, seen):
    passes = written(tmp_path, layers, seen, extra_passes=("motion", "uv"), multilayer=True)
    channels = read_exr(passes.path("multilayer", 0))
    assert np.array_equal(np.stack([channels[f"N.{axis}"] for axis in "XYZ"], axis=-1), layers.normal)
    assert np.array_equal(channels["Z"], passes.depth_m(0))
    assert np.array_equal(channels["id.X"], passes.ids(0))
    assert np.array_equal(channels["A"], layers.coverage)
    colours = np.stack([channels[letter] for letter in "RGB"], axis=-1)
    assert np.abs(colours - layers.premultiplied).max() < 2.0**-11
    for name in ("motion", "uv"):
        for channel, values in read_exr(passes.path(name, 0)).items():
            assert np.array_equal(channels[channel], values)
    assert channels["CryptoObject00.g"].max() == 1


def test_measures_are_floats_and_colours_half_floats(tmp_path, layers, seen):
    passes = written(tmp_path, layers, seen, extra_passes=("motion", "uv"), multilayer=True)
    channels = read_exr(passes.path("multilayer", 0))
    half = {name for name, channel in channels.items() if channel.dtype == np.float16}
    assert half == {"R", "G", "B", "A", "forward.a", "backward.a", "UV.A"}
    assert all(channels[name].dtype == np.float32 for name in channels.keys() - half)


def test_another_programs_reader_sees_the_same_picture(tmp_path, layers, seen):
    path = written(tmp_path, layers, seen, extra_passes=("motion", "uv"), multilayer=True).path("multilayer", 0)
    ours = read_exr(path)
    for layer, names in (("", "RGBA"), ("N.", "XYZ"), ("CryptoObject00.", "rgba")):
        theirs = ffmpeg_channels(path, layer.removesuffix("."))
        for their_name, name in zip("rgba", names, strict=False):
            assert np.array_equal(theirs[their_name], ours[layer + name])


def test_the_stage_delivers_every_pass_it_is_asked_for(make: Make):
    tracks = {
        "ball": np.array([placed(x, 0, -5.0) for x in (0.0, 0.5, 1.0)]),
        "crate": np.array([placed(1, 0, -7)] * 3),
    }
    spec = RenderSpec(backend="cpu", supersampling=2, extra_passes=("uv", "motion"), multilayer=True)
    passes = make(animation_of(tracks), {"ball": sphere(2), "crate": box(texture=noise(1))}, spec)
    assert passes.facts.motion.startswith("pixels from here")
    assert passes.facts.folders == ("normal", "id", "depth", "rgb", "motion", "uv", "coverage", "multilayer")
    for frame in range(3):
        channels = read_exr(passes.path("multilayer", frame))
        assert np.array_equal(channels["id.X"], passes.ids(frame))
        assert np.abs(channels["A"] - passes.coverage(frame)).max() < 1 / 500
        shares = channels["CryptoObject00.g"] + channels["CryptoObject00.a"]
        assert np.array_equal(shares, channels["A"].astype(np.float32))
        forward, backward = passes.motion(frame)
        assert forward.seen.any() == (frame < 2)
        assert backward.seen.any() == (frame > 0)
    inner = passes.mask("ball", 0) & passes.motion(0)[0].seen
    assert passes.motion(0)[0].move_px[inner][:, 0].min() > 5


@pytest.mark.parametrize("name", ["normal", "id", "depth", "rgb", "motion", "uv", "coverage"])
@pytest.mark.parametrize("harm", ["cut", "gone"])
def test_a_damaged_file_is_said_with_what_removes_it(tmp_path, layers, seen, name, harm):
    passes = written(tmp_path, layers, seen, extra_passes=("motion", "uv", "coverage"))
    path = passes.path(name, 0)
    if harm == "cut":
        path.write_bytes(path.read_bytes()[:20])
    else:
        path.unlink()
    read = {"id": passes.ids, "depth": passes.depth_m}.get(name) or getattr(passes, name)
    with pytest.raises(StoreError, match=rf"{name}/000000\.\w+: cannot be read; `r2s2r verify` removes"):
        read(0)
