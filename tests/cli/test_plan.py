"""``r2s2r plan``: what it says of very many shots."""

import json
from pathlib import Path

import pytest

from r2s2r.cli import main
from tests.pipelines.conftest import SCENE, write_clip

SHOTS = 51


@pytest.fixture
def scene(tmp_path: Path) -> Path:
    write_clip(tmp_path / "clip.mkv")
    head, _ = SCENE.split("shots:\n")
    shots = "".join(f"  shot{number}: {{frames: 1, seed: {number}}}\n" for number in range(SHOTS))
    (tmp_path / "scene.yaml").write_text(f"{head}shots:\n{shots}")
    return tmp_path / "scene.yaml"


def test_of_very_many_shots_each_has_a_line(scene: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["plan", str(scene)]) == 0
    *lines, last = capsys.readouterr().out.splitlines()
    assert len(lines) == SHOTS
    assert lines[7].startswith("tiny/shot7: ")
    assert "footage: never built" in lines[7]
    assert "add --all" in last


def test_all_of_very_many_shots_are_told_where_that_is_asked_for(
    scene: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["plan", str(scene), "--all"]) == 0
    assert capsys.readouterr().out.count(" encode ") == SHOTS
    assert main(["plan", str(scene), "--json"]) == 0
    assert len(json.loads(capsys.readouterr().out)["shots"]) == SHOTS
