"""The command line as a whole."""

import importlib
import json
import re
import shlex
import subprocess
import sys

import pytest

from r2s2r import __version__, cli
from r2s2r.cli import VERBS, main
from r2s2r.errors import MissingError, StageError


def test_the_version_is_printed(capsys):
    with pytest.raises(SystemExit, match=r"^0$"):
        main(["--version"])
    assert capsys.readouterr().out == f"r2s2r {__version__}\n"


def test_the_help_lists_every_verb(capsys):
    with pytest.raises(SystemExit, match=r"^0$"):
        main(["--help"])
    words = capsys.readouterr().out.split()
    assert set(VERBS) <= set(words)


@pytest.mark.parametrize("verb", VERBS)
def test_every_verbs_help_ends_with_an_example(verb, capsys):
    with pytest.raises(SystemExit, match=r"^0$"):
        main([verb, "--help"])
    example = capsys.readouterr().out.rpartition("\n\n")[2]
    assert re.match("examples?:", example)
    assert f"r2s2r {verb}" in example


@pytest.mark.parametrize("call", ["export passes", "export release", "doctor scenes/bunny.yaml", "doctor --normals"])
def test_what_a_verb_does_besides_has_an_example_too(call, capsys):
    with pytest.raises(SystemExit, match=r"^0$"):
        main([call.split()[0], "--help"])
    assert f"r2s2r {call}" in " ".join(capsys.readouterr().out.rpartition("\n\n")[2].split())


@pytest.mark.parametrize("arguments", [[], ["fly"], ["validate"], ["validate", "--fly", "good.yaml"], ["--versio"]])
def test_a_command_line_that_makes_no_sense_ends_with_2(arguments, capsys):
    with pytest.raises(SystemExit, match=r"^2$"):
        main(arguments)
    assert "usage: r2s2r" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (StageError("no light"), 1, "no light\n"),
        (MissingError("no GPU: rent one"), 3, "no GPU: rent one\n"),
        (KeyboardInterrupt(), 130, "interrupted\n"),
    ],
)
def test_what_goes_wrong_is_said_plainly_and_becomes_the_exit_code(r2s2r, monkeypatch, error, code, said):
    def fail(_):
        raise error

    monkeypatch.setattr(importlib.import_module("r2s2r.cli.validate"), "run", fail)
    ended = r2s2r("validate", "good.yaml")
    assert (ended.code, ended.out, ended.err) == (code, "", said)


@pytest.mark.parametrize("arguments", [("--debug", "new", "x.yaml"), ("new", "x.yaml", "--debug")])
def test_debug_shows_where_an_error_was_raised(r2s2r, arguments):
    ended = r2s2r(*arguments, "--clip", "none.mp4")
    assert ended.code == 2
    assert ended.err.startswith("Traceback")
    assert "file not found: none.mp4" in ended.err


def test_a_verb_imports_only_itself_and_what_it_needs(folder):
    code = (
        "import sys; from r2s2r.cli import main; main(['validate', 'good.yaml']);"
        "print(sorted(m for m in sys.modules if m.split('.')[0] in ('numpy', 'torch', 'luigi', 'rich', 'pipelines')"
        " or m.startswith('r2s2r.cli.')))"
    )
    ran = subprocess.run([sys.executable, "-c", code], cwd=folder, capture_output=True, text=True, check=True)
    assert ran.stdout.splitlines()[-1] == "['r2s2r.cli.plain', 'r2s2r.cli.validate']"


def test_a_reader_that_leaves_early_is_no_failure_of_ours(folder):
    code = "import sys; from r2s2r.cli import main; sys.exit(main(['schema']))"
    with subprocess.Popen(
        [sys.executable, "-c", code], cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as ran:
        assert ran.stdout is not None
        assert ran.stderr is not None
        ran.stdout.close()
        assert (ran.wait(), ran.stderr.read()) == (141, b"")


def test_every_verb_has_the_two_functions():
    for verb in VERBS:
        module = cli._module(verb)
        assert callable(module.add)
        assert callable(module.run)


@pytest.mark.parametrize("verb", ["plan", "run"])
def test_json_says_why_a_command_failed(r2s2r, verb):
    ended = r2s2r(verb, "bad.yaml", "--json")
    assert ended.code == 2
    said = json.loads(ended.out)
    assert said["shots"] == []
    assert said["error"] == ended.err.rstrip("\n")
    assert "bad.yaml:8:52: " in said["error"]


def test_what_the_system_refuses_names_the_file_and_not_the_code(r2s2r, monkeypatch):
    def fail(_):
        raise NotADirectoryError(20, "Not a directory", "some/file")

    monkeypatch.setattr(importlib.import_module("r2s2r.cli.validate"), "run", fail)
    ended = r2s2r("validate", "good.yaml")
    assert (ended.code, ended.err) == (1, "some/file: Not a directory\n")


def test_escape_codes_in_names_do_not_reach_the_terminal(r2s2r):
    ended = r2s2r("validate", "no\x1b[31m\u202esuch.yaml")
    assert ended.code == 2
    assert r"no\x1b[31m\u202esuch.yaml: file not found" in ended.out


@pytest.mark.parametrize(("output", "code"), [("/dev/full", 1), (None, 0)])
def test_an_output_that_takes_nothing_is_no_traceback(folder, output, code):
    words = f"{shlex.quote(sys.executable)} -m r2s2r schema >{output or '&-'}"
    ran = subprocess.run(["sh", "-c", words], cwd=folder, stderr=subprocess.PIPE, check=False)
    assert ran.returncode == code
    assert b"Traceback" not in ran.stderr
