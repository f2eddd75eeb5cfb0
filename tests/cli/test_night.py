"""``r2s2r night``: what it says before anything is made."""

import json

import pytest


def test_without_scenes_it_says_how_to_name_them(r2s2r):
    ended = r2s2r("night")
    assert ended.code == 2
    assert "name the scenes" in ended.err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--window", "22-7"], "22:00-07:00"),
        (["--window", "25:00-07:00"], "22:00-07:00"),
        (["--gpu-hours", "0"], "above 0"),
        (["--gpu-hours", "nan"], "above 0"),
        (["--workers", "none"], "1 or more"),
        (["--install", "--uninstall"], "not allowed with"),
    ],
)
def test_wrong_words_are_refused_with_right_ones(r2s2r, capsys, words, said):
    with pytest.raises(SystemExit, match="2"):
        r2s2r("night", "good.yaml", *words)
    assert said in capsys.readouterr().err


def test_a_dry_run_says_what_would_be_made_and_what_is_wrong_and_writes_nothing(r2s2r, folder):
    before = sorted(path.name for path in folder.iterdir())
    ended = r2s2r("night", "*.yaml", "--window", "22:00-07:00", "--dry-run")
    assert ended.code == 1
    assert "good/orbit" in ended.out
    assert "assumed" in ended.out
    assert "bad.yaml:" in ended.err
    assert "1 scene left out; nothing else waits for that" in ended.err
    assert sorted(path.name for path in folder.iterdir()) == before


def test_programs_are_told_all_of_it(r2s2r, folder):
    ended = r2s2r("night", "*.yaml", "--window", "22:00-07:00", "--dry-run", "--json")
    said = json.loads(ended.out)
    (shot,) = said["shots"]
    assert (shot["scene"], shot["shot"], shot["put_off"]) == ("good", "orbit", "")
    assert shot["seconds"] == pytest.approx(sum(node["seconds"] for node in shot["nodes"].values()), abs=1)
    assert shot["nodes"]["footage"]["basis"] == "assumed"
    assert said["begin"] < said["end"]
    assert [one["path"] for one in said["refused"]] == [str(folder / "bad.yaml")]


def test_when_nothing_can_be_made_that_is_exit_2(r2s2r):
    ended = r2s2r("night", "bad.yaml", "--dry-run")
    assert ended.code == 2
    assert "bad.yaml:" in ended.err


def test_a_window_that_can_hold_no_shot_is_exit_2_and_says_which_and_why(r2s2r, folder):
    ended = r2s2r("night", "good.yaml", "--window", "22:00-22:01", "--dry-run")
    assert ended.code == 2
    assert "no shot fits into a night of 60 s; widen --window" in ended.err
    assert "good/orbit takes about" in ended.err
