"""A run as its users see it: exit codes, messages, files for people, and what survives a failure."""

import json
import re
import shutil
from pathlib import Path

import av
import pytest

from r2s2r.artifacts.store import Store
from tests.pipelines.conftest import Project


def _digests(store: Path) -> dict[str, str]:
    actions = [json.loads(path.read_bytes()) for path in (store / "actions").glob("*.json")]
    return {action["key"]: action["result"] for action in actions}


def _copied(built: Project, folder: Path) -> Project:
    """Copy a project with its results, which no scene has asked for yet: it is the first run there that does."""
    shutil.copytree(built.folder, folder)
    shutil.rmtree(folder / ".r2s2r" / "last")
    return Project(folder)


def test_a_run_delivers_real_files_and_says_where(built: Project) -> None:
    folder = built.folder / "out" / "tiny" / "orbit" / "draft"
    assert sorted(path.name for path in folder.iterdir()) == ["contact.png", "control.mp4", "plan.png", "video.mp4"]
    assert not any(path.is_symlink() for path in folder.iterdir())
    with av.open(str(folder / "video.mp4")) as video:
        stream = video.streams.video[0]
        assert (stream.width, stream.height) == (96, 64)
        assert stream.average_rate == 16
        assert sum(1 for _ in video.decode(stream)) == 3
    assert "out/tiny/orbit/draft/video.mp4" in built.run().out


def test_deliverables_that_were_deleted_come_back_without_a_rebuild(built: Project) -> None:
    video = built.folder / "out" / "tiny" / "still" / "draft" / "video.mp4"
    content = video.read_bytes()
    video.unlink()
    assert "nothing rebuilt" in built.run().out
    assert video.read_bytes() == content


def test_one_failing_shot_leaves_the_others_alone(project: Project) -> None:
    project.change("  still:\n", "  broken:\n    camera: [{type: dolly, distance_m: 20000}]\n  still:\n")
    done = project.run()
    assert done.code == 2
    assert re.search(r"scene\.yaml:\d+:\d+: shots\.broken\.camera\[0\]", done.err)
    assert "Traceback" not in done.err
    assert project.not_fresh() == {"broken": ["edit", "render", "diffuse", "encode"]}
    assert (project.folder / "out" / "tiny" / "still" / "draft" / "video.mp4").exists()


def test_a_wrong_clip_is_wrong_input_and_names_the_line(project: Project) -> None:
    (project.folder / "clip.mkv").write_bytes(b"this is no video")
    done = project.run()
    assert done.code == 2
    assert re.search(r"scene\.yaml:4:\d+: source\.clip: ", done.err)
    assert "Traceback" not in done.err
    assert list((project.store / "objects").iterdir()) == []
    assert list((project.store / "tmp").iterdir()) == []


def test_until_stops_after_the_named_node(project: Project) -> None:
    done = project.run("--shot", "still", "--until", "mask:left")
    assert done.code == 0
    (folder,) = re.findall(r"^tiny/still mask:left: (.+)$", done.out, re.MULTILINE)
    assert (project.folder / folder / "reference.png").exists()
    plan = project.plan()["still"]
    assert {name for name, (state, _) in plan.items() if state == "fresh"} == {"footage", "mask:left"}
    assert not (project.folder / "out").exists()


def test_an_unknown_shot_or_node_lists_those_there_are(built: Project) -> None:
    unknown_shot, unknown_node = built.run("--shot", "orbti"), built.run("--until", "rendr")
    assert (unknown_shot.code, unknown_node.code) == (2, 2)
    assert "orbit, still" in unknown_shot.err
    assert "render" in unknown_node.err


def test_path_prints_the_folder_of_a_result_and_refuses_a_stale_one(built: Project) -> None:
    found = built.call("path", "scene.yaml", "orbit", "render")
    assert found.code == 0
    assert (Path(found.out.strip()) / "normal" / "000002.png").exists()
    built.change("degrees: 24", "degrees: 25")
    stale = built.call("path", "scene.yaml", "orbit", "render")
    built.change("degrees: 25", "degrees: 24")
    assert stale.code == 1
    assert "is not built" in stale.err


def test_machine_readable_results_go_to_stdout_alone(built: Project) -> None:
    done = built.run("--json")
    shots = json.loads(done.out)["shots"]
    assert [(shot["scene"], shot["shot"], shot["state"]) for shot in shots] == [
        ("tiny", "orbit", "done"),
        ("tiny", "still", "done"),
    ]


def test_the_same_scene_gives_the_same_bytes_in_another_folder(built: Project, project: Project) -> None:
    assert project.run().code == 0
    assert _digests(project.store) == _digests(built.store)


def test_planning_writes_nothing(project: Project) -> None:
    before = sorted(project.folder.rglob("*"))
    project.plan()
    assert sorted(project.folder.rglob("*")) == before


