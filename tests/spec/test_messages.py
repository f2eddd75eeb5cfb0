"""Every wrong value is said where it is written, with what would be right, in plain words."""

import re
from pathlib import Path

import pytest

from r2s2r.spec.base import Spec
from r2s2r.spec.scene import SceneSpec
from r2s2r.spec.schema import MODELS


def _wrong_shots() -> list[tuple[str, str]]:
    lines = (Path(__file__).parent / "wrong_shots.txt").read_text(encoding="utf-8").splitlines()
    return [(shot, said) for shot, _, said in (line.partition("  =>  ") for line in lines if not line.startswith("#"))]


@pytest.mark.parametrize(("shot", "expected"), _wrong_shots())
def test_a_wrong_value_of_a_shot_says_what_is_right(findings, shot, expected):
    (finding,) = findings(f"shots:\n  a:\n    {shot}\n")
    assert re.match(r"8:\d+: shots\.a\.", finding)
    assert expected in finding


@pytest.mark.parametrize(
    ("shot", "column"),
    [
        ("{frames: 0}", 15),
        ("{frame: 7}", 7),
        ("{camera: [{type: pan, ease: in}]}", 16),
        ("{camera: [{type: pan, degrees: 5, ease: x}]}", 46),
        ("{output: {width: 5}}", 23),
        ("{camera: [{type: orbit, around: [1], degrees: 5}]}", 30),
    ],
)
def test_positions_are_exact(findings, shot, column):
    (finding,) = findings(f"shots:\n  a: {shot}\n")
    assert finding.startswith(f"7:{column}: shots.a")


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        ("version: 2\nname: x\nsource: {clip: clip.mp4}\n", "1:10: version: must be 1, is 2"),
        ("version: '1'\nname: x\nsource: {clip: clip.mp4}\n", "1:10: version: must be 1, is '1'"),
        ("name: x\nsource: {clip: clip.mp4}\n", "1:1: version: is missing; it has to be given"),
        ("version: 1\nname: 1x\nsource: {clip: clip.mp4}\n", "2:7: name: '1x' is not a name"),
        (
            "version: 1\nname: x\nsource: clip.mp4\n",
            "3:9: source: needs a mapping (key: value), is the text 'clip.mp4'",
        ),
        ("version: 1\nname: x\nsource: {}\n", "3:1: source.clip: is missing; it has to be given"),
        ("version: 1\nname: x\nsource: {clip: clip.mp4, frame: -1}\n", "3:33: source.frame: must be >= 0, is -1"),
        ("version: 1\nname: x\nsource: {clip: clip.mp4, camera: {fov: 45}}\n", "did you mean fov_deg?"),
        ("version: 1\nname: x\nsource: {clip: clip.mp4}\nlift: {inflate: {thickness: 9}}\n", "must be <= 4, is 9"),
    ],
)
def test_a_wrong_value_of_a_scene_says_what_is_right(findings, head, expected):
    (finding,) = findings("shots: {a: {}}\n", head=head)
    assert expected in finding


@pytest.mark.parametrize("text", ["[1, 2]", "scene", "5"])
def test_a_file_that_is_no_mapping_says_so(findings, text):
    (finding,) = findings("", head=text)
    assert finding.startswith("1:1: needs a mapping (key: value)")


def test_a_scene_needs_a_shot(findings):
    assert findings("shots: {}\n") == ["6:1: shots: needs at least 1, has 0"]
    assert findings("") == ["1:1: shots: is missing; it has to be given"]


def test_all_errors_of_a_file_are_said_at_once_in_its_order(findings):
    found = findings(
        """\
        shots:
          a:
            frames: 0
            camera:
              - {type: orbit, around: buny, degree: 5}
              - {type: pan, degrees: 5, to: 90%, from: 012}
            edits:
              bnny: [{type: transform, keys: [{at: 3}, {at: 2}]}]
          b:
            extends: c
            enabled: yes
            enabled: no
        colour: red
        """
    )
    assert [line.split(": ")[1] for line in found] == [
        "shots.a.frames",
        "shots.a.camera[0].degrees",
        "shots.a.camera[0].around",
        "shots.a.camera[0].degree",
        "shots.a.camera[1].from",
        "shots.a.edits.bnny",
        "shots.b.extends",
        "shots.b.enabled",
        "shots.b.enabled",
        "shots.b.enabled",
        "colour",
    ]


def test_times_are_checked_beside_other_errors(findings):
    found = findings("shots: {a: {prompt: '', camera: [{type: pan}, {type: pan, degrees: 1, from: 80}]}}\n")
    assert ["frame 80 is past the last frame" in line for line in found] == [False, False, True]


def test_a_wrong_list_of_edits_hides_no_other_error(findings):
    found = findings(
        "shots: {a: {edits: {'1': [], bunny: [{type: pan}]}, camera: [{type: pan, degrees: 1, to: 99}]}}\n"
    )
    assert len(found) == 4  # no name, no such entity, no such edit, no such time


def test_a_list_is_not_called_too_short_because_its_items_are_wrong(findings):
    (finding,) = findings("shots: {a: {camera: [{type: keyframes, keys: [{at: x}]}]}}\n")
    assert "keys[0].at" in finding


def test_every_pattern_of_the_language_has_its_sentence():
    from r2s2r.spec.reading.sentences import _PATTERNS

    def patterns(model: type[Spec]) -> set[str]:
        return set(re.findall(r'"pattern": "((?:[^"\\]|\\.)*)"', str(model.model_json_schema()).replace("'", '"')))

    with_sentences_of_their_own = {r"^\d+(\.\d+)?(s|%)$", r"^[+-]?\d+(\.\d+)?x$"}
    found = {pattern.replace("\\\\", "\\") for model in MODELS.values() for pattern in patterns(model)}
    assert found - with_sentences_of_their_own <= set(_PATTERNS)
    assert SceneSpec in MODELS.values()
