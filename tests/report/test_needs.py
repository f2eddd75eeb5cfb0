"""What a report tells a person to do."""

import shlex

from tests.report.conftest import Night, shot_of


def test_failures_that_differ_in_names_and_numbers_only_are_one(night: Night):
    for number in range(200):
        shot = shot_of(f"scene{number}", "hop")
        night.shots.append(shot)
        night.tell(
            shot, "diffuse", "failed", 5 + number, message=f"scene{number}: frame {number} of /tmp/{number}.mkv is dark"
        )
    (need,) = night.report().needs
    assert (need.state, need.count) == ("failed", 200)
    assert len(need.examples) < 20


def test_failures_of_other_stages_or_words_are_apart_and_the_commonest_is_first(night: Night):
    for number, (node, words) in enumerate(
        [("edit", "no route"), ("diffuse", "NaN"), ("diffuse", "NaN"), ("diffuse", "dark")]
    ):
        shot = shot_of(f"scene{number}", "hop")
        night.shots.append(shot)
        night.tell(shot, node, "failed", 5, message=words)
    needs = night.report().needs
    assert [need.count for need in needs] == [2, 1, 1]
    assert needs[0].title == "diffuse: NaN"


def test_commands_can_be_typed_whatever_the_scene_is_called(night: Night):
    shot = shot_of("bunny", "hop", path="/films/it's; rm -rf $HOME.yaml")
    night.shots = [shot]
    night.tell(shot, "diffuse", "failed", 5, message="NaN")
    night.log(shot, "diffuse", "the end\n")
    (need,) = night.report().needs
    assert [shlex.split(command) for command in need.commands] == [
        ["r2s2r", "logs", shot.path, "hop", "diffuse"],
        ["r2s2r", "run", shot.path, "--shot", "hop", "--profile", "final"],
    ]


def test_refused_scenes_come_first_and_are_one(night: Night):
    night.refused = tuple((f"/films/{number}.yaml", "unknown key") for number in range(9))
    night.shots = [shot_of("bunny", "hop")]
    night.tell(night.shots[0], "edit", "failed", 5, message="no route")
    first = night.report().needs[0]
    assert (first.state, first.count) == ("refused", 9)
    assert first.commands[0].startswith("r2s2r validate /films/0.yaml")


def test_what_is_put_off_says_how_much_it_is_expected_to_take(night: Night):
    night.shots = [
        shot_of(f"scene{n}", "hop", put_off=f"its {n} min are too long", estimate_s=1800.0) for n in range(4)
    ]
    (need,) = night.report().needs
    assert (need.state, need.count) == ("put_off", 4)
    assert "2 h 00 min" in need.advice


def test_a_night_in_which_all_went_well_needs_nobody(night: Night):
    night.shots = [shot_of("bunny", "hop")]
    night.make_all(night.shots[0])
    assert night.report().needs == ()
