"""Every measurement of ``make bench`` runs, with settings so small that its numbers mean nothing."""

import functools
from pathlib import Path

import pytest

from benchmarks import camera, diffuse, lift, null_build, render, select, shot
from benchmarks.peers.turning import balls
from benchmarks.pictures import drawn
from tests.pipelines.conftest import write_clip

BOX = "30, 30, 60, 80"


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    write_clip(tmp_path / "clip.mkv")
    return tmp_path / "clip.mkv"


def test_the_null_build_is_measured(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(null_build, "SCENES", 2)
    monkeypatch.setattr(null_build, "ROUNDS", 1)
    null_build.main()
    assert "r2s2r plan" in capsys.readouterr().out


def test_rendering_is_measured(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(render, "balls", functools.partial(balls, 2000))
    monkeypatch.setattr(render, "NAMES", ())
    monkeypatch.setattr(render, "TURNS", 1)
    monkeypatch.setattr(render, "FRAMES", 2)
    render.main()
    assert "ids equal at 100.00 %" in capsys.readouterr().out


def test_a_cold_shot_is_measured(
    clip: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    scene = shot.SCENE.replace("frame: 66", "frame: 2").replace("box_px: [160, 62, 618, 630]", f"box_px: [{BOX}]")
    monkeypatch.setattr(shot, "SCENE", scene)
    monkeypatch.setattr(shot, "CLIP", clip)
    monkeypatch.setattr(shot, "LENGTHS", (1, 2))
    shot.main()
    assert "memory of 2 frames / of 1 frames" in capsys.readouterr().out


def test_denoising_is_measured(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    tiny = {"num_attention_heads": 2, "attention_head_dim": 12, "ffn_dim": 24, "num_layers": 2, "added_kv_proj_dim": 24}
    monkeypatch.setattr(diffuse, "DEVICE", "cpu")
    monkeypatch.setattr(diffuse, "CONFIG", {**diffuse.CONFIG, **tiny, "text_dim": 16, "image_dim": 16})
    monkeypatch.setattr(diffuse, "STEPS", 2)
    monkeypatch.setattr(diffuse, "HEIGHT", 32)
    monkeypatch.setattr(diffuse, "WIDTH", 32)
    monkeypatch.setattr(diffuse, "FRAMES", 5)
    diffuse.main()
    assert capsys.readouterr().out.count("s a step of two passes") == 4


def test_lifting_is_measured(clip: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(drawn, "names", lambda: ["coin"])
    monkeypatch.setattr(lift, "SHAPES", ("slab",))
    monkeypatch.setattr(lift, "CLIP", clip)
    monkeypatch.setattr(lift, "FRAME", 2)
    monkeypatch.setattr(lift, "BOX_PX", tuple(float(side) for side in BOX.split(", ")))
    lift.main()
    assert "silhouette IoU" in capsys.readouterr().out


def test_selecting_is_measured(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(drawn, "names", lambda: ["coin"])
    monkeypatch.setattr(select, "WAYS", ("box",))
    select.main()
    assert "coin      plain" in capsys.readouterr().out


def test_solving_cameras_is_measured(capsys: pytest.CaptureFixture[str]) -> None:
    camera.main(height=180, width=320, frames=16)
    said = capsys.readouterr().out
    assert "pan" in said
    assert "dB in the hole" in said
