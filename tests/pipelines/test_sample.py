"""A sample in the release's form goes through the video model as a shot does: cached, and delivered."""

import json
import shutil
from pathlib import Path

import av
import numpy as np
import pytest

from pipelines.sample import SampleOptions, sample_nodes
from r2s2r.media.images import write_rgb
from r2s2r.media.sample import Sample, read_sample, write_caption
from r2s2r.spec.animate import AnimateSpec
from r2s2r.spec.encode import EncodeSpec
from scenes.tiny_model import write_tiny_model
from tests.media.clips import numbered_picture, write_clip
from tests.pipelines.conftest import Project

TOY = ("--device", "cpu", "--precision", "fp32", "--steps", "1", "--area", "78", "--segment-frames", "9")


def _write_sample(folder: Path, **settings: object) -> Path:
    """Write a sample of nine frames, 96x64."""
    folder.mkdir(parents=True)
    write_rgb(folder / "source_image.png", np.full((80, 60, 3), 90, np.uint8))
    pictures = map(numbered_picture, range(9))
    write_clip(folder / "object_animation_normal.mp4", pictures, **{"rate": 16, **settings})
    write_caption(folder / "caption.json", "A red box turns.")
    return folder


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("model")
    write_tiny_model(folder)
    return folder


@pytest.fixture
def place(tmp_path: Path, model: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    """A folder with a project file that names the tiny model, and a sample in it."""
    for variable in ("R2S2R_STORE", "R2S2R_OUT"):
        monkeypatch.delenv(variable, raising=False)
    folder = tmp_path / "place"
    folder.mkdir()
    shutil.copytree(model, folder / "tiny")
    settings = "{weights: ./tiny/base, adapter: ./tiny/adapter}"
    (folder / "r2s2r.yaml").write_text(f"version: 1\ndiffuse: {{animate: {settings}}}\n")
    _write_sample(folder / "demo" / "camera_control")
    return Project(folder)


def _options(**settings: object) -> SampleOptions:
    return SampleOptions(
        model=AnimateSpec.model_validate(settings), weights={}, seed=42, most_frames=81, encode=EncodeSpec()
    )


@pytest.mark.parametrize(
    ("width", "height", "area_side_px", "generated"),
    [
        (1280, 720, 960, (1280, 704)),
        (832, 480, 960, (1248, 736)),
        (720, 1280, 960, (704, 1280)),
        (96, 64, 78, (96, 64)),
    ],
)
def test_it_is_generated_and_delivered_at_the_releases_size(
    tmp_path: Path, width: int, height: int, area_side_px: int, generated: tuple[int, int]
) -> None:
    sample = Sample(tmp_path, "", frames=81, height=height, width=width)
    nodes = sample_nodes(sample, _options(area_side_px=area_side_px))
    for name in ("control", "encode"):
        assert (nodes[name].parameters["width"], nodes[name].parameters["height"]) == generated


def test_it_asks_the_model_for_what_the_release_asks_for(tmp_path: Path) -> None:
    nodes = sample_nodes(read_sample(_write_sample(tmp_path / "sample")), _options())
    assert [node.name for node in nodes.nodes] == ["control", "reference", "diffuse", "encode"]
    asked = nodes["diffuse"].parameters
    assert (asked["prompt"], asked["seed"]) == ("A red box turns.", 42)
    settings = asked["diffuse"]["animate"]
    assert (settings["segment_frames"], settings["shift"], settings["negative_prompt"]) == (77, 5.0, "bad detailed")
    assert nodes["control"].parameters["most_frames"] == 81


def test_where_a_sample_lies_and_what_it_is_called_changes_nothing(tmp_path: Path) -> None:
    first = _write_sample(tmp_path / "first")
    shutil.copytree(first, tmp_path / "other" / "second")
    one, two = (sample_nodes(read_sample(folder), _options()) for folder in (first, tmp_path / "other" / "second"))
    assert [dict(node.parameters) for node in one.nodes] == [dict(node.parameters) for node in two.nodes]


def test_a_sample_is_made_once_and_delivered(place: Project) -> None:
    done = place.call("diffuse", "--sample", "demo/camera_control", *TOY, timeout=170)
    assert done.code == 0, done.err
    out = place.folder / "out" / "samples" / "camera_control" / "animate"
    assert sorted(path.name for path in out.iterdir()) == ["contact.png", "control.mp4", "video.mp4"]
    with av.open(str(out / "video.mp4")) as video:
        stream = video.streams.video[0]
        assert (stream.width, stream.height, stream.frames) == (96, 64, 9)
        assert stream.average_rate == 16
    first = (out / "video.mp4").read_bytes()
    again = place.call("diffuse", "--sample", "demo/camera_control", *TOY, "--out", "elsewhere")
    assert "nothing rebuilt" in again.out
    assert (place.folder / "elsewhere/samples/camera_control/animate/video.mp4").read_bytes() == first
    other = place.call("diffuse", "--sample", "demo/camera_control", *TOY, "--seed", "7", "--json", timeout=170)
    (shot,) = json.loads(other.out)["shots"]
    assert sorted(shot["seconds"]) == ["diffuse", "encode"]
    assert (out / "video.mp4").read_bytes() != first


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--segment-frames", "10"), "--segment-frames: must be 4 n + 1"),
        (("--steps", "0"), "--steps: must be >= 1, is 0"),
        (("--area", "7"), "--area: must be >= 64, is 7"),
        (("--precision", "int4"), "--precision: "),
        (("--weights", "not a name"), "--weights: needs a folder"),
        (("--weights", ""), "--weights: must not be empty"),
        (("--seed", "-1"), "--seed -1: must be from 0"),
        (("--frames", "1"), "--frames 1: must be from 2"),
        (("--sample", "demo"), "demo: holds samples (camera_control), name one of them"),
        (("--sample", "demo/../demo/camera_control"), "samples of one run need names of their own"),
    ],
)
def test_what_makes_no_sense_is_said_before_anything_is_made(place: Project, words: tuple[str, str], said: str) -> None:
    done = place.call("diffuse", "--sample", "demo/camera_control", "--device", "cpu", *words)
    assert done.code == 2
    assert said in done.err
    assert "Traceback" not in done.err
    assert not (place.folder / "out").exists()


def test_a_sample_that_needs_a_gpu_says_so_and_ends_with_3(place: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "")
    done = place.call("diffuse", "--sample", "demo/camera_control")
    assert done.code == 3
    assert "samples/camera_control: diffuse: " in done.err
    assert "GPU" in done.err


def test_weights_that_are_not_here_are_named_from_the_current_folder(place: Project) -> None:
    done = place.call("diffuse", "--sample", "demo/camera_control", "--device", "cpu", "--weights", "./nowhere")
    assert done.code == 3
    assert f"{place.folder / 'nowhere'}: no such folder of weights" in done.err
    assert not (place.folder / "out").exists()
