"""Every measurement of ``make bench`` runs, with settings so small that its numbers mean nothing."""

from pathlib import Path

import numpy as np
import pytest

from benchmarks import camera, diffuse, edit, farm, faults, lift, null_build, select, shot
from benchmarks.editing import curves, previewing
from benchmarks.peers.ours import Way
from benchmarks.peers.turning import balls, split
from benchmarks.pictures import drawn
from benchmarks.rendering import accuracy, comparison, delivery, scaling
from r2s2r.spec.render import RenderSpec
from tests.pipelines.conftest import write_clip

BOX = "30, 30, 60, 80"
PREVIEWED = f"""\
version: 1
name: box
source: {{clip: media/clip.mkv, frame: 0}}
entities: {{box: {{select: {{box_px: [{BOX}]}}}}}}
shots: {{hop: {{frames: 1, camera: [{{type: dolly, distance_m: 0.4, towards: box}}]}}}}
output: {{width: 64, height: 64}}
"""


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    write_clip(tmp_path / "clip.mkv")
    return tmp_path / "clip.mkv"


def test_the_null_build_is_measured(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(null_build, "SCENES", 2)
    monkeypatch.setattr(null_build, "ROUNDS", 1)
    null_build.main()
    assert "r2s2r plan" in capsys.readouterr().out


def test_the_driver_of_a_farm_is_measured(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(farm, "SCENES", 2)
    monkeypatch.setattr(farm, "ROUNDS", 1)
    monkeypatch.setattr(farm, "SHOTS", (2,))
    farm.main()
    said = capsys.readouterr().out
    assert said.count("r2s2r night") == 2
    assert "scheduling     20 tasks" in said


def test_batches_survive_kills(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(faults, "SHOTS", 2)
    monkeypatch.setattr(faults, "KILLS", 3)
    monkeypatch.setattr(faults, "CHANCE", 0.02)
    faults.here(tmp_path / "local")
    assert "3 kills in" in capsys.readouterr().out


def test_renderers_are_compared(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(comparison, "ways", lambda: [Way("cpu", 1, 2), Way("kaolin", 1)])
    monkeypatch.setattr(comparison, "TURN_S", 0.0)
    comparison.compare((), faces=2000, turns=1)
    said = capsys.readouterr().out
    assert "cpu, 1 thread, 2x2" in said
    assert "kaolin" in said  # as a row of the table, or with what keeps it from running


def test_the_cost_of_faces_and_pixels_is_measured(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(scaling, "FACES", (2000, 3000))
    monkeypatch.setattr(scaling, "SIZES", ((36, 64), (72, 128)))
    monkeypatch.setattr(scaling, "ROUNDS", 1)
    scaling.scale(2000)
    assert capsys.readouterr().out.count("% off a straight line") == 2


def test_shots_to_disk_are_measured(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(delivery, "SPECS", {"four passes": RenderSpec(backend="cpu")})
    monkeypatch.setattr(delivery, "_apart", delivery._deliver)  # a process for each takes seconds
    monkeypatch.setattr(delivery, "FRAMES", 1)
    monkeypatch.setattr(delivery, "MORE_FRAMES", 2)
    delivery.deliver(2000)
    delivery.lengthen(2000)
    said = capsys.readouterr().out
    assert "s to disk, four passes" in said
    assert "peak memory of 2 frames over that of 1" in said


def test_exactness_is_measured(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(accuracy, "AGREEING", range(1))
    monkeypatch.setattr(accuracy, "FLOWING", range(2))
    accuracy.check(2000)
    assert capsys.readouterr().out.count("held ") == 4


def test_a_peers_mesh_is_ours() -> None:
    mesh = balls(2000)["ball1"]
    parts = split(mesh)
    assert np.array_equal(parts.vertices[parts.faces], mesh.vertices[mesh.faces])
    assert np.array_equal(parts.normals[parts.faces], mesh.corner_normals)
    assert np.allclose(parts.uv[parts.faces] * [1, -1] + [0, 1], mesh.corner_uv, atol=1e-6)


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


def test_editing_is_measured(
    clip: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "scene.yaml").write_text(PREVIEWED)
    monkeypatch.setattr(previewing, "SCENE", tmp_path / "scene.yaml")
    monkeypatch.setattr(previewing, "CLIP", clip)
    monkeypatch.setattr(previewing, "ROUNDS", 1)
    monkeypatch.setattr(curves, "FRAMES", 40)
    monkeypatch.setattr(curves, "KEYS", 8)
    edit.main()
    said = capsys.readouterr().out
    assert said.count("CPU ms") == 8
    assert "s of them edit" in said


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
