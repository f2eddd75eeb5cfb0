"""A project with a bucket, by the real command line: machines share results, and no bucket stops a shot."""

import json
import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.bucket import CREDENTIALS, SECRET, Server, TestBucket, flipped, s3_server
from tests.pipelines.conftest import Project, Run, new_project

OF_SHOTS = ("edit", "render", "diffuse", "encode")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with s3_server(tmp_path_factory.mktemp("server")) as running:
        yield running


@pytest.fixture
def bucket(server: Server, monkeypatch: pytest.MonkeyPatch) -> TestBucket:
    for name, value in CREDENTIALS.items():
        monkeypatch.setenv(name, value)
    return server.bucket()


@pytest.fixture(scope="module")
def written(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Project, TestBucket]]:
    """A machine that has made everything, and the bucket it wrote that to. Shared: not to be changed."""
    with pytest.MonkeyPatch.context() as patched:
        for name, value in CREDENTIALS.items():
            patched.setenv(name, value)
        bucket = server.bucket()
        project = new_project(tmp_path_factory.mktemp("anna") / "project")
        (project.folder / "r2s2r.yaml").write_text(bucket.yaml)
        done = project.run()
        assert done.code == 0, done.err
        assert done.err.count("s3://") == 0, done.err
        yield project, bucket


@pytest.fixture
def anna(written: tuple[Project, TestBucket], bucket: TestBucket, tmp_path: Path) -> Project:
    """A machine that has made everything, with a bucket of its own that has it, too."""
    project, full = written
    for folder in ("objects", "actions"):
        for path in full.paths(folder):
            bucket.write(path.replace(full.name, bucket.name), full.read(path))
    copy = shutil.copytree(project.folder, tmp_path / "anna" / "project")
    (copy / "r2s2r.yaml").write_text(bucket.yaml)
    return Project(copy)


@pytest.fixture
def bert(anna: Project, tmp_path: Path) -> Project:
    """A machine that has the scene and its clip, and nothing that was made of it."""
    folder = tmp_path / "bert" / "project"
    shutil.copytree(anna.folder, folder, ignore=shutil.ignore_patterns(".r2s2r", "out"))
    return Project(folder)


def _actions(project: Project) -> dict[str, dict[str, object]]:
    return {path.stem: json.loads(path.read_bytes()) for path in (project.store / "actions").glob("*.json")}


def _results(project: Project) -> dict[str, object]:
    return {key: action["result"] for key, action in _actions(project).items()}


def _stages(project: Project) -> list[str]:
    """Stages of what is in the store's folder, sorted."""
    return sorted(str(action["request"]["stage"]) for action in _actions(project).values())  # type: ignore[index]


def _keys(bucket: TestBucket) -> set[str]:
    return {path.rpartition("/")[2][:64] for path in bucket.paths("actions")}


def _of_stage(bucket: TestBucket, stage: str) -> list[tuple[str, str]]:
    """(action, object) of a stage in the bucket."""
    found = []
    for path in bucket.paths("actions"):
        told = json.loads(bucket.read(path))
        if told["request"]["stage"] == stage:
            found.append((path, f"{bucket.name}/film/objects/{told['result']}.tar"))
    return found


def _done(run: Run) -> Run:
    assert run.code == 0, run.err
    return run


def _videos(project: Project) -> dict[str, bytes]:
    return {
        path.relative_to(project.folder).as_posix(): path.read_bytes() for path in project.folder.glob("out/**/*.mp4")
    }


def test_what_is_made_is_written_back_before_the_run_ends(written: tuple[Project, TestBucket]) -> None:
    project, bucket = written
    assert _keys(bucket) == _actions(project).keys()
    objects = {path.rpartition("/")[2].removesuffix(".tar") for path in bucket.paths("objects")}
    assert objects == {path.name for path in (project.store / "objects").iterdir()}


def test_another_machine_plans_all_as_fresh_and_fetches_nothing_for_that(bert: Project) -> None:
    assert bert.not_fresh() == {}
    assert not (bert.store / "objects").exists()


def test_another_machine_makes_nothing_and_fetches_only_what_people_want(anna: Project, bert: Project) -> None:
    done = _done(bert.run("--json"))
    assert [shot["seconds"] for shot in json.loads(done.out)["shots"]] == [{}, {}]
    assert _stages(bert) == ["edit", "edit", "encode", "encode"]
    assert _videos(bert) == _videos(anna) != {}
    assert (bert.folder / "out/tiny/orbit/draft/plan.png").exists()
    assert all(action["machine"] == _actions(anna)[key]["machine"] for key, action in _actions(bert).items())
    assert bert.call("verify").code == 0


