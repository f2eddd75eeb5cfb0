"""A driver that was started again goes on with the same night."""

from dataclasses import replace

from r2s2r.artifacts.journal import Event
from tests.report.conftest import START, Night, shot_of


def again(night: Night, run_id: str, hours: float) -> Night:
    """Return the run of a driver that was started so much later; what its journal tells follows."""
    return replace(night, run_id=run_id, started=START + 3600 * hours, shots=[], told=[])


def test_runs_of_one_window_are_one_report(night: Night):
    night.shots = [shot_of("bunny", "hop"), shot_of("fox", "still")]
    night.make_all(night.shots[0])
    night.write(is_killed=True)
    second = again(night, "20261124-010000-bbbbbbbb", 4)
    second.shots = [shot_of("bunny", "hop", state="fresh"), shot_of("fox", "still")]
    second.make_all(second.shots[1], 3600 * 4.5)
    report = second.report()
    assert report.night == "2026-11-23"
    assert report.runs == (night.run_id, second.run_id)
    assert [shot.state for shot in report.shots] == ["done", "done"]
    assert report.trouble == ""
    assert report.totals.made == 20


def test_shots_of_an_earlier_start_stay_in_the_report(night: Night):
    night.shots = [shot_of("bunny", "hop")]
    night.tell(night.shots[0], "edit", "failed", 5, message="no such entity")
    night.write()
    second = again(night, "20261123-230000-bbbbbbbb", 2)
    second.shots = [shot_of("fox", "still", state="fresh")]
    assert {shot.label: shot.state for shot in second.report().shots} == {"bunny/hop": "failed", "fox/still": "fresh"}


def test_what_failed_first_and_is_there_by_now_did_not_fail(night: Night):
    night.shots = [shot_of("bunny", "hop")]
    night.tell(night.shots[0], "edit", "failed", 5, message="no such entity")
    night.write()
    second = again(night, "20261123-230000-bbbbbbbb", 2)
    second.shots = [shot_of("bunny", "hop", state="fresh")]
    report = second.report()
    assert [shot.state for shot in report.shots] != ["failed"]
    assert report.failures == ()


def test_a_scene_that_was_corrected_in_the_night_is_not_refused_any_more(night: Night):
    night.refused = (("/films/bunny.yaml", "unknown key"), ("/films/fox.yaml", "no such file"))
    night.write()
    second = replace(again(night, "20261123-230000-bbbbbbbb", 2), refused=(("/films/fox.yaml", "is empty"),))
    second.shots = [shot_of("bunny", "hop")]
    assert [(scene.path, scene.message) for scene in second.report().refused] == [("/films/fox.yaml", "is empty")]


def test_another_night_is_another_report(night: Night):
    night.shots = [shot_of("bunny", "hop")]
    night.write()
    second = replace(again(night, "20261124-220000-bbbbbbbb", 24), since=START + 24 * 3600)
    second.shots = [shot_of("fox", "still")]
    second.told = [Event(START + 25 * 3600, second.shots[0].nodes[0][1], "running")]
    report = second.report()
    assert (report.night, report.runs) == ("2026-11-24", (second.run_id,))


def test_a_night_without_a_window_is_called_after_its_start(night: Night):
    assert replace(night, until=None, since=None, started=START + 5 * 3600).report().night == "2026-11-24"


def test_a_window_by_day_is_called_after_its_own_day(night: Night):
    morning = START + 11 * 3600
    by_day = replace(night, since=morning, started=morning, until=morning + 3 * 3600)
    assert by_day.report().night == "2026-11-24"


def test_a_run_is_reported_alone(night: Night):
    night.write()
    single = replace(again(night, "20261123-230000-bbbbbbbb", 2), kind="run", shots=[shot_of("fox", "still")])
    assert single.report().runs == (single.run_id,)
