"""``r2s2r doctor --farm``: every environment is asked where it is."""

import json
import stat
import sys

import pytest

from pipelines import doctor_farm
from pipelines.farm import asking

HERE = "import sys, os, runpy; sys.argv = ['r2s2r', *sys.argv[3:]]; {}; runpy.run_module('r2s2r', run_name='__main__')"


@pytest.fixture
def states(project):
    """Asks a project's farm; returns the exit code and name -> (state, said)."""

    def ask(farm, *words):
        (project.folder / "r2s2r.yaml").write_text(json.dumps({"version": 1, "farm": farm}))
        ended = project.ask("doctor", "--farm", "--json", *words)
        return ended.code, {one["name"]: (one["state"], one["said"]) for one in json.loads(ended.out)["checks"]}

    return ask


def interpreter(project, change):
    """Write an interpreter in whose processes something is otherwise."""
    path = project.folder / f"python{len(list(project.folder.glob('python*')))}"
    path.write_text(f"#!{sys.executable}\n{HERE.format(change)}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return str(path)


def test_an_environment_like_this_one_is_well(states, project):
    code, found = states({"stages": {"diffuse": {"environment": {"A": "b"}}}})
    assert code == 0
    for name in ("diffuse", "all other stages"):
        assert found[f"{name}: store"][0] == found[f"{name}: r2s2r"][0] == found[f"{name}: clock"][0] == "ok"
        assert sys.executable in found[f"{name}: r2s2r"][1]
        assert "GB free" in found[f"{name}: disk"][1]
        assert "GB free in" in found[f"{name}: temporary files"][1]
        assert f"{name}: packages" in found
    assert list((project.store / "tmp").iterdir()) == []


def test_where_stages_are_all_alike_there_is_one_environment_of_all(states):
    code, found = states({})
    assert code == 0
    assert found["all stages: store"][0] == "ok"


def test_another_version_another_clock_and_another_store_are_told(states, project, tmp_path):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    moved = f"os.chdir({str(elsewhere)!r}); sys.argv[-1] = sys.argv[-1].replace({str(project.store)!r}, '.')"
    changes = {
        "mask": "import r2s2r; r2s2r.__version__ = '0.0.9'",
        "depth": "import time; now = time.time; time.time = lambda: now() + 3600",
        "render": moved,
    }
    code, found = states({"stages": {name: {"python": interpreter(project, one)} for name, one in changes.items()}})
    assert code == 2
    assert found["mask: r2s2r"][0] == "wrong"
    assert "0.0.9, but" in found["mask: r2s2r"][1]
    assert found["depth: clock"] == (
        "warning",
        "is 60 min ahead of that of this machine; r2s2r bears it, but set it (NTP)",
    )
    assert found["render: store"][0] == "wrong"
    assert "set `store:` in r2s2r.yaml" in found["render: store"][1]
    assert found["all other stages: store"][0] == "ok"


def test_one_that_answers_into_a_copy_of_the_store_is_found_out(states, project):
    copy = "import shutil, pathlib; p = pathlib.Path(sys.argv[-1]); q = pathlib.Path('copy', 'tmp'); "
    copy += "q.mkdir(parents=True); shutil.copy(p, q); sys.argv[-1] = str(q / p.name)"
    code, found = states({"stages": {"render": {"python": interpreter(project, copy)}}})
    assert code == 2
    assert "is another folder on" in found["render: store"][1]


def test_those_that_cannot_be_reached_do_not_keep_the_others_from_answering(states, project, monkeypatch):
    hangs = ["sh", "-c", "sleep 300; true"]

    def ask_here(words, variables):
        """Wait for the one that never answers for a second, and for the others as long as they may take."""
        return asking.ask_here(words, variables, seconds=1 if words[: len(hangs)] == tuple(hangs) else 120)

    monkeypatch.setattr(doctor_farm, "ask_here", ask_here)
    farm = {
        "stages": {
            "diffuse": {"python": "nowhere/bin/python"},
            "mask": {"launch": hangs},
            "render": {"launch": ["sh", "-c", "echo no such image; exit 3"]},
        }
    }
    code, found = states(farm)
    assert code == 2
    assert found["diffuse"] == (
        "wrong",
        f"{project.folder}/nowhere/bin/python: cannot be run: No such file or directory",
    )
    assert "there is no program" in found["local"][1]
    assert found["mask"] == ("wrong", "sh: no answer within 1 s")
    assert found["render"] == ("wrong", "sh ran, but r2s2r did not answer; it printed: no such image")
    assert found["all other stages: store"][0] == "ok"


def test_without_slurm_that_is_what_is_missing(states, monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    code, found = states({}, "--executor", "slurm")
    assert code == 3
    assert found["slurm"][0] == "missing"
    assert "on PATH, so no Slurm" in found["slurm"][1]


def test_a_store_that_cannot_be_written_is_said(project):
    project.store.parent.joinpath("r2s2r.yaml").write_text('version: 1\nstore: "/proc/nowhere"\n')
    ended = project.ask("doctor", "--farm")
    assert ended.code == 1
    assert "/proc/nowhere" in ended.err


def test_other_questions_are_asked_by_a_call_of_their_own(project):
    ended = project.ask("doctor", "--farm", "--hashes")
    assert ended.code == 2
    assert "--farm asks the farm only" in ended.err