def test_an_edit_on_another_machine_fetches_only_what_it_reads(anna: Project, bert: Project) -> None:
    bert.change("degrees: 24", "degrees: 12")
    _done(bert.run("--shot", "orbit"))
    new = _actions(bert).keys() - _actions(anna).keys()
    assert sorted(str(_actions(bert)[key]["request"]["stage"]) for key in new) == sorted(OF_SHOTS)  # type: ignore[index]
    assert "mask" not in _stages(bert), "nobody of these reads a mask"


def test_what_turns_out_to_be_in_the_bucket_once_its_inputs_are_made_is_not_made(
    anna: Project, bert: Project, bucket: TestBucket
) -> None:
    for path, _ in _of_stage(bucket, "edit"):
        bucket.remove(path)
    _done(bert.run())
    assert "render" not in _stages(bert)
    assert "diffuse" not in _stages(bert)
    assert _videos(bert) == _videos(anna)
    assert _keys(bucket) == _actions(anna).keys()


def _damage(bucket: TestBucket, path: str, how: str) -> None:
    data = bucket.read(path)
    match how:
        case "corrupted":
            bucket.write(path, flipped(data))
        case "truncated":
            bucket.write(path, data[: len(data) // 2])
        case _:
            bucket.remove(path)


def test_bad_objects_are_found_made_again_in_the_same_run_and_mended_in_the_bucket(
    anna: Project, bert: Project, bucket: TestBucket
) -> None:
    ways = {"footage": "corrupted", "entity": "truncated", "plate": "missing", "diffuse": "corrupted", "encode": "cut"}
    for stage, how in ways.items():
        for _, path in _of_stage(bucket, stage):
            _damage(bucket, path, how)
    done = _done(bert.run())
    assert done.err.count("made again") == 8, done.err
    assert _videos(bert) == _videos(anna)
    assert _results(bert).items() <= _results(anna).items()
    assert bert.call("verify").code == 0
    third = shutil.copytree(bert.folder, bert.folder.parent / "third", ignore=shutil.ignore_patterns(".r2s2r", "out"))
    again = _done(Project(third).run())
    assert "made again" not in again.err
    assert _stages(Project(third)) == ["edit", "edit", "encode", "encode"]


def test_bad_actions_are_found_and_made_again(anna: Project, bert: Project, bucket: TestBucket) -> None:
    for number, path in enumerate(bucket.paths("actions")):
        _damage(bucket, path, ("corrupted", "truncated", "missing")[number % 3])
    _done(bert.run("--shot", "still"))
    assert _videos(bert).items() <= _videos(anna).items()
    assert _results(bert).items() <= _results(anna).items()


@pytest.mark.parametrize("state", ["cut", "silent"])
def test_a_bucket_that_is_away_stops_nothing_and_is_said_once(
    anna: Project, bert: Project, bucket: TestBucket, state: str
) -> None:
    (bert.folder / "r2s2r.yaml").write_text(replace(bucket, timeout_s=1.0).yaml)
    bucket.line.state = state  # type: ignore[assignment]
    done = _done(bert.run("--shot", "still"))
    assert done.err.count("cannot be reached") == 1, done.err
    assert "could not be written; the next run does that" in done.err
    assert _videos(bert).items() <= _videos(anna).items()


def test_a_bucket_that_goes_away_during_a_run_stops_nothing(anna: Project, bert: Project, bucket: TestBucket) -> None:
    for path, _ in _of_stage(bucket, "edit"):
        bucket.remove(path)
    asked = bucket.line.received
    bucket.line.on_bytes = lambda: bucket.line.cut() if bucket.line.received - asked > 40_000 else None
    done = _done(bert.run("--shot", "still"))
    assert done.err.count("cannot be reached") == 1, done.err
    assert _videos(bert).items() <= _videos(anna).items()


def test_what_could_not_be_written_the_next_run_writes(anna: Project, bucket: TestBucket) -> None:
    for folder in ("actions", "objects"):
        for path in bucket.paths(folder):
            bucket.remove(path)
    bucket.line.cut()
    _done(anna.run())
    assert bucket.paths("actions") == []
    bucket.line.mend()
    done = _done(anna.run())
    assert "could not be written" not in done.err
    assert _keys(bucket) == _actions(anna).keys()


def test_a_killed_run_loses_nothing_that_was_to_be_written(anna: Project, bucket: TestBucket) -> None:
    for folder in ("actions", "objects"):
        for path in bucket.paths(folder):
            bucket.remove(path)
    bucket.line.sent = 0
    process = subprocess.Popen(
        anna.command("run", "scene.yaml"),
        cwd=anna.folder,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    bucket.line.on_bytes = lambda: os.killpg(process.pid, signal.SIGKILL) if bucket.line.sent > 100_000 else None
    process.wait(timeout=60)
    assert process.returncode == -signal.SIGKILL
    bucket.line.mend()
    whole = {path.rpartition("/")[2] for path in bucket.paths("objects")}
    for path in bucket.paths("actions"):
        assert f"{json.loads(bucket.read(path))['result']}.tar" in whole, "an object is written before its action"
    _done(anna.run())
    assert _keys(bucket) == _actions(anna).keys()


def test_many_runs_at_once_on_one_store_make_and_write_everything_once(tmp_path: Path, bucket: TestBucket) -> None:
    project = new_project(tmp_path / "project")
    (project.folder / "r2s2r.yaml").write_text(bucket.yaml)
    words = project.command("run", "scene.yaml", "--workers", "1", "--shot", "still")
    crowd = [
        subprocess.Popen(words, cwd=project.folder, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        for _ in range(3)
    ]
    for process in crowd:
        with process:
            _, err = process.communicate(timeout=150)
        assert process.returncode == 0, err
    assert _keys(bucket) == _actions(project).keys()
    size = sum(len(bucket.read(path)) for path in (*bucket.paths("objects"), *bucket.paths("actions")))
    assert bucket.line.sent < 2 * size + 1_000_000


def test_wrong_credentials_are_said_and_stop_nothing(tmp_path: Path, bucket: TestBucket) -> None:
    project = new_project(tmp_path / "project")
    (project.folder / "r2s2r.yaml").write_text(bucket.yaml)
    with bucket.guarded():
        done = _done(project.run("--until", "footage"))
    assert done.err.count("refuses these credentials") == 1
    assert SECRET not in done.err + done.out
    assert not any(SECRET.encode() in path.read_bytes() for path in project.store.rglob("*") if path.is_file())


def test_a_missing_bucket_is_said_and_stops_nothing(tmp_path: Path, bucket: TestBucket) -> None:
    project = new_project(tmp_path / "project")
    (project.folder / "r2s2r.yaml").write_text(bucket.yaml.replace(bucket.name, "no-such-bucket"))
    done = _done(project.run("--until", "footage"))
    assert done.err.count("there is no such bucket; make it, or correct `remote.url`") == 1


def test_commands_that_only_look_fetch_what_they_show(bert: Project, bucket: TestBucket) -> None:
    asked = bert.ask("path", "scene.yaml", "orbit", "render")
    assert asked.code == 0, asked.err
    assert (Path(asked.out.strip()) / "facts.json").exists()
    assert _stages(bert) == ["render"]
    exported = bert.ask("export", "transforms", "scene.yaml", "camera.json", "--shot", "orbit")
    assert exported.code == 0, exported.err
    assert _stages(bert) == ["edit", "render"]
    for _, path in _of_stage(bucket, "encode"):
        bucket.write(path, b"rubbish")
    asked = bert.ask("path", "scene.yaml", "orbit", "encode")
    assert asked.code == 1
    assert "r2s2r run" in asked.err


def test_a_lost_result_that_the_farm_makes_is_made_by_the_farm(
    anna: Project, bert: Project, bucket: TestBucket
) -> None:
    farm = "farm: {stages: {diffuse: {environment: {MARK: here}}}}\n"
    (bert.folder / "r2s2r.yaml").write_text(bucket.yaml + farm)
    for stage in ("diffuse", "encode"):
        for _, path in _of_stage(bucket, stage):
            bucket.write(path, b"rubbish")
    _done(bert.run("--shot", "still"))
    assert (bert.folder / "out/tiny/still/draft/video.mp4").exists()
    (event,) = [
        event
        for path in bert.store.glob("runs/*/events.jsonl")
        for event in map(json.loads, path.read_bytes().splitlines())
        if event["what"] == "running" and event.get("job")
    ]
    assert json.loads((bert.store / "requests" / f"{event['key']}.json").read_bytes())["stage"] == "diffuse"
