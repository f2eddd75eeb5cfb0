"""A preview: small, composited, and shared with a run that does the same."""

import json
import re
import signal
import subprocess
import time

from tests.pipelines.conftest import Project


def test_a_preview_shows_the_shot_from_the_camera_and_from_above(project: Project) -> None:
    done = project.call("preview", "scene.yaml", "--shot", "orbit")
    assert done.code == 0, done.err
    folder = project.folder / "out" / "tiny" / "orbit" / "preview"
    assert sorted(path.name for path in folder.iterdir()) == ["contact.png", "control.mp4", "plan.png", "video.mp4"]


def test_a_draft_run_after_a_preview_makes_nothing_again(project: Project) -> None:
    assert project.call("preview", "scene.yaml", "--shot", "orbit").code == 0
    assert "nothing rebuilt" in project.run("--shot", "orbit").out


def test_what_a_video_model_would_make_is_previewed_without_it(project: Project) -> None:
    project.change("  orbit:\n", "  orbit:\n    diffuse: {backend: animate}\n")
    done = project.call("preview", "scene.yaml", "--shot", "orbit", "--json")
    assert done.code == 0, done.err
    (shot,) = json.loads(done.out)["shots"]
    assert {node["node"] for node in shot["nodes"]} >= {"edit", "render", "diffuse", "encode"}
    assert "control" not in {node["node"] for node in shot["nodes"]}


def test_a_large_shot_is_previewed_at_480_pixels(project: Project) -> None:
    project.change("output: {width: 96, height: 64, fps: 16}", "output: {width: 1280, height: 704, fps: 16}")
    assert project.call("preview", "scene.yaml", "--shot", "orbit").code == 0
    facts = json.loads((_node(project, "orbit") / "facts.json").read_bytes())
    assert (facts["width"], facts["height"]) == (872, 480)


def _node(project: Project, shot: str):
    """The folder of the newest encode result."""
    actions = (json.loads(path.read_bytes()) for path in (project.store / "actions").glob("*.json"))
    (encoded,) = [action["result"] for action in actions if action["request"]["stage"] == "encode"]
    return project.store / "objects" / encoded


def test_watch_previews_again_when_the_scene_is_saved_and_tells_mistakes(project: Project, tmp_path) -> None:
    log = tmp_path / "log"
    with log.open("w") as output:
        command = project.command("watch", "scene.yaml", "--shot", "still")
        watching = subprocess.Popen(command, cwd=project.folder, stdout=output, stderr=output, text=True)
        try:
            _wait_for(log, "watching scene.yaml", 1)
            project.change("    frames: 2\n", "    frames: two\n")
            _wait_for(log, "watching scene.yaml", 2)
            project.change("    frames: two\n", "    frames: 3\n")
            _wait_for(log, "watching scene.yaml", 3)
            (project.folder / "props.yaml").write_text("entities: {crate: {asset: nothing.glb}}\n")
            project.change("name: tiny\n", "name: tiny\ninclude: [props.yaml]\n")
            _wait_for(log, "watching scene.yaml", 4)
            (project.folder / "props.yaml").write_text("entities: {third: {copy: left}}\n")
            _wait_for(log, "watching scene.yaml", 5)
        finally:
            watching.send_signal(signal.SIGINT)
            code = watching.wait(timeout=60)
    text = log.read_text()
    assert code == 0, text
    assert re.search(r"scene\.yaml:\d+:\d+: shots\.still\.frames", text)
    assert "edit: frames 2 -> 3" in text
    assert "props.yaml:1:27: entities.crate.asset: file not found" in text
    assert "entity:third" in text
    assert text.count("made") > 4


def _wait_for(log, words: str, times: int) -> None:
    end = time.monotonic() + 120
    while log.read_text().count(words) < times:
        assert time.monotonic() < end, log.read_text()
        time.sleep(0.05)
