"""One wrong scene never stops others, and nothing is left out without a word."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from pipelines.night.wish import Reader, Wish
from r2s2r.artifacts.progress import Progress
from r2s2r.errors import InputError
from tests.pipelines.conftest import SCENE, write_clip


class Silent:
    """Bars that nobody sees; counts what they were told."""

    def __init__(self) -> None:
        self.told: dict[str, list[tuple[int, int]]] = {}

    @contextmanager
    def bar(self, what: str) -> Iterator[Progress]:
        told = self.told.setdefault(what, [])
        yield lambda done, total: told.append((done, total))


@pytest.fixture
def folder(tmp_path, monkeypatch):
    for variable in ("R2S2R_STORE", "R2S2R_OUT"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.chdir(tmp_path)
    write_clip(tmp_path / "clip.mkv")
    for name in ("alpha", "beta"):
        (tmp_path / f"{name}.yaml").write_text(SCENE.replace("name: tiny", f"name: {name}"))
    return tmp_path


def read(*scenes: str, **wish):
    return Reader(Wish(scenes, **wish)).read(Silent())


def labels(found) -> list[str]:
    return [f"{plan.shot.scene.name}/{plan.shot.shot.name}" for plan in found.plans]


def test_patterns_are_looked_up_here_and_files_are_taken_once(folder):
    found = read("*.yaml", "alpha.yaml", str(folder / "beta.yaml"))
    assert labels(found) == ["alpha/orbit", "alpha/still", "beta/orbit", "beta/still"]
    assert found.refused == ()


def test_the_project_file_is_no_scene(folder):
    (folder / "r2s2r.yaml").write_text("version: 1\n")
    assert read("*.yaml").refused == ()


def test_all_findings_of_all_wrong_scenes_are_told_and_the_others_go_on(folder):
    (folder / "bad.yaml").write_text(
        "version: 1\nname: bad\nsource: {clip: clip.mkv}\nshots: {a: {frames: ten, fps: 3}}\n"
    )
    (folder / "gone.yaml").write_text(SCENE.replace("tiny", "gone").replace("clip.mkv", "missing.mkv"))
    (folder / "torn.yaml").write_text("version: 1\nname: [torn\n")
    (folder / "bytes.yaml").write_bytes(b"\xff\xfe\x00")
    found = read("*.yaml", "nothing/*.yaml", "absent.yaml")
    assert labels(found) == ["alpha/orbit", "alpha/still", "beta/orbit", "beta/still"]
    told = {one.path.removeprefix(f"{folder}/"): one.message for one in found.refused}
    assert set(told) == {"bad.yaml", "gone.yaml", "torn.yaml", "bytes.yaml", "nothing/*.yaml", "absent.yaml"}
    assert "bad.yaml:4:21: shots.a.frames" in told["bad.yaml"]
    assert "shots.a.fps" in told["bad.yaml"]
    assert "gone.yaml:4:9: source.clip: file not found: missing.mkv" in told["gone.yaml"]
    assert told["nothing/*.yaml"] == "nothing/*.yaml: no file matches this pattern"
    assert "torn.yaml:" in told["torn.yaml"]


def test_of_two_scenes_of_one_name_the_first_is_taken_and_the_other_told(folder):
    (folder / "copy.yaml").write_text((folder / "alpha.yaml").read_text().replace("alpha", "Alpha"))
    found = read("*.yaml")
    assert labels(found) == ["alpha/orbit", "alpha/still", "beta/orbit", "beta/still"]
    (refused,) = found.refused
    assert refused.path == str(folder / "copy.yaml")
    assert "rename one of the two" in refused.message


def test_a_scene_of_another_project_is_told(folder):
    (folder / "r2s2r.yaml").write_text("version: 1\n")
    other = folder / "other"
    other.mkdir()
    (other / "r2s2r.yaml").write_text("version: 1\n")
    (other / "clip.mkv").write_bytes((folder / "clip.mkv").read_bytes())
    (other / "gamma.yaml").write_text(SCENE.replace("tiny", "gamma"))
    found = read("*.yaml", "other/*.yaml")
    (refused,) = found.refused
    assert "belongs to another project" in refused.message


def test_a_wrong_project_file_of_some_scenes_leaves_the_others_alone(folder):
    (folder / "broken").mkdir()
    (folder / "broken" / "r2s2r.yaml").write_text("version: 1\nfarm: {executor: moon}\n")
    (folder / "broken" / "gamma.yaml").write_text(SCENE.replace("tiny", "gamma"))
    found = read("broken/*.yaml", "alpha.yaml")
    assert labels(found) == ["alpha/orbit", "alpha/still"]
    assert "farm.executor" in found.refused[0].message


def test_a_clip_that_cannot_be_read_is_told_before_the_night(folder):
    if os.getuid() == 0:
        pytest.skip("the superuser may read everything")
    (folder / "clip2.mkv").write_bytes(b"clip")
    (folder / "clip2.mkv").chmod(0)
    (folder / "locked.yaml").write_text(SCENE.replace("tiny", "locked").replace("clip.mkv", "clip2.mkv"))
    assert [one.path for one in read("*.yaml").refused] == [str(folder / "locked.yaml")] * 2


def test_shots_are_chosen_by_name_and_tag_and_a_name_that_none_has_is_told(folder):
    tagged = (folder / "beta.yaml").read_text().replace("frames: 3", "frames: 3\n    tags: [hero]")
    (folder / "beta.yaml").write_text(tagged)
    assert labels(read("*.yaml", tags=("hero",))) == ["beta/orbit"]
    found = read("*.yaml", shots=("still", "stil"))
    assert labels(found) == ["alpha/still", "beta/still"]
    assert found.refused[0].message == "--shot stil: no such shot; there are orbit, still"


def test_when_no_shot_is_meant_that_is_said(folder):
    with pytest.raises(InputError, match="no shot is selected"):
        read("*.yaml", tags=("none",))


def test_when_all_scenes_are_wrong_there_is_nothing_and_all_is_told(folder):
    (folder / "bad.yaml").write_text("version: 1\nname: bad\n")
    found = read("bad.yaml")
    assert found.plans == ()
    assert len(found.refused) == 1


def test_when_no_project_can_be_read_that_ends_it(folder):
    (folder / "r2s2r.yaml").write_text("version: 9\n")
    with pytest.raises(InputError, match="version"):
        read("alpha.yaml")


def test_progress_counts_scenes_and_shots(folder):
    bars = Silent()
    Reader(Wish(("*.yaml",))).read(bars)
    assert bars.told == {"reading scenes": [(1, 2), (2, 2)], "planning shots": [(n, 4) for n in range(1, 5)]}