def test_gc_keeps_what_scenes_use_and_a_removed_scene_frees_it(built: Project, tmp_path: Path) -> None:
    copy = _copied(built, tmp_path / "copy")
    assert copy.run().code == 0
    assert copy.call("gc", "--max-size", "0").code == 0
    assert copy.not_fresh() == {}
    copy.scene.unlink()
    assert copy.call("gc", "--max-size", "0").code == 0
    assert list((copy.store / "objects").iterdir()) == []


def test_gc_keeps_what_a_scene_uses_again_after_a_change_was_undone(built: Project, tmp_path: Path) -> None:
    copy = _copied(built, tmp_path / "copy")
    copy.change("degrees: 24", "degrees: 25")
    assert copy.run("--shot", "orbit").code == 0
    copy.change("degrees: 25", "degrees: 24")
    again = copy.run()
    assert "orbit: fresh" in again.out
    assert copy.call("gc", "--max-size", "0").code == 0
    assert copy.not_fresh() == {}


def test_gc_where_there_is_no_store_makes_none(tmp_path: Path) -> None:
    nothing = Project(tmp_path)
    done = nothing.call("gc")
    assert done.code == 0
    assert "no store yet" in done.out
    assert list(tmp_path.iterdir()) == []


def test_a_video_that_cannot_be_put_there_fails_its_shot_alone(project: Project) -> None:
    (project.folder / "out" / "tiny").mkdir(parents=True)
    (project.folder / "out" / "tiny" / "still").write_text("a file in the way")
    done = project.run()
    assert done.code == 1
    assert re.search(r"^tiny/still: encode: .*: plan.png is made but cannot be put there", done.err, re.MULTILINE)
    assert "Traceback" not in done.err
    assert (project.folder / "out" / "tiny" / "orbit" / "draft" / "video.mp4").exists()
    assert project.not_fresh() == {}
    (project.folder / "out" / "tiny" / "still").unlink()
    assert project.run().code == 0
    assert (project.folder / "out" / "tiny" / "still" / "draft" / "video.mp4").exists()


def test_a_result_that_lost_its_manifest_is_made_again(built: Project, tmp_path: Path) -> None:
    copy = _copied(built, tmp_path / "copy")
    found = copy.call("path", "scene.yaml", "still", "edit").out.strip()
    (Path(found) / "manifest.json").unlink()
    assert "edit" in copy.not_fresh()["still"]
    assert copy.run().code == 0
    assert copy.not_fresh() == {}


@pytest.mark.parametrize("words", [("--workers", "0"), ("--workers", "two")])
def test_a_wrong_number_of_workers_is_refused(built: Project, words: tuple[str, str]) -> None:
    done = built.run(*words)
    assert done.code == 2
    assert "1 or more" in done.err


def test_the_plan_names_the_three_sizes_once_the_clip_is_decoded(built: Project, project: Project) -> None:
    shown = json.loads(built.call("plan", "scene.yaml", "--json").out)["shots"][0]["sizes"]
    assert shown == {"source": [160, 96], "generation": [96, 64], "delivery": [96, 64]}
    assert "source (not decoded yet) -> generated 96x64" in " ".join(project.call("plan", "scene.yaml").out.split())


def test_every_stage_gives_the_same_bytes_when_it_is_done_again(built: Project) -> None:
    again = built.call("verify", "--rerun")
    assert again.code == 0, again.out
    assert "0 not as they were" in again.out


def test_a_result_that_comes_out_otherwise_is_found_by_a_rerun(project: Project) -> None:
    assert project.run("--shot", "still", "--until", "footage").code == 0
    (path,) = (project.store / "actions").glob("*.json")
    action = json.loads(path.read_bytes())
    action["request"]["parameters"]["context_s"] = 0.04
    path.write_text(json.dumps(action))
    again = project.call("verify", "--rerun")
    assert again.code == 1
    assert "gives other bytes now: facts.json" in again.out


def test_what_cannot_be_done_again_here_leaves_the_rest_to_be_compared(project: Project) -> None:
    assert project.run("--shot", "still", "--until", "edit").code == 0
    footage = next(
        path for path in (project.store / "actions").glob("*.json") if '"stage":"footage"' in path.read_text()
    )
    action = json.loads(footage.read_bytes())
    clip, broken = Path(action["request"]["files"]["clip"]), project.folder / "broken.mp4"
    broken.write_bytes(b"this is no video")
    action["request"]["files"]["clip"] = str(broken)
    action["request"]["file_digests"]["clip"] = Store(project.store).files.digest(broken)
    assert clip.exists()
    footage.write_text(json.dumps(action))
    again = project.call("verify", "--rerun")
    assert again.code == 1
    assert "cannot be compared: " in again.out
    assert "1 not as they were" in again.out
