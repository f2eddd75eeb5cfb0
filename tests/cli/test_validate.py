"""``r2s2r validate``."""

import json

FINDING = "bad.yaml:8:52: shots.orbit.camera[0].degrees: needs a number, is the text 'fast'"


def test_a_scene_that_is_right_is_ok(r2s2r):
    ended = r2s2r("validate", "good.yaml")
    assert (ended.code, ended.out, ended.err) == (0, "good.yaml: ok (1 shot, 1 entity, profile draft)\n", "")


def test_all_scenes_are_checked_whatever_is_wrong_with_the_first(r2s2r):
    ended = r2s2r("validate", "bad.yaml", "nowhere.yaml", "good.yaml")
    assert ended.code == 2
    assert ended.out.splitlines() == [
        FINDING,
        "nowhere.yaml: file not found",
        "good.yaml: ok (1 shot, 1 entity, profile draft)",
    ]


def test_two_scenes_of_one_name_are_refused(r2s2r, folder):
    (folder / "copy.yaml").write_bytes((folder / "good.yaml").read_bytes())
    ended = r2s2r("validate", "good.yaml", "copy.yaml")
    assert ended.code == 2
    assert "are both named good: rename one of the two" in ended.out


def test_an_unknown_profile_is_refused(r2s2r):
    ended = r2s2r("validate", "good.yaml", "--profile", "finl")
    assert ended.code == 2
    assert "unknown profile 'finl'; known here: draft, final; did you mean final?" in ended.out


def test_json_holds_the_same(r2s2r):
    ended = r2s2r("validate", "--json", "good.yaml", "bad.yaml", "nowhere.yaml")
    good, bad, nowhere = json.loads(ended.out)["scenes"]
    assert ended.code == 2
    assert good == {
        "path": "good.yaml",
        "ok": True,
        "name": "good",
        "profile": "draft",
        "shots": ["orbit"],
        "entities": ["bunny"],
        "findings": [],
    }
    assert (bad["ok"], bad["findings"]) == (
        False,
        [
            {
                "path": "bad.yaml",
                "line": 8,
                "column": 52,
                "field": "shots.orbit.camera[0].degrees",
                "message": "needs a number, is the text 'fast'",
            }
        ],
    )
    assert nowhere["findings"] == [
        {"path": "nowhere.yaml", "line": None, "column": None, "field": "", "message": "nowhere.yaml: file not found"}
    ]


def test_json_says_when_names_clash(r2s2r):
    ended = r2s2r("validate", "--json", "good.yaml", "./good.yaml")
    assert ended.code == 2
    assert "good.yaml is given twice" in json.loads(ended.out)["error"]
    assert json.loads(r2s2r("validate", "--json", "good.yaml").out)["error"] is None
